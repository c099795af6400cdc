"""The three kinds of file, each as a stream of blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from kith.contacts import vcard
from kith.find.exporting.cards import cards_of
from kith.find.exporting.columns import Column
from kith.find.exporting.models import Export
from kith.find.exporting.rows import Reader
from kith.find.eyes import Eyes
from kith.kernel import workbook
from kith.kernel.inert import inert_csv

Slices = Iterable[Sequence[int]]
"""GroupIDs, rising."""

_ENDINGS: Final = {Export.Kind.CSV: "csv", Export.Kind.XLSX: "xlsx", Export.Kind.VCARD: "vcf"}
_MEDIA_TYPES: Final = {
    Export.Kind.CSV: "text/csv; charset=utf-8",
    Export.Kind.XLSX: workbook.MEDIA_TYPE,
    Export.Kind.VCARD: vcard.MEDIA_TYPE,
}
_MARK: Final = "\ufeff".encode()
"""By which spreadsheets know a CSV to be UTF-8."""


def file_name(export: Export) -> str:
    """Says nothing about who is in it."""
    return f"kith-contacts-{export.asked_at:%Y-%m-%d}-{export.pk}.{_ENDINGS[Export.Kind(export.kind)]}"


def media_type(export: Export) -> str:
    return _MEDIA_TYPES[Export.Kind(export.kind)]


def blocks_of(kind: str, slices: Slices, *, columns: Sequence[Column], eyes: Eyes) -> Iterator[bytes]:
    if kind == Export.Kind.VCARD:
        return ("".join(cards_of(ids, eyes=eyes)).encode() for ids in slices)
    reader = Reader(columns, eyes)
    header = [one.label for one in columns]
    if kind == Export.Kind.XLSX:
        return workbook.workbook(header, (reader.rows(ids) for ids in slices), named="Contacts")
    return _csv(header, reader, slices)


def _csv(header: Sequence[str], reader: Reader, slices: Slices) -> Iterator[bytes]:
    yield _MARK + inert_csv([header]).encode()
    for ids in slices:
        yield inert_csv(reader.rows(ids)).encode()
