"""A suppression list as a file: any columns of e-mails, phones and System Refs, in CSV or a workbook."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from kith.contacts.suppressions.values import Value, read
from kith.kernel.errors import Refused
from kith.sources.claims import NUMBER, without_blank_rows
from kith.sources.headers import FAMILY_KEYS, SINGLE_KEYS, TRANSACTION_KEYS, key_and_number, key_of
from kith.sources.mapping import SYSTEM_REF
from kith.sources.reading import Table, Unreadable, open_table

MOST_BYTES: Final = 20_000_000
MOST: Final = 200_000
"""Entries of one list."""
BAD_SHOWN: Final = 1_000
_REF, _SOURCE, _EITHER = SYSTEM_REF, "source", "either"
_NOT: Final = {
    "email": "not a valid e-mail address",
    "phone": "not a phone: begin it with + and its country code",
    _EITHER: "neither an e-mail nor a phone",
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


def said_in(file: InMemory, *, country: str | None) -> Said:
    """`country`: for phones without a country code. Raises Unreadable."""
    table = open_table(file)
    meanings = _meanings(table.headers)
    said = Said()
    if list(meanings.values()) == [_EITHER] and (value := read(table.headers[0], country=country)):
        said.add(value)
    for number, cells in _rows(table, said):
        _read_row(number, cells, meanings, country=country, into=said)
    return said


def _meanings(headers: Sequence[str]) -> dict[str, str]:
    """By header, of those that are read."""
    found = {header: meaning for header in headers if (meaning := _meaning(header))}
    if set(found.values()) - {_SOURCE}:
        return found
    if len(headers) == 1:
        return {headers[0]: _EITHER}
    raise Unreadable(_NO_COLUMN)


def _meaning(header: str) -> str:
    key, _ = key_and_number(header)
    kind = FAMILY_KEYS.get(key)
    if kind in {"email", "phone"}:
        return kind
    if SINGLE_KEYS.get(key_of(header)) == _REF:
        return _REF
    return _SOURCE if TRANSACTION_KEYS.get(key_of(header)) == _SOURCE else ""


def _rows(table: Table, said: Said) -> Iterator[tuple[int, dict[str, str]]]:
    for chunk in table.chunks():
        said.bad += [Bad(one.number, one.column, one.reason) for one in chunk.bad]
        for row in without_blank_rows(chunk).iter_rows(named=True):
            yield row[NUMBER], row


def _read_row(
    number: int, cells: dict[str, str], meanings: dict[str, str], *, country: str | None, into: Said
) -> None:
    source = next((cells[name].strip() for name, what in meanings.items() if what == _SOURCE), "")
    is_empty = True
    for header, meaning in meanings.items():
        text = cells[header].strip()
        if not text or meaning == _SOURCE:
            continue
        is_empty = False
        if meaning == _REF:
            into.add(NamedRef(number, header, source, text))
            continue
        value = read(text, country=country)
        if value is None or meaning not in {_EITHER, value.kind}:
            into.bad.append(Bad(number, header, _NOT[meaning]))
        else:
            into.add(value)
    if is_empty:
        into.bad.append(Bad(number, "", "nothing in any of the columns that are read"))
