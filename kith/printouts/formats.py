"""Into which files a printout goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kith.contacts import vcard
from kith.printouts import pdf, plain, sheets
from kith.printouts.document import Document


class Format(StrEnum):
    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"
    VCARD = "vcard"

    @property
    def label(self) -> str:
        return "vCard" if self is Format.VCARD else self.value.upper()

    @property
    def suffix(self) -> str:
        return "vcf" if self is Format.VCARD else self.value

    @property
    def has_sections(self) -> bool:
        return self is not Format.VCARD


ABOUT: Final[Mapping[Format, str]] = {
    Format.PDF: "to read, print and send",
    Format.XLSX: "a sheet for each section",
    Format.CSV: "one value on each line",
    Format.JSON: "for other systems",
    Format.VCARD: "for address books: golden values only, whatever sections are chosen",
}


@dataclass(frozen=True, slots=True)
class File:
    """Nobody is named by the name of the file."""

    name: str
    media_type: str
    body: bytes


def file_of(document: Document, form: Format) -> File:
    media_type, write = _WRITERS[form]
    return File(f"GroupID-{document.group_id}.{form.suffix}", media_type, write(document))


def _card(document: Document) -> bytes:
    return vcard.vcard_of(document.card).encode()


_WRITERS: Final[Mapping[Format, tuple[str, Callable[[Document], bytes]]]] = {
    Format.PDF: ("application/pdf", pdf.write),
    Format.XLSX: ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", sheets.write),
    Format.CSV: ("text/csv; charset=utf-8", plain.write_csv),
    Format.JSON: ("application/json", plain.write_json),
    Format.VCARD: (vcard.MEDIA_TYPE, _card),
}
