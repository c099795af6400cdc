"""C4: what counts for contacts that are typed in and of whom nobody said anything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kith.settings.in_force import in_force
from kith.settings.sections import Section


@dataclass(frozen=True, slots=True)
class Authorisation:
    direct_marketing: bool | None = None
    """Null: nothing is said."""
    affiliate_marketing: bool | None = None

    def for_claim(self, claim: Mapping[str, str]) -> dict[str, str]:
        """What a typed claim that says nothing about them says instead."""
        defaults = {
            "direct_marketing": self.direct_marketing,
            "affiliate_marketing": self.affiliate_marketing,
        }
        return {
            name: "yes" if allowed else "no"
            for name, allowed in defaults.items()
            if allowed is not None and not claim.get(name)
        }


AUTHORISATION: Final = Section(
    key="authorisation",
    label="Marketing of new contacts",
    about="What new contacts allow when they are typed in. Each contact can say something else.",
    shape=Authorisation,
    shipped=Authorisation,
    url_name="contact-settings:authorisation",
)


def authorisation_in_force() -> Authorisation:
    return in_force(AUTHORISATION)
