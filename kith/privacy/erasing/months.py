"""C15 as A18 and A19 read it: calendar months since the last dealings. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from dateutil.relativedelta import relativedelta

from kith.kernel.erasing import Blocker
from kith.privacy.sections import Anonymisation
from kith.web.formats import day


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDealings:
    """Of all System Refs of a contact; None: never."""

    update: date | None = None
    subscription: date | None = None
    transaction: date | None = None
    wallet: date | None = None


_CHECKS: Final = (
    ("months_update", "update", "its details last changed on"),
    ("months_subscription", "subscription", "its last subscription ended on"),
    ("months_transaction", "transaction", "its last financial transaction was on"),
    ("months_wallet", "wallet", "its last wallet transaction was on"),
)


def too_soon(last: LastDealings, settings: Anonymisation, *, today: date) -> tuple[Blocker, ...]:
    """Every check that fails; exactly so many months passed is enough."""
    return tuple(_failing(last, settings, today))


def _failing(last: LastDealings, settings: Anonymisation, today: date) -> Iterator[Blocker]:
    for code, name, words in _CHECKS:
        months, when = getattr(settings, code), getattr(last, name)
        if not months or when is None:
            continue
        earliest = when + relativedelta(months=months)
        if today < earliest:
            yield Blocker(
                code=code,
                sentence=f"{words} {day(when)}; it may be anonymised from {day(earliest)} on",
            )
