from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.privacy.register.models import PersonRequest
from kith.privacy.register.rules import Stand, Step, due_after, may


@pytest.mark.parametrize(
    ("received", "months", "due"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 3, 31), 1, date(2026, 4, 30)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),
        (date(2026, 1, 31), 3, date(2026, 4, 30)),
    ],
)
def test_due_a_calendar_month_later_on_the_same_day_or_the_last(
    received: date, months: int, due: date
) -> None:
    assert due_after(received, months=months) == due


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_month_is_never_longer_than_31_days_and_never_shorter_than_28(received: date) -> None:
    assert timedelta(28) <= due_after(received) - received <= timedelta(31)


def stand(**differently: object) -> Stand:
    usual = {
        "kind": "access",
        "state": "received",
        "is_extended": False,
        "has_contact": False,
        "is_identified": False,
        "has_erasure": False,
        "is_being_erased": False,
        "is_erased": False,
        "is_restricted": False,
    }
    return Stand(**{**usual, **differently})  # type: ignore[arg-type]  # typed by the names above


@pytest.mark.parametrize("state", sorted(set(PersonRequest.State) - set(PersonRequest.OPEN)))
@pytest.mark.parametrize("step", list(Step))
def test_nothing_is_done_with_a_closed_request(step: Step, state: str) -> None:
    assert may(step, stand(state=state)).reasons == ("it is closed already",)


def test_nobody_is_answered_before_it_is_checked_who_asks_but_may_be_refused() -> None:
    assert not may(Step.ANSWER, stand())
    assert not may(Step.WORK, stand())
    assert may(Step.REFUSE, stand())
    assert may(Step.WITHDRAW, stand())
    assert may(Step.ANSWER, stand(is_identified=True))
    assert not may(Step.IDENTIFY, stand(is_identified=True))


def test_only_erasure_of_a_known_contact_erases_and_is_answered_when_it_is_proved() -> None:
    ready = {"kind": "erasure", "has_contact": True, "is_identified": True}
    assert may(Step.ERASE, stand(**ready))
    assert len(may(Step.ERASE, stand()).reasons) == 3
    assert not may(Step.ERASE, stand(**ready, has_erasure=True))
    assert not may(Step.ANSWER, stand(**ready))
    assert may(Step.ANSWER, stand(**{**ready, "has_contact": False}))
    assert may(Step.REFUSE, stand(**ready))
    assert not may(Step.ANSWER, stand(**ready, has_erasure=True))
    assert may(Step.ANSWER, stand(**ready, has_erasure=True, is_erased=True))


def test_extended_once_and_no_other_contact_after_the_identity_was_checked_against_it() -> None:
    assert may(Step.EXTEND, stand())
    assert not may(Step.EXTEND, stand(is_extended=True))
    assert may(Step.ATTACH, stand(is_identified=True))
    assert not may(Step.ATTACH, stand(is_identified=True, has_contact=True))


@pytest.mark.parametrize("kind", ["restriction", "rectification", "objection"])
def test_a_known_contact_is_restricted_because_of_what_the_person_wants(kind: str) -> None:
    ready = {"kind": kind, "has_contact": True, "is_identified": True}
    assert may(Step.RESTRICT, stand(**ready))
    assert len(may(Step.RESTRICT, stand()).reasons) == 3
    assert not may(Step.RESTRICT, stand(**ready, is_restricted=True))
    assert bool(may(Step.ANSWER, stand(**ready))) is (kind != "restriction")
    assert may(Step.ANSWER, stand(**{**ready, "has_contact": False}))
    assert may(Step.REFUSE, stand(**ready))
    assert may(Step.ANSWER, stand(**ready, is_restricted=True))
