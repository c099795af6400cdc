"""C15 as A18 and A19 read it, without a database."""

from __future__ import annotations

from datetime import date

import pytest

from kith.privacy.erasing.months import LastDealings, too_soon
from kith.privacy.sections import Anonymisation

CHECKS = {
    "months_update": LastDealings(update=date(2026, 1, 31)),
    "months_subscription": LastDealings(subscription=date(2026, 1, 31)),
    "months_transaction": LastDealings(transaction=date(2026, 1, 31)),
    "months_wallet": LastDealings(wallet=date(2026, 1, 31)),
}


@pytest.mark.parametrize("code", CHECKS)
@pytest.mark.parametrize(
    ("months", "today", "is_too_soon"),
    [
        (1, date(2026, 2, 27), True),
        (1, date(2026, 2, 28), False),  # 31 January and one month: the last of February
        (6, date(2026, 7, 30), True),
        (6, date(2026, 7, 31), False),  # exactly so many months are enough
        (6, date(2026, 8, 1), False),
        (25, date(2028, 2, 28), True),
        (25, date(2028, 2, 29), False),
        (0, date(2026, 1, 31), False),
        (0, date(2025, 1, 1), False),
    ],
)
def test_c15_a18_calendar_months_and_none_where_none_is_set(
    code: str, months: int, today: date, is_too_soon: bool
) -> None:
    settings = Anonymisation(is_enabled=True, **{code: months})
    found = too_soon(CHECKS[code], settings, today=today)
    assert [one.code for one in found] == ([code] if is_too_soon else [])


@pytest.mark.parametrize("code", CHECKS)
def test_a18_each_check_looks_at_its_own_date_only(code: str) -> None:
    settings = Anonymisation(is_enabled=True, **{code: 600})
    for other, dealings in CHECKS.items():
        found = too_soon(dealings, settings, today=date(2026, 2, 1))
        assert bool(found) == (other == code)


def test_c15_each_failing_check_says_from_which_day_on_it_may_be() -> None:
    settings = Anonymisation(months_update=12, months_subscription=1, months_transaction=24, months_wallet=3)
    last = LastDealings(
        update=date(2025, 6, 1),
        subscription=date(2020, 1, 1),
        transaction=date(2024, 6, 1),
        wallet=date(2025, 12, 15),
    )
    found = too_soon(last, settings, today=date(2026, 1, 1))
    assert [one.code for one in found] == ["months_update", "months_transaction", "months_wallet"]
    for one, day in zip(found, ("1 Jun 2026", "1 Jun 2026", "15 Mar 2026"), strict=True):
        assert one.sentence.replace("\u00a0", " ").endswith(f"from {day} on")


def test_who_never_did_anything_is_not_held_back() -> None:
    settings = Anonymisation(months_update=9, months_subscription=9, months_transaction=9, months_wallet=9)
    assert too_soon(LastDealings(), settings, today=date(2026, 1, 1)) == ()
