"""What a file is, from its first bytes: its name is never trusted."""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
import zlib
from collections import Counter
from typing import Final

from charset_normalizer import from_bytes

from kith.sources.reading.bounds import Bounds, refuse_what_unpacks_too_large
from kith.sources.reading.table import MAX_LINE_CHARS, Received, Unreadable

SAMPLE_BYTES: Final = 2_000_000
SPREADSHEET_BYTES: Final = 512 * 1024 * 1024
"""A spreadsheet is read as a whole, and its format ends at a million rows."""
DELIMITERS: Final = (",", ";", "\t", "|")

_ZIP: Final = b"PK\x03\x04"
_WORKBOOK: Final = "xl/workbook.xml"
_BINARY: Final = "xl/workbook.bin"
_NO_WORKBOOK: Final = "This is an archive, not a spreadsheet. Unpack it and send the CSV, XLSX or XLS in it."
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_OTHERS: Final = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed file; unpack it first",
    b"PAR1": "a Parquet file",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
}
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LATIN: Final = frozenset({"latin_1", "iso8859_1", "iso8859_15", "cp1250", "iso8859_2"})
_SINGLE_BYTE: Final = [
    "cp1252",
    "cp1253",
    "cp1250",
    "cp1251",
    "cp1254",
    "iso8859_7",
    "iso8859_15",
    "iso8859_2",
]


def file_type(received: Received, bounds: Bounds) -> str:
    """csv, xlsx or xls."""
    with received.open() as file:
        head = file.read(8)
    if not head:
        raise Unreadable("The file is empty.")
    if head.startswith(_ZIP):
        return _zipped(received, bounds)
    if head == _OLE:
        return _ole(received)
    for magic, what in _OTHERS.items():
        if head.startswith(magic):
            raise Unreadable(f"This is {what}, not a table. Kith reads CSV, XLSX and XLS.")
    return "csv"


def spreadsheet_of(received: Received) -> bytes:
    with received.open() as file:
        content = file.read(SPREADSHEET_BYTES + 1)
    if len(content) > SPREADSHEET_BYTES:
        raise Unreadable(
            f"The spreadsheet is larger than {SPREADSHEET_BYTES // 1024 // 1024} MB. Save it as CSV."
        )
    return content


def _zipped(received: Received, bounds: Bounds) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(spreadsheet_of(received))) as archive:
            names = set(archive.namelist())
            if _BINARY in names:
                raise Unreadable("This is an XLSB workbook. Save it as XLSX or CSV.")
            if _WORKBOOK not in names:
                raise Unreadable(_NO_WORKBOOK)
            refuse_what_unpacks_too_large(archive, bounds)
    except (zipfile.BadZipFile, zlib.error, RuntimeError) as error:
        raise Unreadable("The spreadsheet is damaged: it cannot be unpacked. Save it again.") from error
    return "xlsx"


def _ole(received: Received) -> str:
    with received.open() as file:
        while block := file.read(1_000_000):
            if _ENCRYPTED in block:
                raise Unreadable(
                    "The spreadsheet is protected by a password. Remove it in the spreadsheet and save again."
                )
    return "xls"


def sample_of(received: Received) -> bytes:
    with received.open() as file:
        return file.read(SAMPLE_BYTES)


def encoding_of(sample: bytes) -> str:
    """A codec name. Text that is valid UTF-8 is UTF-8; else the mark, the NULs or the letters tell."""
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    if sample[:400].count(0) > len(sample[:400]) // 4:
        return _wide(sample)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError as error:
        if _mostly_utf8(sample, error):
            return "utf-8"
        return _by_letters(sample)
    return "utf-8"


def _wide(sample: bytes) -> str:
    """UTF-16 without a mark: text of mostly Latin letters has a NUL in one byte of each pair."""
    even, odd = sample[0:400:2].count(0), sample[1:400:2].count(0)
    if odd > 5 * even:
        return "utf-16-le"
    if even > 5 * odd:
        return "utf-16-be"
    raise Unreadable("This is not text and not a spreadsheet. Kith reads CSV, XLSX and XLS.")


def _mostly_utf8(sample: bytes, error: UnicodeDecodeError) -> bool:
    """A UTF-8 file with a few broken rows: most of its other-than-ASCII bytes form valid UTF-8."""
    decoded = sample.decode("utf-8", "surrogateescape")
    broken = sum("\ud800" <= sign <= "\udfff" for sign in decoded)
    letters = sum(sign > "\x7f" for sign in decoded) - broken
    return letters > 3 * broken


def _by_letters(sample: bytes) -> str:
    lines = sample.splitlines()
    telling = b"\n".join(line for line in lines if not line.isascii())[:60_000]
    best = from_bytes(telling, cp_isolation=_SINGLE_BYTE, threshold=0.8).best()
    if best is None:
        return "cp1252"
    if best.encoding in _LATIN and _reads_as_western(telling, best.encoding):
        return "cp1252"
    return best.encoding


def _reads_as_western(text: bytes, other: str) -> bool:
    """Whether 1252, by far the most common, reads the text as well as `other` does: letters stay letters."""
    western = text.decode("cp1252", "replace")
    eastern = text.decode(other, "replace")
    differing = [one for one, two in zip(western, eastern, strict=True) if one != two]
    letters = sum(sign.isalpha() for sign in differing)
    # Both of Czech ě and ř, read as Western: no Western language has the two.
    is_czech = other != "cp1254" and "ì" in differing and "ø" in differing
    return letters >= 0.8 * len(differing) and not is_czech


def refuse_what_is_no_table(text: str) -> None:
    """`text` is the decoded sample."""
    first_line = text.partition("\n")[0]
    if len(first_line) >= MAX_LINE_CHARS:
        raise Unreadable(
            f"Row 1 is longer than {MAX_LINE_CHARS:,} characters; this is not a table with a header row."
        )
    controls = sum(sign < " " and sign not in "\t\r\n\x00\x1a" for sign in text[:10_000])
    if controls > len(text[:10_000]) // 50:
        raise Unreadable("This is not text and not a spreadsheet. Kith reads CSV, XLSX and XLS.")
    start = text.lstrip()[:200].casefold()
    if not start:
        raise Unreadable("The file holds no rows, not even a header.")
    if start.startswith(("<!doctype", "<html", "<?xml")):
        raise Unreadable("This is a web or XML page, not a table. Kith reads CSV, XLSX and XLS.")
    if start.startswith(("{", "[{")):
        raise Unreadable("This is JSON, not a table. Kith reads CSV, XLSX and XLS.")


def delimiter_of(text: str) -> str:
    """The delimiter that gives most rows of the sample one same width, and the widest such."""
    lines = text.split("\n")[:200]
    return max(DELIMITERS, key=lambda delimiter: _fitness(lines, delimiter))


def _fitness(lines: list[str], delimiter: str) -> tuple[float, int]:
    try:
        widths = [len(cells) for cells in csv.reader(lines, delimiter=delimiter) if cells]
    except csv.Error:
        return (0.0, 0)
    if not widths or widths[0] < 2:
        return (0.0, 0)
    agreeing = Counter(widths)[widths[0]] / len(widths)
    return (round(agreeing, 1), widths[0])
