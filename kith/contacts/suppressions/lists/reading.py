"""A suppression list as a file: any columns of e-mails, phones and System Refs, in CSV or a workbook."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from kith.contacts.suppressions.values import Value, read
from kith.kernel.errors import Refused
from kith.sources.claims import NUMBER, without_blank_rows
from kith.sources.headers import FAMILY_KEYS, SINGLE_KEYS, TRANSACTION_KEYS, key_and_number, key_of
from kith.sources.mapping import SYSTEM_REF
from kith.sources.reading import Bounds, Table, Unreadable, open_table

MOST_BYTES: Final = 20_000_000
MOST: Final = 200_000
"""Entries of one list."""
MOST_ROWS: Final = 500_000
"""With anything in them; also those that repeat another or cannot be read."""
_OF_A_LIST: Final = Bounds(unpacked_bytes=256 * 1024 * 1024, cells=10_000_000)
BAD_SHOWN: Final = 1_000
_REF, _SOURCE, _EITHER = SYSTEM_REF, "source", "either"
ONLY: Final = "Column 1"
"""What the one column is called whose name Kith does not know: what it says may be of a person."""
_NO_TITLE: Final = re.compile(r"[@\d]")
"""In the first row of a column that Kith does not know: it is a row like the others."""
_OF_SOMEBODY: Final = re.compile(r"@|\d{3}")
"""Not of `E-mail (2)`."""
_NOT: Final = {
    "email": "not a valid e-mail address",
    "phone": "not a phone: begin it with + and its country code",
    _EITHER: "neither an e-mail nor a phone; a column of System Refs is to be called so",
}
_NO_COLUMN: Final = (
    "None of the columns is called E-mail, Phone or System Ref. Name one so, or send a file of one column."
)


@dataclass(frozen=True, slots=True)
class InMemory:
    """A file that lies nowhere."""

    content: bytes

    def open(self) -> BinaryIO:
        return io.BytesIO(self.content)


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    """In a row that was read."""
    name: str
    """For people; never what somebody is reached by."""
    meaning: str


@dataclass(frozen=True, slots=True)
class Bad:
    row: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class NamedRef:
    row: int
    column: str
    source: str
    """Its code; '' where the file does not say."""
    ref: str


@dataclass(slots=True)
class Said:
    """What a file says, each value once."""

    values: list[Value] = field(default_factory=list)
    refs: list[NamedRef] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    repeated: int = 0
    _seen: set[Value | tuple[str, str]] = field(default_factory=set)

    def add(self, one: Value | NamedRef) -> None:
        key = one if isinstance(one, Value) else (one.source, one.ref)
        if key in self._seen:
            self.repeated += 1
            return
        self._seen.add(key)
        if isinstance(one, Value):
            self.values.append(one)
        else:
            self.refs.append(one)
        if len(self._seen) > MOST:
            raise Unreadable(f"The list has more than {MOST:,} entries; cut it into several.")


def content_of(blocks: Iterable[bytes]) -> InMemory:
    kept: list[bytes] = []
    size = 0
    for block in blocks:
        size += len(block)
        if size > MOST_BYTES:
            raise Refused(f"The file is larger than {MOST_BYTES // 1_000_000} MB, the most of a list.")
        kept.append(block)
    return InMemory(b"".join(kept))


def said_in(file: InMemory, *, country: str | None, is_ref: Callable[[str], bool]) -> Said:
    """`country`: for phones without a country code. `is_ref`: some contact has this System Ref. Raises
    Unreadable.
    """
    table = open_table(file, bounds=_OF_A_LIST)
    columns = _columns(table, country=country)
    said = Said()
    first = "" if columns else _only_cell(table)
    if first:
        named = read(first, country=country) is None and is_ref(first)
        columns = [Column(first, ONLY, _REF if named else _EITHER)]
        if named or _NO_TITLE.search(first):
            _read_row(1, {first: first}, columns, country=country, into=said)
    for number, cells in _rows(table, said):
        _read_row(number, cells, columns, country=country, into=said)
    return said


def _columns(table: Table, *, country: str | None) -> list[Column]:
    """Those that are read, where the first row names them; else none."""
    named = [(header, _meaning(header)) for header in table.headers if read(header, country=country) is None]
    found = [Column(header, header, meaning) for header, meaning in named if meaning]
    return found if {one.meaning for one in found} - {_SOURCE} else []


def _only_cell(table: Table) -> str:
    if len(table.headers) != 1:
        raise Unreadable(_NO_COLUMN)
    return table.headers[0]


def _meaning(header: str) -> str:
    if _OF_SOMEBODY.search(header):
        return ""
    key, _ = key_and_number(header)
    kind = FAMILY_KEYS.get(key)
    if kind in {"email", "phone"}:
        return kind
    if SINGLE_KEYS.get(key_of(header)) == _REF:
        return _REF
    return _SOURCE if TRANSACTION_KEYS.get(key_of(header)) == _SOURCE else ""


def _rows(table: Table, said: Said) -> Iterator[tuple[int, dict[str, str]]]:
    found = 0
    for chunk in table.chunks():
        rows = without_blank_rows(chunk)
        found += rows.height + len(chunk.bad)
        if found > MOST_ROWS:
            raise Unreadable(f"The list has more than {MOST_ROWS:,} rows; cut it into several.")
        said.bad += [Bad(one.number, one.column, one.reason) for one in chunk.bad]
        for row in rows.iter_rows(named=True):
            yield row[NUMBER], row


def _read_row(
    number: int, cells: dict[str, str], columns: list[Column], *, country: str | None, into: Said
) -> None:
    source = next((cells[one.key].strip() for one in columns if one.meaning == _SOURCE), "")
    is_empty = True
    for column in columns:
        text = cells[column.key].strip()
        if not text or column.meaning == _SOURCE:
            continue
        is_empty = False
        if column.meaning == _REF:
            into.add(NamedRef(number, column.name, source, text))
            continue
        value = read(text, country=country)
        if value is None or column.meaning not in {_EITHER, value.kind}:
            into.bad.append(Bad(number, column.name, _NOT[column.meaning]))
        else:
            into.add(value)
    if is_empty:
        into.bad.append(Bad(number, "", "nothing in any of the columns that are read"))
