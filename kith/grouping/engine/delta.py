"""A few changed System Refs, compared as a full run would: evidence that changes, and clusters it touches.

Works on any `Store`, so that the same steps are proved on a small one and done on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import polars as pl
import pyarrow as pa

from kith.grouping.decisions import PAIRS
from kith.matching.evidence import EngineOptions, Evidence, Progress, Recipe, facts_of, find_evidence
from kith.matching.figures import Figures
from kith.matching.keys import caps_of
from kith.matching.pairs import Facts
from kith.matching.prepared import Ints

KEYS: Final = {"record_id": pl.Int64(), "key": pl.Int64()}
EVIDENCE: Final[dict[str, pl.DataType]] = {
    "left_id": pl.Int64(),
    "right_id": pl.Int64(),
    "weight": pl.Float64(),
    "rule": pl.Int64(),
    "groups": pl.Boolean(),
}
"""As `kith.matching.evidence.PAIRS`; weights in whole thousandths."""


_TYPES: Final = pl.Schema(EVIDENCE)
_NOTHING_SAID: Final = pl.DataFrame(schema=PAIRS)


class Store(Protocol):
    """What is kept of all System Refs. Ids and keys may be asked for in any order; no answer has an order."""

    def keys_of(self, ids: Ints) -> pl.DataFrame:
        """KEYS: the match keys, as they are now, of those that exist."""

    def members(self, keys: Ints, most: Ints) -> pl.DataFrame:
        """KEYS: who has these keys. One that more have than `most` allows is one row without a record id."""

    def records(self, ids: Ints) -> pa.Table:
        """Of those that exist, in the order of their ids, as `evidence.facts_of` reads them."""

    def evidence_of(self, ids: Ints) -> pl.DataFrame:
        """EVIDENCE: what is kept of pairs that hold one of these, each pair once."""

    def decisions_of(self, ids: Ints) -> pl.DataFrame:
        """`decisions.PAIRS` in force that hold one of these, each once."""

    def contact_mates(self, ids: Ints) -> Ints:
        """All System Refs of the contacts that these belong to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    recompared: Ints
    """Ids whose evidence has to be found anew, those that are gone among them; ascending."""
    records: pa.Table
    """Theirs and of all who share a key with them."""
    large: Ints
    """Keys of theirs that more System Refs share than the cap allows."""
    before: pl.DataFrame
    """EVIDENCE kept of them until now."""
    crossed: int
    """Blocks that went over the cap, or came back under it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    recompared: Ints
    records: pa.Table
    before: pl.DataFrame
    """These as in Read."""
    found: pl.DataFrame
    """EVIDENCE that takes the place of `before`."""
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    ids: Ints
    """Whole components of evidence and whole contacts, as they are now and as they were; ascending."""
    links: pl.DataFrame
    """EVIDENCE strong enough to group among them, as it is now."""
    said: pl.DataFrame
    """`decisions.PAIRS` that hold one of them."""


def read(store: Store, changed: pl.DataFrame, *, options: EngineOptions) -> Read:
    """`changed`: record_id, old_keys as `kith.sources.changes` notes them. All of it read at one moment."""
    blocks = _blocks(store, changed, cap=options.max_block_size)
    return Read(
        recompared=blocks.recompared,
        records=store.records(_union(blocks.recompared, blocks.small["record_id"].to_numpy())),
        large=blocks.large,
        before=store.evidence_of(blocks.recompared),
        crossed=blocks.crossed,
    )


def compare(
    read: Read,
    *,
    recipe: Recipe,
    figures: Figures,
    options: EngineOptions,
    progress: Callable[[Progress], None] | None = None,
) -> Compared:
    facts = facts_of(read.records, figures)
    evidence = find_evidence(
        facts,
        recipe=recipe,
        figures=figures,
        options=options,
        among=np.isin(facts.records.ids, read.recompared),
        cut=read.large,
        progress=progress,
    )
    return Compared(
        recompared=read.recompared,
        records=read.records,
        before=read.before,
        found=as_kept(evidence.pairs),
        evidence=evidence,
    )


def as_kept(pairs: pa.Table) -> pl.DataFrame:
    return pl.DataFrame(pairs).with_columns(pl.col("weight").round(3)).cast(_TYPES)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blocks:
    recompared: Ints
    small: pl.DataFrame
    """KEYS: the whole blocks of those, up to the cap."""
    large: Ints
    """Keys of theirs that more System Refs share than the cap allows."""
    crossed: int


def _blocks(store: Store, changed: pl.DataFrame, *, cap: int) -> _Blocks:
    ids = _ascending(changed["record_id"])
    keys = store.keys_of(ids)
    news = _news(changed, keys)
    news = news.with_columns(cap=_caps(news, cap=cap))
    # So far beyond the cap a block was beyond it before all of this.
    members = store.members(news["key"].to_numpy(), (news["cap"] + news["arrived"]).to_numpy())
    crossed = _crossed(news, members)
    more = np.setdiff1d(_ascending(members.join(crossed, on="key", how="semi")["record_id"]), ids)
    if len(more):
        theirs = store.keys_of(more)
        unread = _ascending(theirs.join(news, on="key", how="anti")["key"])
        keys = pl.concat([keys, theirs])
        members = pl.concat([members, store.members(unread, caps_of(unread, cap=cap))])
    sizes = members.group_by("key").agg(pl.len(), beyond=pl.col("record_id").is_null().any())
    large = sizes.filter((pl.col("len") > _caps(sizes, cap=cap)) | pl.col("beyond"))
    small = members.join(large, on="key", how="anti").join(keys, on="key", how="semi")
    return _Blocks(
        recompared=_union(ids, more), small=small, large=_ascending(large["key"]), crossed=crossed.height
    )


def _news(changed: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """Per key of a changed System Ref: how many have it now (`arrived`) or may have had it (`left`)."""
    left = changed.select(key=pl.col("old_keys").explode()).drop_nulls()
    counts = pl.concat(
        [
            keys.select("key", arrived=pl.lit(1), left=pl.lit(0)),
            left.select("key", arrived=pl.lit(0), left=pl.lit(1)),
        ]
    )
    return counts.group_by("key").sum()


def _caps(keys: pl.DataFrame, *, cap: int) -> pl.Series:
    """Not every kind of key may have blocks as large."""
    return pl.Series(caps_of(keys["key"].to_numpy(), cap=cap), dtype=pl.Int64)


def _crossed(news: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Keys whose block may have been on the other side of the cap when it was last compared.

    Nobody knows exactly how large a block was: a System Ref that changed twice may have had an old key only
    between two looks. All sizes that are possible count.
    """
    told = members.filter(pl.col("record_id").is_not_null())
    sizes = news.join(told.group_by("key").len("size"), on="key")
    size, cap = pl.col("size"), pl.col("cap")
    grown = (size > cap) & (size - pl.col("arrived") <= cap)
    shrunk = (size <= cap) & (size + pl.col("left") > cap)
    return sizes.filter(grown | shrunk).select("key")


