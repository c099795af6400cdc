"""An XLSX file as a stream: every cell is text, nothing is held but the block at hand, and nothing of it ever
lies on disk unsealed, as the temporary files of a spreadsheet library would. Pure.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from io import RawIOBase
from typing import IO, Final
from xml.sax.saxutils import escape

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS: Final = 1_000_000
"""Of one sheet; spreadsheets take 1,048,576."""
_MOST_CELL: Final = 32_767
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ESCAPED: Final = re.compile("_x[0-9A-Fa-f]{4}_")
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def workbook(
    header: Sequence[str],
    slices: Iterable[Iterable[Sequence[str]]],
    *,
    named: str,
    most_rows: int = MOST_ROWS,
) -> Iterator[bytes]:
    """More rows than a sheet takes go on in the next one, under the same header. `named`: what they are."""
    outlet = _Outlet()
    sheets = 0
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as book:
        sheet: IO[bytes] | None = None
        room = 0
        for rows in slices:
            for row in rows:
                if sheet is None or not room:
                    if sheet is not None:
                        _close(sheet)
                    sheets, room = sheets + 1, most_rows
                    sheet = _open(book, sheets, header)
                sheet.write(_row(row))
                room -= 1
            yield outlet.taken()
        if sheet is None:
            sheets, sheet = 1, _open(book, 1, header)
        _close(sheet)
        for name, text in _parts(sheets, named):
            book.writestr(name, _HEAD + text)
    yield outlet.taken()


def _open(book: zipfile.ZipFile, number: int, header: Sequence[str]) -> IO[bytes]:
    sheet = book.open(f"xl/worksheets/sheet{number}.xml", "w")
    sheet.write(
        (
            f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
            "</sheetViews><sheetData>"
        ).encode()
    )
    sheet.write(_row(header, style=' s="1"'))
    return sheet


def _close(sheet: IO[bytes]) -> None:
    sheet.write(b"</sheetData></worksheet>")
    sheet.close()


def _row(cells: Sequence[str], *, style: str = "") -> bytes:
    return f"<row>{''.join(_cell(text, style) for text in cells)}</row>".encode()


def _cell(text: str, style: str) -> str:
    """Text is never a formula, whatever it begins with."""
    if not text:
        return f"<c{style}/>"
    plain = _NOT_XML.sub("", text)[:_MOST_CELL].replace("\r\n", "\n").replace("\r", "\n")
    said = escape(_ESCAPED.sub(lambda found: f"_x005F{found[0]}", plain))
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{said}</t></is></c>'


def _parts(sheets: int, title: str) -> Iterator[tuple[str, str]]:
    numbers = range(1, sheets + 1)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    named = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>'
        for n in numbers
    )
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{named}</Types>',
    )
    yield (
        "_rels/.rels",
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    listed = "".join(f'<sheet name="{escape(title)} {n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    yield (
        "xl/workbook.xml",
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><sheets>{listed}</sheets></workbook>',
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATED}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'<Relationships xmlns="{_PACKAGE}/relationships">{related}<Relationship Id="rId{sheets + 1}"'
        f' Type="{_RELATED}/styles" Target="styles.xml"/></Relationships>',
    )
    yield "xl/styles.xml", _STYLES


_STYLES: Final = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class _Outlet(RawIOBase):
    """Takes what the archive writes, until it is asked for it. It cannot go back, so nothing is kept."""

    def __init__(self) -> None:
        super().__init__()
        self._blocks: list[bytes] = []

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def write(self, block: object) -> int:
        taken = bytes(block)  # type: ignore[call-overload]  # whatever holds bytes; the stub names no such type
        self._blocks.append(taken)
        return len(taken)

    def taken(self) -> bytes:
        whole = b"".join(self._blocks)
        self._blocks.clear()
        return whole
