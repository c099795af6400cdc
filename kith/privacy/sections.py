"""When anonymising is allowed (C15): a section of the settings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from kith.accounts.queries import has_suspense_account
from kith.settings.in_force import in_force
from kith.settings.sections import Section

MOST_MONTHS: Final = 600


@dataclass(frozen=True, slots=True)
class Anonymisation:
    is_enabled: bool = False
    months_update: int = 0
    """Since the last change of its details; 0: not looked at (A18)."""
    months_subscription: int = 0
    months_transaction: int = 0
    months_wallet: int = 0
    consent_skips_months: bool = False
    """A17: of somebody who withdrew consent the months are not looked at."""
    four_eyes: bool = False


def _problems(value: Anonymisation) -> tuple[str, ...]:
    months = (value.months_update, value.months_subscription, value.months_transaction, value.months_wallet)
    reasons = []
    if not all(0 <= one <= MOST_MONTHS for one in months):
        reasons.append(f"months are between 0 and {MOST_MONTHS}")
    if value.is_enabled and not has_suspense_account():
        reasons.append(
            "there is no Suspense Account: money that arrives for somebody who was anonymised goes there."
            " Choose one first"
        )
    return tuple(reasons)


def _refuses(_before: Anonymisation, after: Anonymisation) -> tuple[str, ...]:
    from kith.privacy.scheduled.sections import Repeat, schedule_in_force

    if after.months_update or schedule_in_force().repeat is Repeat.OFF:
        return ()
    return ("the scheduled batch is on and needs the months since the last change of details",)


ANONYMISATION: Final = Section(
    key="anonymisation",
    label="Anonymisation",
    about="Whether contacts may be anonymised, and how long after the last dealings with them.",
    shape=Anonymisation,
    shipped=Anonymisation,
    url_name="privacy:settings",
    problems=_problems,
    refuses=_refuses,
)


def anonymisation_in_force() -> Anonymisation:
    return in_force(ANONYMISATION)


def at_least(settings: Anonymisation, months: int) -> Anonymisation:
    """As a retention rule asks: so many months since each of the dealings, or what the settings ask."""
    return replace(
        settings,
        months_update=max(settings.months_update, months),
        months_subscription=max(settings.months_subscription, months),
        months_transaction=max(settings.months_transaction, months),
        months_wallet=max(settings.months_wallet, months),
    )


def is_enabled() -> bool:
    """The Suspense Account is needed then (KITH_SUSPENSE_NEEDED)."""
    return anonymisation_in_force().is_enabled