def touched(store: Store, compared: Compared) -> Touched:
    """Along evidence, decisions and contacts from all compared anew, until nothing more is reached."""
    links = compared.found.filter("groups")
    gone = compared.recompared
    reached = np.empty(0, dtype=np.int64)
    collected, said = [links], list[pl.DataFrame]()
    front = _union(gone, _ends(compared.before.filter("groups")), _ends(links))
    while len(front):
        reached = _union(reached, front)
        kept = store.evidence_of(front).filter("groups")
        kept = kept.filter(~pl.col("left_id").is_in(_listed(gone)) & ~pl.col("right_id").is_in(_listed(gone)))
        decided = store.decisions_of(front)
        collected.append(kept)
        said.append(decided)
        together = _ends(decided.filter(~pl.col("apart")))
        front = np.setdiff1d(_union(_ends(kept), together, store.contact_mates(front)), reached)
    return Touched(ids=reached, links=_each_once(collected), said=_each_once(said or [_NOTHING_SAID]))


def _each_once(pairs: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(pairs).unique(["left_id", "right_id"]).sort("left_id", "right_id")


def facts_of_touched(store: Store, found: Touched, *, compared: Compared, figures: Figures) -> Facts:
    """Of those that exist; most of them were read for the comparing."""
    ids = compared.records.column("record_id").to_numpy()
    here = compared.records.filter(pa.array(np.isin(ids, found.ids)))
    rest = store.records(np.setdiff1d(found.ids, ids))
    return facts_of(pa.concat_tables([here, rest]).sort_by("record_id"), figures)


def _ends(pairs: pl.DataFrame) -> Ints:
    return _union(pairs["left_id"].to_numpy(), pairs["right_id"].to_numpy())


def _ascending(ids: pl.Series) -> Ints:
    return np.asarray(ids.unique().sort().to_numpy(), dtype=np.int64)


def _union(*ids: Ints) -> Ints:
    return np.unique(np.concatenate(ids)).astype(np.int64)


def _listed(ids: Ints) -> pl.Series:
    return pl.Series(ids, dtype=pl.Int64).implode()
