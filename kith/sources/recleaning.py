"""Stored claims cleaned and keyed again, after an upgrade that cleans or keys otherwise or a new junk list.

In sets by record id, each in a transaction of its own. What is stored says with what it was cleaned (its
hash), so a second start passes over what the first has done. Called by the action only.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final, TypeAlias

import polars as pl
import pyarrow as pa
from django.db import connection

from kith import bulk
from kith.jobs import progress
from kith.jobs.progress import Listener
from kith.sources import loading
from kith.sources.claims import claim_text
from kith.sources.cleaned import WORKERS, Cleaner, cleaner
from kith.sources.contacts_in import cleaning_options, fingerprint
from kith.sources.importing import PROCESSES_FROM_ROWS
from kith.sources.models import LOCAL, SourceSystem

SUBJECT: Final = "reclean"
SUBJECT_ID: Final = 1
"""There is one such work at a time."""
AT_ONCE: Final = 50_000

Fields: TypeAlias = Mapping[str, str]

_STORED: Final[dict[str, pl.DataType]] = {
    "id": pl.Int64(),
    "source_id": pl.Int64(),
    "claim": pl.String(),
    "kind": pl.String(),
    "old_hash": pl.String(),
}
_READ: Final = """
SELECT id, source_id, claim::text AS claim, kind, replace(content_hash::text, '-', '') AS old_hash
FROM sources_sourcerecord WHERE id > {after} AND erased_at IS NULL ORDER BY id LIMIT {most}
"""


@dataclass(frozen=True, slots=True)
class Recleaned:
    records: int
    """Looked at."""
    changed: int
    """Of them, those that are other now; matching will look at them again."""


@dataclass(frozen=True, slots=True)
class _Set:
    rows: pl.DataFrame
    """id, old_hash, content_hash, keeps_time of those that were cleaned with something else."""
    cleaned: Future[pa.Table]
    looked_at: int


def reclean(*, listener: Listener | None = None) -> Recleaned:
    total = _count()
    tracker = progress.start(SUBJECT, SUBJECT_ID, label="Stored claims cleaned again", listener=listener)
    done = changed = 0
    try:
        with cleaner(in_processes=total >= PROCESSES_FROM_ROWS) as clean:
            ahead: deque[_Set] = deque()
            for found in _sets(clean):
                ahead.append(found)
                if len(ahead) > WORKERS:
                    done, changed = _settled(ahead.popleft(), done, changed)
                    tracker.at(done, total)
            while ahead:
                done, changed = _settled(ahead.popleft(), done, changed)
                tracker.at(done, total)
    finally:
        loading.tidy_keys()
        tracker.finish()
    return Recleaned(done, changed)


def _settled(found: _Set, done: int, changed: int) -> tuple[int, int]:
    if found.rows.height:
        cleaned = found.cleaned.result()
        # What would be refused today stays as it was taken.
        taken = pl.Series([not refused for refused in cleaned.column("refusals").to_pylist()])
        changed += loading.settle_again(found.rows.filter(taken), cleaned.filter(taken.to_arrow()))
    return done + found.looked_at, changed


def _count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sources_sourcerecord WHERE erased_at IS NULL")
        return int(cursor.fetchall()[0][0])


def _sets(clean: Cleaner) -> Iterator[_Set]:
    """One source's records at a time: its options decide."""
    sources = {source.pk: source for source in SourceSystem.objects.all()}
    after = 0
    while True:
        stored = bulk.fetch(_READ.format(after=after, most=AT_ONCE), schema=_STORED)
        if stored.is_empty():
            return
        after = int(stored["id"][-1])
        for (source_id,), rows in stored.group_by("source_id", maintain_order=True):
            yield _set_of(sources[int(str(source_id))], rows, clean)


def _set_of(source: SourceSystem, rows: pl.DataFrame, clean: Cleaner) -> _Set:
    options = cleaning_options(source)
    is_local, mark = source.code == LOCAL, fingerprint(options)
    claims = [json.loads(text) for text in rows["claim"].to_list()]
    hashes = [_hash(claim, mark) for claim in claims]
    if is_local:  # typed claims have a hash of another make, which is also the version people edit
        hashes = rows["old_hash"].to_list()
    stale = pl.Series([is_local] * rows.height) | (pl.Series(hashes, dtype=pl.String) != rows["old_hash"])
    fields = [
        _fields(claim, kind if is_local else None)
        for claim, kind, wanted in zip(claims, rows["kind"].to_list(), stale, strict=True)
        if wanted
    ]
    kept = rows.with_columns(
        content_hash=pl.Series(hashes, dtype=pl.String), keeps_time=pl.lit(is_local)
    ).filter(stale)
    return _Set(kept, clean(_frame(fields), options), rows.height)


def _hash(claim: Mapping[str, Fields], mark: str) -> str:
    """As an import of the same row makes it, so that the file taken in again changes nothing."""
    text = claim_text(claim.get("fields", {}), claim.get("extra", {}))
    return hashlib.md5((mark + text).encode(), usedforsecurity=False).hexdigest()


def _fields(claim: Mapping[str, Fields], kind: str | None) -> Fields:
    fields = claim.get("fields", {})
    return fields if kind is None else {"kind": kind, **fields}


def _frame(fields: list[Fields]) -> pl.DataFrame:
    names = sorted({name for one in fields for name in one})
    columns = {name: [one.get(name) for one in fields] for name in names}
    return pl.DataFrame(
        {"row": range(len(fields)), **columns}, schema_overrides=dict.fromkeys(names, pl.String)
    )
