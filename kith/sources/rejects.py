"""Rejected rows as a CSV that can be mended and sent again; inert in a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from kith.kernel.inert import inert_csv
from kith.sources.as_seen import Row
from kith.sources.models import Import, RejectedRow

_OWN: Final = ("Row", "Column", "Reason")
_BLOCK: Final = 500


def lines_of(job: Import, *, seen: Callable[[Row], Row]) -> Iterator[str]:
    """CSV text, a piece at a time; the columns are those of the file, after row, column and reason."""
    rows = RejectedRow.objects.filter(import_file=job).order_by("row_number", "pk")
    headers = _headers(job, rows[:1_000])
    yield inert_csv([[*_OWN, *headers]])
    block: list[list[str]] = []
    for row in rows.iterator(chunk_size=_BLOCK):
        told = seen(row.values)
        values = [str(told.get(header, "")) for header in headers]
        block.append([str(row.row_number), row.column, row.reason, *values])
        if len(block) == _BLOCK:
            yield inert_csv(block)
            block = []
    yield inert_csv(block)


def _headers(job: Import, rows: Iterable[RejectedRow]) -> list[str]:
    """The file's own, in its order; then what only rejected rows have (`line`, surplus columns)."""
    headers = dict.fromkeys(job.file_format.get("headers") or sorted(job.mapping))
    for row in rows:
        headers |= dict.fromkeys(row.values)
    return list(headers)
