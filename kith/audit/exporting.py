"""Entries of the journal as a file, with the signed head of the journal at that moment."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC
from enum import StrEnum
from itertools import islice
from typing import Final

from kith.audit import presenters
from kith.audit.chain.heads import Head
from kith.audit.events import kind_of
from kith.audit.models import Entry
from kith.kernel import workbook
from kith.kernel.inert import inert_csv


class FileKind(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


MEDIA_TYPES: Final = {
    FileKind.CSV: "text/csv; charset=utf-8",
    FileKind.XLSX: workbook.MEDIA_TYPE,
    FileKind.JSON: "application/json",
}
COLUMNS: Final = (
    "entry",
    "at",
    "who",
    "user",
    "did",
    "event",
    "kind",
    "subject",
    "subject_id",
    "group_id",
    "details",
)
_MARK: Final = "\ufeff"
"""By which spreadsheets know a CSV to be UTF-8."""
_AT_ONCE: Final = 1_000


def blocks_of(kind: FileKind, entries: Iterable[Entry], *, head: Head) -> Iterator[bytes]:
    match kind:
        case FileKind.CSV:
            return _csv(entries, head)
        case FileKind.XLSX:
            slices = (list(map(_cells, some)) for some in _slices(entries))
            return workbook.workbook(COLUMNS, _ending(slices, head), named="Audit log")
        case FileKind.JSON:
            return _json(entries, head)


def _csv(entries: Iterable[Entry], head: Head) -> Iterator[bytes]:
    yield (_MARK + inert_csv([COLUMNS])).encode()
    for some in _slices(entries):
        yield inert_csv(map(_cells, some)).encode()
    yield inert_csv([_last(head)]).encode()


def _json(entries: Iterable[Entry], head: Head) -> Iterator[bytes]:
    yield f'{{"head": {head.line()},\n"entries": [\n'.encode()
    between = ""
    for some in _slices(entries):
        yield (between + ",\n".join(json.dumps(_said(one), ensure_ascii=False) for one in some)).encode()
        between = ",\n"
    yield b"\n]}\n"


def _ending(slices: Iterable[list[list[str]]], head: Head) -> Iterator[list[list[str]]]:
    yield from slices
    yield [_last(head)]


def _last(head: Head) -> list[str]:
    return ["head", head.line()]


def _slices(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    left = iter(entries)
    while some := list(islice(left, _AT_ONCE)):
        yield some


def _cells(entry: Entry) -> list[str]:
    said = _said(entry)
    cells = [said[name] for name in COLUMNS[:-1]]
    return [
        *("" if cell is None else str(cell) for cell in cells),
        json.dumps(entry.detail, ensure_ascii=False),
    ]


def _said(entry: Entry) -> dict[str, object]:
    return {
        "entry": entry.pk,
        "at": entry.at.astimezone(UTC).isoformat(),
        "who": entry.actor,
        "user": entry.user_id,
        "did": presenters.words(entry.event),
        "event": entry.event,
        "kind": kind_of(entry.event).value,
        "subject": entry.subject_type,
        "subject_id": entry.subject_id,
        "group_id": entry.group_id,
        "details": entry.detail,
    }
