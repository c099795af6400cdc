"""Which source stands for the accounts of the identity provider: a section of the settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kith.settings.in_force import in_force
from kith.settings.sections import Section


@dataclass(frozen=True, slots=True)
class SignOn:
    source: str = ""
    """Code; its System Refs are SSO IDs. '' while accounts do not reach contacts."""
    at_once: bool = True
    """What is saved here reaches the contact in seconds; otherwise with the nightly feed."""
    built_in: bool = False
    """Kith keeps accounts itself, where no identity provider is connected."""


def _problems(value: SignOn) -> tuple[str, ...]:
    from kith.sources.models import LOCAL, SourceSystem

    if value.source == LOCAL:
        return ("what is typed in Kith is no account of an identity provider",)
    if value.source and not SourceSystem.objects.filter(code=value.source).exists():
        return (f"there is no source {value.source}",)
    return ()


SIGN_ON: Final = Section(
    key="sign_on",
    label="Single sign-on",
    about="Which source holds the accounts of the identity provider, when changes reach contacts, and whether"
    " Kith keeps accounts itself.",
    shape=SignOn,
    shipped=SignOn,
    url_name="sso:settings",
    problems=_problems,
)


def sign_on_in_force() -> SignOn:
    return in_force(SIGN_ON)
