"""A workbook that would take gigabytes of memory is refused before it is read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from kith.sources.reading import Bounds, Unreadable, open_table
from kith.sources.reading.bounds import MOST_ROWS

SHEET = "xl/worksheets/sheet1.xml"


def workbook(*, far: str = "A2") -> bytes:
    """An e-mail below a header, and another value where `far` says."""
    book = openpyxl.Workbook()
    (sheet,) = book.worksheets
    sheet["A1"], sheet["A2"], sheet[far] = "E-mail", "ann@example.com", "x"
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


def rewritten(content: bytes, *changes: tuple[str, str]) -> bytes:
    """With other text in its sheet."""
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(into, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            for before, after in changes if name == SHEET else ():
                assert before in text
                text = text.replace(before, after)
            new.writestr(name, text, zipfile.ZIP_DEFLATED)
    return into.getvalue()


def headers(tmp_path: Path, content: bytes, bounds: Bounds | None = None) -> tuple[str, ...]:
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    return open_table(path, bounds=bounds or Bounds()).headers


@pytest.mark.parametrize("far", ["XFD1048576", "CV1048576", "BG1048576"])
def test_one_value_far_away_from_the_table_is_refused(tmp_path: Path, far: str) -> None:
    with pytest.raises(Unreadable, match=r"1,048,576 rows, too many to read\. Delete"):
        headers(tmp_path, workbook(far=far))


def test_a_value_far_away_that_the_sheet_does_not_declare_is_refused(tmp_path: Path) -> None:
    """However it is written."""
    content = workbook(far="XFD1048576")
    for written in ("r='XFD1048576'", 'r = "xfd1048576"', f's="{"0" * 100}" r="XFD1048576"'):
        changes = ('ref="A1:XFD1048576"', 'ref="A1:A2"'), ('r="XFD1048576"', written)
        with pytest.raises(Unreadable, match="16,384 columns"):
            headers(tmp_path, rewritten(content, *changes))


def test_a_row_beyond_the_end_of_the_format_is_refused(tmp_path: Path) -> None:
    content = rewritten(workbook(), ('r="A2"', f'r="A{MOST_ROWS + 1}"'))
    with pytest.raises(Unreadable, match="1 columns and 1,048,577 rows"):
        headers(tmp_path, content)
    for far in (f"A{'9' * 6_000}", f"{'A' * 6_000}2"):
        with pytest.raises(Unreadable, match="too many to read"):
            headers(tmp_path, rewritten(workbook(), ('r="A2"', f'r="{far}"')))


@pytest.mark.parametrize(
    ("sheet", "told"),
    [
        ('<row r="1"><c r="CV1"><v>1</v></c></row><row r="50000"><c><v>1</v></c></row>', "50,000 rows"),
        (f'<row r="1">{"<c/>" * 200}</row><row r="900"><c><v>1</v></c></row>', "201 columns and 900 rows"),
        (f'<row r="9"><c r="CV9"/></row>{"<row/>" * 900}<row><c><v>1</v></c></row>', "910 rows"),
        (f'<x:row r="1">{"<x:c/>" * 200}</x:row><x:row r="900"/>', "201 columns and 900 rows"),
    ],
)
def test_cells_and_rows_that_do_not_say_where_they_are_are_counted(
    tmp_path: Path, sheet: str, told: str
) -> None:
    content = rewritten(workbook(), ("<sheetData>", f"<sheetData>{sheet}"))
    with pytest.raises(Unreadable, match=told):
        headers(tmp_path, content, Bounds(cells=1_000))


def test_an_honest_sheet_whose_cells_do_not_say_where_they_are_is_read(tmp_path: Path) -> None:
    rows = "".join(
        f'<row r="{number}"><c><v>{number}</v></c><c><v>2</v></c></row>' for number in range(3, 90)
    )
    content = rewritten(workbook(), ("</sheetData>", f"{rows}</sheetData>"))
    assert headers(tmp_path, content, Bounds(cells=500))[0] == "E-mail"


def test_a_binary_workbook_is_refused_for_nobody_can_say_how_far_it_reaches(tmp_path: Path) -> None:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as made:
        made.writestr("xl/workbook.bin", b"")
    with pytest.raises(Unreadable, match="Save it as XLSX or CSV"):
        headers(tmp_path, into.getvalue())


def test_a_value_between_two_blocks_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kith.sources.reading.bounds._BLOCK_BYTES", 7)
    with pytest.raises(Unreadable, match="16,384 columns"):
        headers(tmp_path, workbook(far="XFD1048576"))


def test_what_unpacks_too_large_is_refused(tmp_path: Path) -> None:
    content = rewritten(workbook(), ("<sheetData>", f"<sheetData>{' ' * 2_000_000}"))
    assert len(content) < 20_000
    with pytest.raises(Unreadable, match=r"larger than 1 MB once it is unpacked\. Save it as CSV"):
        headers(tmp_path, content, Bounds(unpacked_bytes=1024 * 1024))
    assert headers(tmp_path, content)[0] == "E-mail"


def test_a_member_that_is_damaged_is_a_sentence(tmp_path: Path) -> None:
    content = bytearray(workbook())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        start = archive.getinfo(SHEET).header_offset + 30 + len(SHEET)
    content[start : start + 40] = b"\xff" * 40
    with pytest.raises(Unreadable, match="damaged"):
        headers(tmp_path, bytes(content))


def test_empty_cells_and_rows_far_away_are_no_matter(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    (sheet,) = book.worksheets
    sheet["A1"] = "E-mail"
    sheet["A400000"].font = openpyxl.styles.Font(bold=True)
    into = io.BytesIO()
    book.save(into)
    assert headers(tmp_path, into.getvalue()) == ("E-mail",)
