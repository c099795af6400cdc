"""`generate` writes the demo club's files; the same size and seed always give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa

from kith.demo import companies, files, people, purchases, sightings

AS_OF: Final = date(2026, 11, 1)
ENTITIES: Final = 0.55
"""Different persons and companies per System Ref."""
COMPANIES: Final = 0.04
"""Companies among the entities."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One source of the club and its file. `mapping`: header → claim field (kith.matching.records).

    `date_order`: 'DMY' or 'YMD'. `priority`: 1 is believed first.
    """

    code: str
    name: str
    kind: str
    priority: int
    colour: str
    path: Path
    separator: str
    encoding: str
    mapping: Mapping[str, str]
    default_country: str
    date_order: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Club:
    size: int
    seed: int
    as_of: date
    persons: int
    companies: int
    sources: tuple[Source, ...]
    transactions: Path
    truth: Path

    def read_truth(self) -> pa.Table:
        return read_truth(self.truth)


def generate(*, size: int, folder: Path, seed: int = 7, as_of: date = AS_OF) -> Club:
    """`size` System Refs over five files in `folder`, with transactions.csv and truth.csv."""
    if size < 1:
        raise ValueError("a club has at least one System Ref")
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([seed, size])
    entities = max(1, round(size * ENTITIES))
    firms = int(entities * COMPANIES)
    seen = _see(rng, size=size, persons=entities - firms, firms=firms, as_of=as_of)
    by_source = {code: _numbered(rng, seen=seen, code=code) for code in sightings.CODES}
    del seen
    truth = write_truth(by_source, path=folder / "truth.csv")
    bought = _write_purchases(rng, by_source=by_source, path=folder / "transactions.csv", as_of=as_of)
    sources = tuple(
        _write_source(by_source.pop(dialect.code), dialect=dialect, folder=folder, as_of=as_of)
        for dialect in files.DIALECTS
    )
    return Club(
        size=size, seed=seed, as_of=as_of, persons=entities - firms, companies=firms,
        sources=sources, transactions=bought, truth=truth,
    )  # fmt: skip


def write_truth(by_source: Mapping[str, pl.DataFrame], *, path: Path) -> Path:
    """source, system_ref, entity_id: who each System Ref really is."""
    keys = [
        rows.select(pl.lit(code).alias("source"), "system_ref", "entity_id")
        for code, rows in by_source.items()
    ]
    pl.concat(keys).write_csv(path)
    return path


def read_truth(path: Path) -> pa.Table:
    """source (string), system_ref (string), entity_id (int64), one row per System Ref."""
    schema = {"source": pl.String, "system_ref": pl.String, "entity_id": pl.Int64}
    table: pa.Table = pl.read_csv(path, schema=schema).to_arrow(compat_level=pl.CompatLevel.oldest())
    return table


def _see(rng: np.random.Generator, *, size: int, persons: int, firms: int, as_of: date) -> pl.DataFrame:
    crowd = people.make(rng, count=persons, companies=firms, as_of=as_of)
    trade = companies.make(rng, count=firms, first_serial=persons)
    refs = sightings.refs(rng, size=size, persons=persons, companies=firms)
    seen = sightings.observe(rng, refs=refs, people=crowd, companies=trade, as_of=as_of)
    return seen.with_columns(
        pl.Series("entity_id", refs.entity + 1),
        pl.Series("source", refs.source),
        pl.Series("luck", rng.random(size)[refs.copy_of]),
    )


def _numbered(rng: np.random.Generator, *, seen: pl.DataFrame, code: str) -> pl.DataFrame:
    """The rows of one source in no telling order, each under its System Ref."""
    rows = seen.filter(pl.col("source") == sightings.CODES.index(code))
    rows = rows[rng.permutation(rows.height)]
    number = pl.int_range(pl.len())
    styles = {
        "ticketing": (100_000 + number * 3).cast(pl.String),
        "membership": "M-" + (number + 1).cast(pl.String).str.zfill(7),
        "retail": "C" + (number * people.SPREAD % 10**9 + 10**9).cast(pl.String),
        "newsletter": "sub_" + (number * people.SPREAD % 10**8).cast(pl.String).str.zfill(8),
        "hospitality": "ACC-" + (number + 20_000).cast(pl.String),
    }
    return rows.with_columns(styles[code].alias("system_ref"))


def _write_purchases(
    rng: np.random.Generator, *, by_source: Mapping[str, pl.DataFrame], path: Path, as_of: date
) -> Path:
    made = [
        purchases.make(rng, source=code, system_refs=by_source[code]["system_ref"], as_of=as_of)
        for code in purchases.SHOPS
    ]
    pl.concat(made).write_csv(path)
    return path


def _write_source(seen: pl.DataFrame, *, dialect: files.Dialect, folder: Path, as_of: date) -> Source:
    path = files.write(seen, dialect=dialect, folder=folder, as_of=as_of)
    return Source(
        code=dialect.code, name=dialect.name, kind=dialect.kind, priority=dialect.priority,
        colour=dialect.colour, path=path, separator=dialect.separator, encoding=dialect.encoding,
        mapping=dialect.mapping, default_country=dialect.default_country, date_order=dialect.date_order,
        rows=seen.height,
    )  # fmt: skip
