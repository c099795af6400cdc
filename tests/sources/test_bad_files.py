"""Issue 2, "Bad input that must be tried": what arrives as a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.sources.models import SourceRecord
from kith.sources.reading import BadRow, Table, Unreadable, open_table
from tests.sources.conftest import Importer

Rows = list[tuple[str, ...]]
Opened = Callable[[bytes], Table]


def read(table: Table) -> tuple[Rows, list[int], list[BadRow]]:
    rows: Rows = []
    numbers: list[int] = []
    bad: list[BadRow] = []
    for chunk in table.chunks():
        rows += chunk.rows.rows()
        numbers += chunk.numbers.to_list()
        bad += chunk.bad
    return rows, numbers, bad


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    def open_bytes(content: bytes) -> Table:
        path = tmp_path / "file"
        path.write_bytes(content)
        return open_table(path)

    return open_bytes


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n\n \n", "no rows"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"PK\x03\x04 broken", "damaged"),
        (b'{"a": 1}', "JSON"),
        (b"<!DOCTYPE html><p>", "web"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "cannot be read"),
        (bytes(range(1, 32)) * 40, "not text"),
        (bytes(4000), "not text"),
        (b",".join(b"c%d" % n for n in range(600)), "600 columns"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(opened: Opened, content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        opened(content)


def test_a_header_alone_is_a_file_without_rows(opened: Opened) -> None:
    table = opened(b"Client ID,Name\n")
    assert (table.headers, table.count_rows(), read(table)[0]) == (("Client ID", "Name"), 0, [])


def test_200_columns_are_read(opened: Opened) -> None:
    header = ",".join(f"c{n}" for n in range(200))
    rows, _, _ = read(opened(f"{header}\n{','.join(map(str, range(200)))}\n".encode()))
    assert rows[0][199] == "199"


def test_duplicate_and_empty_headers_are_made_distinct(opened: Opened) -> None:
    assert opened(b"Name,Name,,Name\n").headers == ("Name", "Name (2)", "Column 3", "Name (3)")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_found_out(opened: Opened, delimiter: str, ending: str) -> None:
    lines = [["id", "name, full", "note"], ["1", "Ann; Lee", "x|y"], ["2", "Bob", ""]]
    text = ending.join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    rows, numbers, bad = read(opened(text.encode()))
    assert (rows, numbers, bad) == ([tuple(line) for line in lines[1:]], [2, 3], [])


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8-sig", "Ζωή Παπαδοπούλου"),
        ("utf-16", "Ζωή Παπαδοπούλου"),
        ("utf-16-le", "Renée Müller"),
        ("cp1253", "Ζωή Παπαδοπούλου και Γεώργιος Αντωνίου, Θεσσαλονίκη"),
        ("cp1252", "Renée Müller, Straße, Besançon"),
        ("utf-8", "👩‍🚀 محمد 李"),
    ],
)
def test_encodings_are_found_out(opened: Opened, encoding: str, text: str) -> None:
    rows, _, _ = read(opened(f'id,name\n1,"{text}"\n2,x\n'.encode(encoding)))
    assert rows[0] == ("1", text)


def test_a_row_that_is_not_utf8_is_rejected_alone(opened: Opened) -> None:
    good = "".join(f"{n},Ζωή\n" for n in range(40))
    rows, _, bad = read(opened(b"id,name\n" + good.encode() + b"99,Ren\xe9e\n"))
    assert len(rows) == 40
    assert (bad[0].number, "utf-8" in bad[0].reason) == (42, True)


def test_nul_bytes_are_mended(opened: Opened) -> None:
    rows, _, bad = read(opened(b"id,name\n1,A\x00nn\n"))
    assert (rows, bad) == ([("1", "Ann")], [])


def test_ragged_rows_lose_nothing_else(opened: Opened) -> None:
    rows, numbers, bad = read(opened(b"id,name,mail\n1,Ann\n2,B,b@x,more\n\n,,\n3,C,c@x,,\n"))
    assert [row for row in rows if any(row)] == [("1", "Ann", ""), ("3", "C", "c@x")]
    assert [(row.number, row.values["Column 4"]) for row in bad] == [(3, "more")]
    assert numbers[-1] == 6


def test_an_open_quotation_mark_costs_its_own_row_only(opened: Opened) -> None:
    text = 'id,name,mail\n1,"Ann,a@x\n' + "".join(f"{n},N,n@x\n" for n in range(2, 5_000))
    rows, _, bad = read(opened(text.encode()))
    assert (len(rows), [row.number for row in bad]) == (4_998, [2])


def test_a_two_gigabyte_line_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        file.write(b"id,name" + b"x" * 1_200_000)
        file.truncate(2 * 1024**3)
    with pytest.raises(Unreadable, match="Row 1 is longer"):
        open_table(path)


@pytest.mark.slow
def test_a_long_line_in_the_middle_costs_its_own_row_only(opened: Opened) -> None:
    text = b"id,name\n1,Ann\n2," + b"x" * 12_000_000 + b"\n3,Cid\n"
    rows, numbers, bad = read(opened(text))
    assert rows == [("1", "Ann"), ("3", "Cid")]
    assert (numbers, [row.number for row in bad]) == ([2, 4], [3])


def test_a_spreadsheet_gives_cached_formulas_merged_cells_and_iso_dates(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    sheet = book.create_sheet("Members")
    sheet.append(["Member No", "Born", "Seen", "Shirt"])
    sheet.append([1, date(1990, 12, 31), datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC).replace(tzinfo=None), 9.5])
    sheet.append(["002", "31/12/1990", None, "=1+1"])
    sheet.append(["m", None, None, None])
    sheet.merge_cells("A4:B4")
    path = tmp_path / "clients.xlsx"
    book.save(path)
    table = open_table(path)
    assert table.format.sheets == ("Cover", "Members")
    rows, numbers, _ = read(table)
    assert rows == [
        ("1", "1990-12-31", "2024-01-02 03:04:05", "9.5"),
        ("002", "31/12/1990", "", ""),
        ("m", "", "", ""),
    ]
    assert numbers == [2, 3, 4]
    with pytest.raises(Unreadable, match="no sheet"):
        open_table(path, sheet="Guests")


cell = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)


@given(st.lists(st.tuples(cell, cell, cell).filter(lambda row: any(c.strip() for c in row)), max_size=12))
@settings(max_examples=60, deadline=None)
def test_what_a_csv_writer_wrote_is_read_back(tmp_path_factory: pytest.TempPathFactory, rows: Rows) -> None:
    import csv

    path = tmp_path_factory.mktemp("csv") / "file.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("id", "name", "note"), *rows])
    found, _, bad = read(open_table(path))
    assert (found, bad) == (rows, [])


@pytest.mark.slow
def test_twenty_thousand_rows_with_one_email_are_taken(take_in: Importer) -> None:
    job = take_in("Client ID,E-mail\n" + "".join(f"{n},box@club.example.org\n" for n in range(20_000)))
    assert (job.new_count, job.error) == (20_000, "")


def test_emoji_and_right_to_left_names_are_kept(take_in: Importer) -> None:
    take_in("Client ID,First name,Last name\n😀1,محمد,عبد الله\n2,Ann 🎉,Lee\n")
    assert SourceRecord.objects.get(system_ref="😀1").first_name == "محمد"
