"""Which identity provider, as the environment names it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

SHIPPED_EXTENSION: Final = "urn:kith:params:scim:schemas:extension:2.0:Customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProvider:
    url: str = ""
    """Of SCIM 2.0, such as https://sign-on.example.org/scim/v2; '' without any."""
    token: str = field(default="", repr=False)
    extension: str = SHIPPED_EXTENSION
