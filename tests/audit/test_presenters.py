from __future__ import annotations

import re
from pathlib import Path

import pytest

import kith
from kith.audit import presenters
from kith.audit.models import Entry

EVENT = re.compile(r'"((?:[A-Z][a-z]+){2,})"')
"""As a text of its own in a module that writes the journal."""


def test_a_known_event_reads_as_a_sentence() -> None:
    assert presenters.words("UserUnlocked") == "unlocked a user"


@pytest.mark.parametrize(
    ("event", "words"),
    [("ConsentWithdrawn", "consent withdrawn"), ("GDPRReportMade", "gdpr report made"), ("Odd", "odd")],
)
def test_an_unknown_event_falls_back_to_its_own_words(event: str, words: str) -> None:
    assert presenters.words(event) == words


def test_every_known_event_is_named_in_past_tense_camel_case() -> None:
    assert all(re.fullmatch(r"(?:[A-Z][a-z]+){2,}", event) for event in presenters.WORDS)


def test_details_are_words_and_counts_and_leave_out_what_is_empty() -> None:
    stored = {"fields": ["name", "e-mail"], "moves": 12034, "active": False, "note": None, "list": []}
    assert presenters.details(stored) == (("fields", "name, e-mail"), ("moves", "12,034"), ("active", "no"))


def test_the_subject_is_not_said_twice() -> None:
    same = Entry(actor="A", event="ContactAdded", subject_type="contact", subject_id=5, group_id=5)
    other = Entry(actor="A", event="RunStarted", subject_type="grouping_run", subject_id=5)
    assert presenters.line(same).subject == ""
    assert presenters.line(other).subject == "grouping run 5"


def test_every_event_the_code_writes_has_words_of_its_own() -> None:
    sources = (path.read_text() for path in Path(kith.__file__).parent.rglob("*.py"))
    written = {event for text in sources if "journal.record" in text for event in EVENT.findall(text)}
    assert {"ContactSplit", "UserAdded"} <= written, "by name, or from a table of names"
    assert written - set(presenters.WORDS) == set()
