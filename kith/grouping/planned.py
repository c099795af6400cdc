"""An intent against what is: the one plan that a preview shows and an action carries out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from kith.grouping import present
from kith.grouping.engine.evidence_store import PostgresStore
from kith.grouping.engine.records import arrow_records
from kith.grouping.intents import Intent, Undo
from kith.grouping.models import Operation
from kith.grouping.planning import Change, Now, plan, refused
from kith.grouping.recipe.in_force import matching_in_force
from kith.grouping.undoing import held, plan_undo
from kith.matching.evidence import cluster_records, facts_of
from kith.sources.models import SourceRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    change: Change
    now: Now
    seen: str
    undone: Operation | None = None
    """The operation that would be taken back."""

    def moving(self) -> list[tuple[int, int]]:
        """(record id, place in `change.parts`) of the System Refs that get another GroupID."""
        return _moving(self.change, self.now)


def planned(intent: Intent) -> Planned:
    """Reads only; whoever carries it out holds the lock on membership meanwhile."""
    if isinstance(intent, Undo):
        return _undo(intent)
    now = present.now_of(present.concerned(intent))
    return Planned(change=plan(intent, now), now=now, seen=present.seen(now))


def _undo(intent: Undo) -> Planned:
    operation = present.operation(intent.operation)
    done, now = present.done_of(operation)
    state = present.seen(now)
    if operation.undone_by is not None:
        by = operation.undone_by
        change = refused(f"{by.actor} has undone it already (operation {by.pk})")
    else:
        change = plan_undo(done, now, named=_Names([move.record for move in done.moves]))
        if change.allowed and _moving(change, now):
            change = held(change, _clusters(change, now), now)
    return Planned(change=change, now=now, seen=state, undone=operation)


def _moving(change: Change, now: Now) -> list[tuple[int, int]]:
    place = now.place_of()
    return [
        (pk, at) for at, part in enumerate(change.parts) for pk in part.members if place[pk] != part.group_id
    ]


def _clusters(change: Change, now: Now) -> list[list[int]]:
    """What the engine makes of these System Refs with the decisions that would stand."""
    ids = np.array(sorted(pk for part in change.parts for pk in part.members), dtype=np.int64)
    in_force = matching_in_force()
    facts = facts_of(arrow_records(ids=ids.tolist()).sort_by("record_id"), in_force.figures)
    kept = PostgresStore().evidence_of(ids).filter("groups")
    kept = kept.filter(pl.col("left_id").is_in(ids.tolist()) & pl.col("right_id").is_in(ids.tolist()))
    lifted = {one.id for one in change.lift}
    stands = [one for one in (*now.said, *change.restore) if one.id not in lifted]
    clustering = cluster_records(
        facts,
        kept.to_arrow(),
        recipe=in_force.recipe,
        together=tuple(one.pair for one in stands if not one.apart),
        apart=tuple(one.pair for one in stands if one.apart),
    )
    found = pl.DataFrame(clustering.table).group_by("cluster").agg("record_id").sort("cluster")
    return found["record_id"].to_list()


class _Names:
    """System Refs in words, read when the first is asked for."""

    def __init__(self, record_ids: Sequence[int]) -> None:
        self._ids = record_ids
        self._names: dict[int, str] = {}

    def __call__(self, record_id: int) -> str:
        if not self._names:
            rows = SourceRecord.objects.filter(pk__in=self._ids, erased_at=None)
            self._names = {
                pk: f"{source} {ref}"
                for pk, source, ref in rows.values_list("pk", "source__name", "system_ref")
            }
        return self._names.get(record_id, "A System Ref")


def before_of(change: Change, now: Now) -> dict[str, list[int]]:
    """By GroupID, as text, who led in the contacts where that changes."""
    return {
        str(part.group_id): list(now.contacts[part.group_id].leading)
        for part in change.parts
        if part.group_id is not None and part.leading != now.contacts[part.group_id].leading
    }
