"""Cleaned records and the recipe in force as files, for `kith resolve` on another machine or a cluster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow.parquet as pq
from django.db import transaction

from kith import bulk
from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.grouping.engine.records import arrow_records
from kith.grouping.recipe.versions import recipe_in_force
from kith.kernel.errors import Refused
from kith.matching.engines.recipe_file import recipe_as_json

RECORDS: Final = "records"
RECIPE: Final = "recipe.json"
_AT_ONCE: Final = 500_000


@transaction.atomic
def export_cleaned(*, actor: Actor, folder: Path) -> int:
    """How many records. They are written in parts, so that no more than one part is ever in memory."""
    require(actor, Permission.SETTINGS_EDIT)
    records = folder / RECORDS
    if records.exists():
        raise Refused(f"{folder} holds {RECORDS} already; name a folder where nothing is overwritten.")
    records.mkdir(parents=True)
    (folder / RECIPE).write_text(recipe_as_json(recipe_in_force().recipe), encoding="utf-8")
    written = 0
    for number, ids in enumerate(_ids()):
        pq.write_table(arrow_records(ids=ids), records / f"part-{number:05}.parquet")
        written += len(ids)
    if not written:
        raise Refused("There are no records to export.")
    journal.record(
        "CleanedRecordsExported", by=actor, subject_type="source_record", detail={"records": written}
    )
    return written


def _ids() -> Iterator[list[int]]:
    """Of all records but those of whoever was anonymised, part by part."""
    after = 0
    while True:
        found = bulk.fetch(
            "SELECT id FROM sources_sourcerecord WHERE erased_at IS NULL AND id > %s ORDER BY id LIMIT %s",
            [after, _AT_ONCE],
            schema={"id": pl.Int64()},
        )
        if not found.height:
            return
        ids: list[int] = found["id"].to_list()
        yield ids
        after = ids[-1]
