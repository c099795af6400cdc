"""CSV of any delimiter and encoding, in blocks: bounded memory, however large the file.

A block goes through Arrow's parser; where that stumbles, through `lines`, row by row.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, Self, TextIO

import polars as pl
import pyarrow as pa
import pyarrow.csv

from kith.sources.reading import detection
from kith.sources.reading.lines import LineParser, Parsed
from kith.sources.reading.table import (
    MAX_LINE_CHARS,
    Chunk,
    FileFormat,
    Received,
    Unreadable,
    as_headers,
    in_slices,
)

BLOCK_CHARS: Final = 8_000_000
_COUNT_BYTES: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class DelimitedTable:
    file: Received
    headers: tuple[str, ...]
    format: FileFormat
    header_lines: int
    """Physical lines the header takes, with the blank ones before it."""

    @classmethod
    def open(cls, received: Received) -> Self:
        sample = detection.sample_of(received)
        encoding = detection.encoding_of(sample)
        with _open_text(received, encoding) as file:
            text = file.read(MAX_LINE_CHARS).replace("\x00", "")
        detection.refuse_what_is_no_table(text)
        delimiter = detection.delimiter_of(text)
        cells, lines = _header(text, delimiter)
        form = FileFormat(type="csv", encoding=encoding, delimiter=delimiter)
        return cls(received, as_headers(cells), form, lines)

    def count_rows(self) -> int:
        ends = 0
        mark = b"\n" if b"\n" in detection.sample_of(self.file) else b"\r"
        with self.file.open() as file:
            last = b""
            for block in iter(partial(file.read, _COUNT_BYTES), b""):
                ends += block.count(mark)
                last = block
        unended = not last.rstrip(b"\x00").endswith(mark)
        return max(ends + unended - self.header_lines, 0)

    def chunks(self) -> Iterator[Chunk]:
        reader = _BlockReader(self)
        with _open_text(self.file, self.format.encoding) as file:
            for _ in range(self.header_lines):
                file.readline()
            for chunk in reader.read(file):
                yield from in_slices(chunk)


def _open_text(received: Received, encoding: str) -> TextIO:
    """Undecodable bytes survive as surrogates, so that their row can be named."""
    wide = encoding.startswith(("utf-16", "utf-32"))
    errors = "replace" if wide else "surrogateescape"
    return io.TextIOWrapper(received.open(), encoding=encoding, errors=errors, newline=None)


def _header(text: str, delimiter: str) -> tuple[list[str], int]:
    lines = io.StringIO(text)
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        cells = next((cells for cells in reader if any(cell.strip() for cell in cells)), None)
    except csv.Error as error:
        raise Unreadable("Row 1 is not a header: a quotation mark is opened and never closed.") from error
    if cells is None:
        raise Unreadable("The file holds no rows, not even a header.")
    return cells, reader.line_num


class _BlockReader:
    """One pass over the file. `carried` is text after the last line end of the block before."""

    def __init__(self, table: DelimitedTable) -> None:
        self.headers = table.headers
        self.delimiter = table.format.delimiter
        self.lines = LineParser(table.headers, table.format.delimiter, table.format.encoding, 2)
        self.carried = ""

    def read(self, file: TextIO) -> Iterator[Chunk]:
        while True:
            block = file.read(BLOCK_CHARS)
            text = self.carried + block.replace("\x00", "")
            if not block:
                if text.strip("\n\x1a"):
                    yield self._chunk(text.rstrip("\x1a"), final=True)
                return
            cut = text.rfind("\n") + 1
            self.carried = text[cut:]
            too_long = self._skip_long_line(file)
            if cut:
                yield self._chunk(text[:cut], final=False)
            if too_long:
                row = self.lines.refuse_long_line(too_long)
                yield Chunk(_frame(self.headers, []), _numbers([]), (row,), row.number)

    def _skip_long_line(self, file: TextIO) -> str:
        """Pass over a line without an end in sight, keeping only its beginning; else ''."""
        if len(self.carried) <= MAX_LINE_CHARS:
            return ""
        beginning = self.carried[:200]
        self.carried = ""
        while block := file.read(MAX_LINE_CHARS):
            end = block.find("\n")
            if end >= 0:
                self.carried = block[end + 1 :].replace("\x00", "")
                break
        return beginning

    def _chunk(self, text: str, *, final: bool) -> Chunk:
        first = self.lines.number
        rows = self._fast(text)
        if rows is not None:
            self.lines.number += rows.height
            numbers = pl.int_range(first, first + rows.height, dtype=pl.Int64, eager=True)
            return Chunk(rows, numbers, (), self.lines.number - 1)
        return self._slow(text, final=final)

    def _fast(self, text: str) -> pl.DataFrame | None:
        """The block through Arrow, or None where it needs the patient way."""
        quotes = text.count('"')
        if quotes % 2 or _has_long_line(text):
            return None
        try:
            table = _by_arrow(text.encode(), self.headers, self.delimiter, quoted=quotes > 0)
        except (pa.ArrowInvalid, UnicodeEncodeError):
            return None
        frame = pl.from_arrow(table)
        assert isinstance(frame, pl.DataFrame)
        return frame

    def _slow(self, text: str, *, final: bool) -> Chunk:
        collected = Parsed()
        lines = _lines(text)
        pending: list[str] = []
        for line in lines:
            if len(line) <= MAX_LINE_CHARS:
                pending.append(line)
                continue
            self._parse(pending, collected, final=True)
            pending = []
            collected.bad.append(self.lines.refuse_long_line(line))
        self._parse(pending, collected, final=final)
        self.carried = "".join(collected.rest) + self.carried
        rows = _frame(self.headers, collected.rows)
        bad = tuple(collected.bad)
        return Chunk(rows, _numbers(collected.numbers), bad, self.lines.number - 1)

    def _parse(self, lines: list[str], into: Parsed, *, final: bool) -> None:
        parsed = self.lines.parse(lines, final=final)
        into.rows.extend(parsed.rows)
        into.numbers.extend(parsed.numbers)
        into.bad.extend(parsed.bad)
        into.rest = parsed.rest


def _has_long_line(text: str) -> bool:
    place = 0
    while len(text) - place > MAX_LINE_CHARS:
        end = text.rfind("\n", place, place + MAX_LINE_CHARS)
        if end < 0:
            return True
        place = end + 1
    return False


def _lines(text: str) -> list[str]:
    # str.splitlines also breaks at vertical tabs and other signs that stand inside values.
    lines = [f"{line}\n" for line in text.split("\n")]
    if text.endswith("\n"):
        lines.pop()
    return lines


def _by_arrow(text: bytes, headers: tuple[str, ...], delimiter: str, *, quoted: bool) -> pa.Table:
    return pa.csv.read_csv(
        pa.BufferReader(text),
        read_options=pa.csv.ReadOptions(
            column_names=list(headers), use_threads=False, block_size=len(text) + 1
        ),
        parse_options=pa.csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=quoted, ignore_empty_lines=False
        ),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(headers, pa.string()), strings_can_be_null=False
        ),
    )


def _frame(headers: tuple[str, ...], rows: list[list[str]]) -> pl.DataFrame:
    columns = zip(*rows, strict=True) if rows else ([] for _ in headers)
    return pl.DataFrame(
        {name: pl.Series(name, list(cells), pl.String) for name, cells in zip(headers, columns, strict=True)}
    )


def _numbers(numbers: list[int]) -> pl.Series:
    return pl.Series("number", numbers, pl.Int64)
