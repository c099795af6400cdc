"""Files received hold many people. The proof looks through what is sealed in them; what bytes do not show is
read as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from kith.kernel.erasing import ErasedWith, Unsealed
from kith.kernel.errors import Refused
from kith.sources import storage
from kith.sources.models import Import
from kith.sources.reading import Table, open_table

_AT_ONCE: Final = 2_000
_SHOWN_BY_BYTES: Final = frozenset({"utf-8", "utf-8-sig", "ascii"})


def _opens() -> Iterator[Unsealed]:
    """Old spreadsheets, and texts in encodings of their own, as UTF-8."""
    for job in Import.objects.exclude(stored_name="").order_by("pk"):
        for text in _said(job):
            yield Unsealed(place=f"file imports/{job.stored_name}", key="", content=text.encode())


def _said(job: Import) -> Iterator[str]:
    try:
        table = open_table(storage.received(job))
        if table.format.type == "xlsx" or table.format.encoding in _SHOWN_BY_BYTES:
            return
        yield from _rows(table)
        for sheet in table.format.sheets:
            if sheet != table.format.sheet:
                yield from _rows(open_table(storage.received(job), sheet=sheet))
    except Refused:  # removed, or no table: then its bytes are all there is
        return


def _rows(table: Table) -> Iterator[str]:
    yield "\n".join(table.headers)
    for chunk in table.chunks():
        yield "\n".join(text for row in chunk.bad for text in row.values.values())
        for part in chunk.rows.iter_slices(_AT_ONCE):
            joined = part.select(pl.concat_str(pl.all(), separator="\n", ignore_nulls=True))
            yield "\n".join(joined.to_series())


ERASED_WITH: Final = ErasedWith(room="sources", opens=_opens)
