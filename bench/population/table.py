"""The population as two Arrow tables, any size, chunk by chunk, the same for the same seed and knobs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import gcd
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from bench.population import firms, offices, persons, sightings
from bench.population.knobs import Knobs, Trouble
from kith.demo.pools import Ints, Random
from kith.matching.records import CLEANED, MATCHED

CHUNK: Final = 500_000
"""Records made at a time. Part of what a seed means: another number makes another population."""
ENTITIES_APART: Final = 1 << 20
"""Numbers kept free for the entities of one chunk: persons from 0, companies from half of it."""

COLUMNS: Final = ("record_id", *MATCHED, *(() if "gender" in MATCHED else ("gender",)))
RECORDS: Final = pa.schema([("record_id", pa.int64()), *(CLEANED.field(name) for name in COLUMNS[1:])])
TRUTH: Final = pa.schema(
    [("record_id", pa.int64()), ("person", pa.int64()), ("household", pa.int64()), ("troubles", pa.int32())]
)
"""`person` numbers companies too. `household` is -1 for companies. `troubles`: bits of `Trouble`."""


@dataclass(frozen=True, slots=True)
class Population:
    records: pa.Table
    truth: pa.Table


@dataclass(frozen=True, slots=True)
class PopulationFiles:
    records: Path
    truth: Path


def generate(*, size: int, seed: int, knobs: Knobs | None = None) -> Population:
    parts = list(chunks(size=size, seed=seed, knobs=knobs))
    return Population(
        *(pa.concat_tables([getattr(part, name) for part in parts]) for name in ("records", "truth"))
    )


def write(folder: Path, *, size: int, seed: int, knobs: Knobs | None = None) -> PopulationFiles:
    """Bounded memory whatever the size; files that are there already are kept."""
    made = PopulationFiles(folder / "records.parquet", folder / "truth.parquet")
    if made.records.exists() and made.truth.exists():
        return made
    folder.mkdir(parents=True, exist_ok=True)
    half = PopulationFiles(folder / "records.part", folder / "truth.part")
    with pq.ParquetWriter(half.records, RECORDS) as records, pq.ParquetWriter(half.truth, TRUTH) as truth:
        for part in chunks(size=size, seed=seed, knobs=knobs):
            records.write_table(part.records)
            truth.write_table(part.truth)
    half.records.rename(made.records)
    half.truth.rename(made.truth)
    return made


def chunks(*, size: int, seed: int, knobs: Knobs | None = None) -> Iterator[Population]:
    """Record ids are scattered over the whole: neither their order nor that of the rows tells who is who."""
    for chunk, start in enumerate(range(0, size, CHUNK)):
        yield _chunk(chunk, start=start, size=size, seed=seed, knobs=knobs or Knobs())


def _chunk(chunk: int, *, start: int, size: int, seed: int, knobs: Knobs) -> Population:
    rng = np.random.default_rng([seed, chunk])
    count = min(CHUNK, size - start)
    of_companies = int(count * knobs.companies)
    of_persons = count - of_companies
    persons_needed = int(of_persons / knobs.records_per_person * 1.03) + 50
    companies = int(of_companies / knobs.records_per_person) + 1 if of_companies else 0
    made = firms.make(rng, count=companies, chunk=chunk, chunk_size=ENTITIES_APART, knobs=knobs)
    people = persons.make(rng, count=persons_needed, employers=companies, chunk=chunk, knobs=knobs)
    seen = sightings.draw(rng, size=of_persons, persons=persons_needed, knobs=knobs)
    making = sightings.Making(
        rng=rng, seen=seen, people=people, knobs=knobs,
        notes=sightings.Notes(np.zeros(len(seen.who), dtype=np.int64)),
        first_person=chunk * ENTITIES_APART, desks=max(1, round(size * knobs.desks_per_record)),
    )  # fmt: skip
    rows = sightings.observe(making, firms=made)
    employed = (
        np.sort(rng.integers(0, max(companies, 1), count - len(rows))) if companies else np.empty(0, np.int64)
    )
    company_rows, company_troubles = offices.observe(rng, who=employed, firms=made, knobs=knobs)
    first = chunk * ENTITIES_APART
    person = np.concatenate([first + seen.who, first + ENTITIES_APART // 2 + employed])
    household = np.concatenate([first + people.kin.household[seen.who], np.full(len(employed), -1)])
    troubles = np.concatenate([making.notes.bits, company_troubles])
    table = pl.concat([rows, company_rows.select(rows.columns)])
    order, troubles = _with_copies(rng, person=person, troubles=troubles, share=knobs.copies)
    shuffled = rng.permutation(len(table))
    ids = _scattered(start + np.arange(len(table)), size=size)
    kept = order[shuffled]
    return Population(
        _records(table[pl.Series(kept)], ids=ids),
        pa.table([ids, person[kept], household[kept], troubles[shuffled]], schema=TRUTH),
    )


def _with_copies(rng: Random, *, person: Ints, troubles: Ints, share: float) -> tuple[Ints, Ints]:
    """Which row each row shows: mostly itself, now and then the same person's row before it."""
    rows = np.arange(len(person))
    may = (rows > 0) & (np.roll(person, 1) == person)
    copied = may & (rng.random(len(person)) < share / max(may.mean(), share, 1e-9))
    order = rows.copy()
    for _ in range(3):
        order = np.where(copied, order[np.maximum(rows - 1, 0)], rows)
    return order, troubles[order] | np.where(copied, int(Trouble.COPY), 0)


def _scattered(numbers: Ints, *, size: int) -> Ints:
    """A permutation of 0 … size-1: multiplied by something coprime to it."""
    step = int(size * 0.618) | 1
    while gcd(step, size) > 1:
        step += 2
    return (numbers * step + 7) % size


def _records(table: pl.DataFrame, *, ids: Ints) -> pa.Table:
    arrow = table.to_arrow().append_column("record_id", pa.array(ids))
    return arrow.select(list(COLUMNS)).cast(RECORDS)
