"""Every System Ref with its GroupID now and afterwards, and what that comes to: sets, not rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from kith import bulk
from kith.grouping.membership import Plan

_REFS: Final[dict[str, pl.DataType]] = {"record_id": pl.Int64(), "now": pl.Int64()}
_ALL: Final = """
SELECT r.id, m.contact_id FROM sources_sourcerecord r LEFT JOIN sources_membership m ON m.record_id = r.id
"""
_LAST: Final = "SELECT coalesce(max(id), 0) FROM contacts_contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    refs: pl.DataFrame
    """record_id, now (null: has no GroupID yet), then."""
    touched: pl.DataFrame
    """Those of `refs` whose contact changes, now or then."""
    retired: pl.DataFrame
    """group_id, successor."""
    last_group_id: int
    """Beyond it GroupIDs are new ones, whose real number nobody knows yet."""

    @property
    def moved(self) -> pl.DataFrame:
        return self.touched.filter(pl.col("now") != pl.col("then"))

    @property
    def joined(self) -> pl.DataFrame:
        """then, contacts (those it is made of), records (how many): several contacts become one."""
        return _ends(self.touched, of="then", other="now")

    @property
    def split(self) -> pl.DataFrame:
        """now, contacts (those it becomes), records: one contact comes apart."""
        return _ends(self.touched, of="now", other="then")

    @property
    def new(self) -> pl.DataFrame:
        """then, records."""
        fresh = self.touched.filter(pl.col("then") > self.last_group_id)
        return fresh.group_by("then").agg(records=pl.len())

    def number(self, group_id: int) -> int | None:
        return group_id if group_id <= self.last_group_id else None


def _ends(refs: pl.DataFrame, *, of: str, other: str) -> pl.DataFrame:
    placed = refs.filter(pl.col("now").is_not_null())
    found = placed.group_by(of).agg(contacts=pl.col(other).unique().sort(), records=pl.len())
    return found.filter(pl.col("contacts").list.len() > 1)


def placement(plan: Plan | None) -> Placement:
    """None: nobody moves. Reads the database: call in one moment with the planning."""
    refs = bulk.fetch(_ALL, schema=_REFS)
    last = int(bulk.fetch(_LAST, schema={"id": pl.Int64()})["id"][0])
    if plan is None:
        refs = refs.with_columns(then="now")
        retired = pl.DataFrame(schema={"group_id": pl.Int64(), "successor": pl.Int64()})
        return Placement(refs=refs, touched=refs.clear(), retired=retired, last_group_id=last)
    moves = plan.moves.select("record_id", then="to_contact_id")
    refs = refs.join(moves, on="record_id", how="left").with_columns(then=pl.coalesce("then", "now"))
    changed = refs.filter(pl.col("now").ne_missing(pl.col("then")))
    ends = pl.concat([changed["now"], changed["then"]]).drop_nulls().unique().implode()
    touched = refs.filter(pl.col("now").is_in(ends) | pl.col("then").is_in(ends))
    return Placement(refs=refs, touched=touched, retired=plan.retired, last_group_id=last)
