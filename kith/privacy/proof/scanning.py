"""Every byte that Kith keeps, looked through once for the values of any number of people.

Tables as COPY shows them, from one moment; what planners remember of columns; what rooms open; files, with
what is packed in them opened. The cost is the size of the store, however many people are looked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Final
from uuid import UUID

from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction

from kith.kernel.erasing import Fate
from kith.kernel.personal_data import Personal
from kith.privacy.erasing.places import Place, column_of, places
from kith.privacy.erasing.rows import rooms
from kith.privacy.proof import files, statistics
from kith.privacy.proof.findings import KEPT, STATISTICS, Findings, Hit, Looked
from kith.privacy.proof.foreign import FOREIGN
from kith.privacy.proof.matching import Found, Matcher
from kith.privacy.proof.whose import Whose, key_of, whose

__all__ = ["STATISTICS", "Findings", "Hit", "Looked", "scan"]
BLOCK: Final = 1 << 20
MOST_ROWS: Final = 5_000
"""Of one table: a value in more of them is that of many, and the rest of its rows are not named."""
_TABLES: Final = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname NOT LIKE 'pg\\_t%' ORDER BY 1, 2
"""


def scan(needles: Mapping[UUID, frozenset[str]]) -> Findings:
    matcher, findings = Matcher(needles), Findings()
    with _one_moment():
        ours, unknown = {place.table: place for place in places()}, []
        for schema, name in _tables():
            said = name if schema == "public" else f"{schema}.{name}"
            unknown += [] if said in ours or said in FOREIGN else [said]
            _scan_table(f'"{schema}"."{name}"', said, ours.get(said), matcher, findings)
        if _has_large_objects():
            unknown.append("large objects")
        _scan_statistics(matcher, findings)
        _scan_sessions(matcher, findings)
        _scan_opened(matcher, findings)
    unknown += files.look_through(matcher, findings)
    findings.unknown = tuple(unknown)
    return findings


@contextmanager
def _one_moment() -> Iterator[None]:
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _tables() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return [(schema, name) for schema, name in cursor.fetchall()]


def _scan_table(table: str, name: str, place: Place | None, matcher: Matcher, findings: Findings) -> None:
    """Many rows at once, and one by one only where there is something."""
    rows, found = 0, _InTable(name)
    for batch in _copied(table, place):
        rows += len(batch)
        text = b"".join(batch)
        findings.looked.bytes += len(text)
        if matcher.of(text):
            for line in batch:
                found.look_at(line, matcher)
    findings.looked.tables[name] = rows
    found.tell(place, findings)


def _copied(table: str, place: Place | None) -> Iterator[list[bytes]]:
    """Rows as `key, what is looked for, what is declared to stay`, about `BLOCK` bytes at a time."""
    batch, size = list[bytes](), 0
    with connection.cursor() as cursor, cursor.copy(f"COPY ({_selected(table, place)}) TO STDOUT") as copy:
        for row in copy:
            batch.append(bytes(row))
            size += len(row)
            if size >= BLOCK:
                yield batch
                batch, size = [], 0
    yield batch


def _selected(table: str, place: Place | None) -> str:
    if place is None:
        return f"SELECT t.ctid::text, t.*::text, '' FROM {table} t"
    stays, columns = _stays(place), [field.column for field in place.model._meta.concrete_fields]
    looked_for = ", ".join(f't."{one}"' for one in columns if one not in stays)
    kept = ", ".join(f't."{one}"' for one in columns if one in stays)
    return f"SELECT t.{key_of(place)[0]}::text, ROW({looked_for})::text, ROW({kept})::text FROM {table} t"


def _stays(place: Place) -> set[str]:
    """Columns of which a declaration says why they stay, or that they are about a colleague."""
    room = place.model.__module__.rsplit(".models", 1)[0]
    declared = import_module(f"{room}.personal_data").FIELDS[place.model.__name__]
    names = {name for name, kind in declared.items() if kind is Personal.COLLEAGUE}
    names |= {name for name, treatment in place.rule.fields.items() if treatment.fate is Fate.STAYS}
    return {column_of(place.model, name) for name in names}


class _InTable:
    def __init__(self, name: str) -> None:
        self._name = name
        self._hits: dict[str, set[Found]] = defaultdict(set)
        self._kept: dict[str, set[Found]] = defaultdict(set)
        self._rows: dict[Found, int] = defaultdict(int)

    def look_at(self, line: bytes, matcher: Matcher) -> None:
        key, looked_for, kept = line.split(b"\t", 2)
        for text, hits in ((looked_for, self._hits), (kept, self._kept)):
            for one in matcher.of(text):
                self._rows[one] += 1
                if self._rows[one] <= MOST_ROWS:
                    hits[key.decode()].add(one)

    def tell(self, place: Place | None, findings: Findings) -> None:
        findings.of_many(self._name, [one for one, rows in self._rows.items() if rows > MOST_ROWS])
        known = whose(place, self._hits) if place and self._hits else {}
        for key, found in self._hits.items():
            of = known.get(key, Whose.NOBODYS)
            findings.add(Hit(self._name, key), found, whose=of)
        for key, found in self._kept.items():
            findings.add(Hit(f"{self._name}{KEPT}", key), found, whose=Whose.OTHERS)


def _has_large_objects() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_largeobject_metadata)")
        return bool(cursor.fetchall()[0][0])


def _scan_statistics(matcher: Matcher, findings: Findings) -> None:
    for table, column, said in statistics.remembered():
        hit = Hit(f"{STATISTICS}{table}.{column}")
        findings.add(hit, matcher.of(said.encode()), whose=Whose.NOBODYS)


def _scan_sessions(matcher: Matcher, findings: Findings) -> None:
    """They lie packed."""
    store = SessionStore()
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid::text, session_data FROM django_session")
        for key, packed in cursor.fetchall():
            said = matcher.of(repr(store.decode(packed)).encode())
            findings.add(Hit("django_session", key), said, whose=Whose.NOBODYS)


def _scan_opened(matcher: Matcher, findings: Findings) -> None:
    for room in rooms():
        for one in room.opens():
            findings.add(Hit(one.place, one.key), matcher.of(one.content), whose=Whose.NOBODYS)
