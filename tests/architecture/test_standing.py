"""Who may be reached is asked in one place, `kith.contacts.may`; nobody writes a query around it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

import pytest

from tests.architecture.tree import place, source_files

_BEHIND: Final = re.compile(
    r"\bSuppressedRecord\b|\bSuppression\.objects\b|\bSuppressedValue\.objects\b"
    r"|\bcontacts_suppress(?:edrecord|ion|edvalue)\b|\bsuppression__\w+|\bsuppressed_?record\b",
)
"""Names by which a query reaches what contacts carry."""
LOOK_BEHIND: Final = {
    "kith/contacts/may/asking.py": "the place that is asked",
    "kith/contacts/models.py": "the tables",
    "kith/contacts/personal_data.py": "what is personal of them",
    "kith/contacts/actions.py": "writes them",
    "kith/contacts/standing.py": "shows them, copies them to parts",
    "kith/contacts/deletion/own.py": "deletes them with their contact",
    "kith/contacts/deletion/erasing.py": "what is left of them after anonymising",
    "kith/contacts/suppressions/": "the list of them, by value, by file",
    "kith/contacts/finding_by.py": "a search finds who is suppressed, and why; it sends nothing",
    "kith/stewardship/review/candidates.py": "compares the reasons of two contacts that may be one",
    "kith/privacy/proof/whose.py": "whose a row is, for the proof of anonymising",
    "kith/privacy/information/stored.py": "reports to a person what is stored of them",
}
SHOW: Final = {
    "kith/contacts/": "the contact's own pages, its rules of flagging and unflagging",
    "kith/printouts/document.py": "prints what forbids to reach the contact",
    "kith/stewardship/involved.py": "two contacts that differ in it need a second person",
    "kith/find/": "a column that says it; exports for contacting ask `may`",
    "kith/namedays/views.py": "says beside a name what forbids to congratulate",
    "kith/grouping/": "shows what a contact would carry after grouping, copies it to parts",
    "kith/golden/": "shows it",
    "kith/config/": "the words beside the name",
    "kith/privacy/": "shows it before anonymising",
}
"""May read `kith.contacts.standing`, which says what is carried and decides nothing."""
SENDERS: Final = {
    "kith/printouts/mailing.py": "called by printouts/sending, which asks `may` at the time of sending",
    "kith/privacy/register/front/mailing.py": "answers whoever wrote to us; nobody stored is looked up",
    "kith/config/checkup.py": "only looks whether the mail server answers",
}
AUDIENCES: Final = (
    "kith/printouts/queries.py",
    "kith/namedays/queries.py",
    "kith/find/exporting/contacting.py",
    "kith/grouping/what_if/protection.py",
)


def names_behind(source: str) -> set[str]:
    """In code and in SQL, not in docstrings and comments."""
    tree = ast.parse(source)
    said = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    found = set()
    for node in ast.walk(tree):
        for text in _texts(node):
            if id(node) not in said:
                found |= set(_BEHIND.findall(text))
    return found


def _texts(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Name(id=name):
            yield name
        case ast.alias(name=name):
            yield name
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            yield f"{name}.{attribute}"
        case ast.Attribute(attr=attribute):
            yield attribute
        case ast.keyword(arg=str(name)):
            yield name


def imported(source: str) -> set[str]:
    tree = ast.parse(source)
    found = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return found | {one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names}


def _is_in(where: str, allowed: dict[str, str]) -> bool:
    return any(where == one or (one.endswith("/") and where.startswith(one)) for one in allowed)


@pytest.mark.parametrize(
    "source",
    [
        "from kith.contacts.models import SuppressedRecord",
        "rows = SuppressedRecord.objects.all()",
        "from kith.contacts import models as m\nrows = m.SuppressedRecord",
        "rows = Suppression.objects.filter(reason='x')",
        "SQL = 'SELECT 1 FROM contacts_suppressedrecord c'",
        "q = Contact.objects.filter(suppression__reason='x')",
        "f'JOIN contacts_suppression s ON {x}'",
    ],
)
def test_the_guard_sees_a_query_however_it_is_written(source: str) -> None:
    assert names_behind(source)


def test_nobody_asks_around_may() -> None:
    around = [
        f"{where}: {', '.join(sorted(found))}"
        for path in source_files()
        if not _is_in(where := place(path), LOOK_BEHIND)
        and (found := names_behind(path.read_text(encoding="utf-8")))
    ]
    assert not around, "ask kith.contacts.may instead: " + "; ".join(around)


def test_whoever_reads_what_is_carried_only_shows_it() -> None:
    readers = [
        where
        for path in source_files()
        if not _is_in(where := place(path), SHOW)
        and "kith.contacts.standing" in imported(path.read_text(encoding="utf-8"))
    ]
    assert not readers, f"decide by kith.contacts.may; to show it, say why in SHOW: {readers}"


def test_only_may_makes_an_audience() -> None:
    made = [
        place(path)
        for path in source_files()
        if place(path) != "kith/contacts/may/asking.py"
        and re.search(r"may\.asking import [^\n]*\bAllowed\b", text := path.read_text(encoding="utf-8"))
        and re.search(r"\bAllowed\(", text)
    ]
    assert not made


def test_whoever_sends_says_how_it_asked() -> None:
    sending = {
        place(path)
        for path in source_files()
        if "django.core.mail" in imported(path.read_text(encoding="utf-8"))
    }
    assert sending <= set(SENDERS), "how does it ask kith.contacts.may? say so in SENDERS"


@pytest.mark.parametrize("where", AUDIENCES)
def test_audiences_ask_may(where: str) -> None:
    (path,) = [one for one in source_files() if place(one) == where]
    assert any(one.startswith("kith.contacts.may") for one in imported(path.read_text(encoding="utf-8")))


def test_the_lists_name_nothing_that_is_gone() -> None:
    there = [place(path) for path in source_files()]
    for listed in (LOOK_BEHIND, SHOW, SENDERS):
        assert not [one for one in listed if not any(where.startswith(one) for where in there)]
