"""Whatever writes System Refs asks the doors first: nobody who was deleted or anonymised comes in (X10).

A function that is new here says which door it asks, or why it needs none, and which test shows it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Final

import pytest

from tests.architecture import writers
from tests.architecture.tree import ROOT

DOORS: Final = frozenset({"refused_among", "hold_the_door", "hold_the_door_of"})


@dataclass(frozen=True)
class Asks:
    """In the function, in those it calls, or in those of its module that call it."""

    door: str
    shown: str


@dataclass(frozen=True)
class CallersAsk:
    """Whoever calls it stands in the list too."""


@dataclass(frozen=True)
class Nobody:
    """It brings nobody in."""

    because: str
    shown: str


_X10 = "tests/privacy/erasing/test_doors.py"
_TYPED = "tests/contacts/test_x10_typed_again.py"
_MANY = "tests/sources/doors/test_ways_in.py"
WAYS_IN: Final[dict[str, Asks | CallersAsk | Nobody]] = {
    "kith/sources/loading.py:upsert": CallersAsk(),
    "kith/sources/loading.py:settle": CallersAsk(),
    "kith/sources/contacts_in.py:ContactsIn.settle": Asks(
        "refused_among",
        f"{_MANY}::test_x10_whoever_is_anonymised_between_preparing_and_settling_stays_out",
    ),
    "kith/contacts/intake/rows.py:TypedContactsIn._written": Asks(
        "refused_among", f"{_MANY}::test_x10_a_file_of_typed_contacts_does_not_bring_her_back"
    ),
    "kith/contacts/intake/undoing.py:_put_back": Asks(
        "refused_among", f"{_MANY}::test_x10_taking_an_import_back_does_not_bring_her_back"
    ),
    "kith/contacts/actions.py:add_contact": Asks(
        "hold_the_door", f"{_TYPED}::test_x10_she_is_not_typed_again_and_whoever_shares_her_e_mail_is"
    ),
    "kith/contacts/actions.py:_replace": Asks(
        "hold_the_door_of", f"{_TYPED}::test_x10_nobody_is_made_her_by_typing_over"
    ),
    "kith/sources/loading.py:settle_again": Nobody(
        "cleans what is stored once more, and leaves out whoever is erased",
        f"{_X10}::test_whatever_runs_over_everybody_leaves_her_alone",
    ),
    "kith/sources/recleaning.py:_settled": Nobody(
        "the same", f"{_X10}::test_whatever_runs_over_everybody_leaves_her_alone"
    ),
    "kith/sources/loading.py:mark_gone": Nobody(
        "says of a System Ref that its source has it no more; who is erased is gone already",
        f"{_X10}::test_whatever_runs_over_everybody_leaves_her_alone",
    ),
    "kith/sources/importing.py:_mark_gone": Nobody(
        "the same", f"{_X10}::test_whatever_runs_over_everybody_leaves_her_alone"
    ),
    "kith/privacy/erasing/rows.py:erase_rows": Nobody(
        "closes the doors itself",
        "tests/privacy/erasing/test_erasures.py::test_k24_a_contact_is_anonymised_for_ever_and_proved",
    ),
    "kith/privacy/erasing/steps.py:erase": Nobody(
        "closes the doors itself",
        "tests/privacy/erasing/test_erasures.py::test_k24_a_contact_is_anonymised_for_ever_and_proved",
    ),
}
TABLE_SAID_ELSEWHERE: Final = {
    "kith/bulk/__init__.py:_copy_in": "into temporary tables; whoever writes on from them stands above",
    "kith/golden/override_sql.py:over_list": "of DuckDB, in memory",
    "kith/privacy/erasing/rows.py:_digest": "erases",
    "kith/privacy/erasing/rows.py:_erase": "erases",
}
RESTORES: Final = "kith/backups/"
"""Lays down a whole database and erases again whoever the ledger knows, before anything is served."""


def _writers() -> set[str]:
    """Who calls `add_contact` need not ask once more: followed are those that ask nothing themselves."""
    found = writers.by_sql() | writers.by_orm()
    silent = {one for one in WAYS_IN if isinstance(WAYS_IN[one], CallersAsk) or _is_bottom(one, found)}
    names = {one.rpartition(":")[2]: one.partition(":")[0] for one in silent}
    return {one for one in found | writers.callers_of(names) if not one.startswith(RESTORES)}


def _is_bottom(where: str, found: set[str]) -> bool:
    return isinstance(WAYS_IN[where], Nobody) and where in found


def test_whoever_writes_system_refs_stands_in_the_list() -> None:
    assert _writers() == set(WAYS_IN)


def test_sql_of_a_table_that_is_named_elsewhere_stands_in_the_list() -> None:
    found = {one for one in writers.of_any_table() if not one.startswith(RESTORES)}
    assert found == set(TABLE_SAID_ELSEWHERE)


@pytest.mark.parametrize("where", sorted(one for one, way in WAYS_IN.items() if isinstance(way, Asks)))
def test_the_door_is_asked(where: str) -> None:
    way = WAYS_IN[where]
    assert isinstance(way, Asks)
    assert way.door in DOORS
    module, _, dotted = where.partition(":")
    name = dotted.rpartition(".")[2]
    asking = [
        one.name
        for one in writers.functions()
        if one.module == module
        and (one.name == name or name in writers.reaches(module, one.name))
        and way.door in writers.reaches(module, one.name)
    ]
    assert asking, f"{where} does not ask {way.door}"


@pytest.mark.parametrize(
    "where", sorted(one for one, way in WAYS_IN.items() if not isinstance(way, CallersAsk))
)
def test_a_test_shows_it(where: str) -> None:
    way = WAYS_IN[where]
    assert not isinstance(way, CallersAsk)
    path, _, name = way.shown.partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert name in {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}, way.shown


def test_the_guard_sees_each_way_of_writing() -> None:
    """Sentences of code that write System Refs, none of which is in Kith."""
    written = (
        "def f():\n    SourceRecord.objects.create(system_ref='1')",
        "def f():\n    SourceRecord.objects.filter(pk=1).update(claim={})",
        "def f(record: SourceRecord):\n    record.save()",
        "def f():\n    made = SourceRecord(system_ref='1')\n    made.save()",
        "def f(records: list[SourceRecord]):\n    for one in records:\n        one.save()",
        "def f():\n    found = SourceRecord.objects.first()\n    found.save(update_fields=['claim'])",
        "def f():\n    SourceRecord.objects.bulk_create([])",
        "def f():\n    models.SourceRecord.objects.bulk_create([])",
        "def f():\n    local.records_of(1).update(claim={})",
    )
    read = (
        "def f(record: SourceRecord):\n    return record.claim",
        "def f(record: SourceRecord):\n    Note.objects.create(record=record)",
        "def f(record: SourceRecord):\n    note = Note(record=record)\n    note.save()",
        "def f():\n    records_of = Note.objects.all()\n    records_of.update(text='')",
    )
    for said, expected in [*((one, True) for one in written), *((one, False) for one in read)]:
        function = ast.parse(said).body[0]
        assert isinstance(function, ast.FunctionDef)
        assert writers.writes_records(function) is expected, said
