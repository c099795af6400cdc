"""What the journal knows of events is held to what the code writes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from kith.access.models import User
from kith.audit import journal, queries
from kith.audit.events import EVENTS, kind_of
from kith.audit.kinds import Kind
from tests.architecture.tree import source_files

EVENT = re.compile(r"(?:[A-Z][a-z]+){2,}")
NO_EVENTS = {
    "EncryptedPackage": "a part of a locked workbook",
    "RateLimit": "a header",
}
NO_WRITERS = {"personal_data.py": "names models", "events.py": "what is looked for"}
PRIVACY_AT_LEAST = (
    "LegalHoldPlaced",
    "LegalHoldLifted",
    "ValueSuppressed",
    "ValueUnflagged",
    "UnflagCancelled",
    "UnflagFailed",
    "SystemRefAdmitted",
    "SystemRefAdmissionWithdrawn",
)


def _names_types(node: ast.AST) -> bool:
    """`__all__`, `cast("Task", …)`, `QuerySet["Contact"]`."""
    match node:
        case ast.Assign(targets=[ast.Name(id="__all__")]) | ast.Subscript():
            return True
        case ast.Call(func=ast.Name(id="cast")):
            return True
        case _:
            return False


def _said(node: ast.AST) -> Iterator[str]:
    """Texts that look like an event."""
    if _names_types(node):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and EVENT.fullmatch(node.value):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from _said(child)


def _written() -> set[str]:
    sources = (path for path in source_files() if path.name not in NO_WRITERS)
    return {event for path in sources for event in _said(ast.parse(path.read_text(encoding="utf-8")))}


def test_every_event_the_code_writes_has_words_and_a_kind() -> None:
    written = _written()
    assert {"ContactSplit", "UserAdded", "SsoAccountAdded", "SearchMade"} <= written, "however it is written"
    assert written - EVENTS.keys() - NO_EVENTS.keys() == set()


def test_every_known_event_is_named_in_past_tense_camel_case() -> None:
    assert all(EVENT.fullmatch(event) for event in EVENTS)
    assert all(event.words for event in EVENTS.values())


def test_what_was_not_done_could_not_be_done() -> None:
    assert [one.words for one in EVENTS.values() if "did not get" in one.words] == []


@pytest.mark.parametrize("event", PRIVACY_AT_LEAST)
def test_what_is_done_for_somebodys_privacy_is_of_that_kind(event: str) -> None:
    assert kind_of(event) is Kind.PRIVACY


def test_an_event_that_nobody_knows_any_more_is_a_change() -> None:
    assert kind_of("DeceasedMarked") is Kind.CHANGES


@pytest.mark.django_db
def test_the_filter_privacy_finds_legal_holds(administrator: User) -> None:
    for event in ("LegalHoldPlaced", "LinkedItemAdded"):
        journal.record(event, by=administrator.actor, subject_type="legal hold", subject_id=1)
    search = queries.JournalSearch(kind=Kind.PRIVACY)
    assert [entry.event for entry in search.rows(actor=administrator.actor)] == ["LegalHoldPlaced"]
