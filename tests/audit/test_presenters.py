from __future__ import annotations

import pytest

from kith.audit import presenters
from kith.audit.models import Entry


def test_a_known_event_reads_as_a_sentence() -> None:
    assert presenters.words("UserUnlocked") == "unlocked a user"


@pytest.mark.parametrize(
    ("event", "words"),
    [("ConsentWithdrawn", "consent withdrawn"), ("GDPRReportMade", "gdpr report made"), ("Odd", "odd")],
)
def test_an_unknown_event_falls_back_to_its_own_words(event: str, words: str) -> None:
    assert presenters.words(event) == words


def test_details_are_words_and_counts_and_leave_out_what_is_empty() -> None:
    stored = {"fields": ["name", "e-mail"], "moves": 12034, "active": False, "note": None, "list": []}
    assert presenters.details(stored) == (("fields", "name, e-mail"), ("moves", "12,034"), ("active", "no"))


def test_the_subject_is_not_said_twice() -> None:
    same = Entry(actor="A", event="ContactAdded", subject_type="contact", subject_id=5, group_id=5)
    other = Entry(actor="A", event="RunStarted", subject_type="grouping_run", subject_id=5)
    assert presenters.line(same).subject == ""
    assert presenters.line(other).subject == "grouping run 5"
