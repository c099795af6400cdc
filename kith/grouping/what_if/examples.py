"""Some contacts of each kind, to look at: ids only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from kith.golden.rules import FIELDS
from kith.grouping.what_if.asking import PAIR, Asked
from kith.grouping.what_if.choosing import chosen
from kith.grouping.what_if.golden_changes import GoldenChanges
from kith.grouping.what_if.placement import Placement
from kith.grouping.what_if.result import GOLDEN_PREFIX, Example, Pair, Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """All that examples are chosen from."""

    placed: Placement
    before: pl.DataFrame
    """Evidence kept until now."""
    after: pl.DataFrame
    """Evidence of the candidate."""
    asked: Asked
    golden: GoldenChanges
    suppressed: pl.DataFrame
    """now, then."""


def examples(seen: Seen) -> dict[str, tuple[Example, ...]]:
    placed = seen.placed
    found = {
        "joined": _joined(seen, chosen(placed.joined, key="then", size="records")),
        "split": _split(seen, chosen(placed.split, key="now", size="records")),
        "retired": _retired(seen),
        "new": _of_then(placed, chosen(placed.new, key="then", size="records")["then"].to_list()),
        "protected": _ends(placed, seen.suppressed),
        "opted-out": _ends(placed, seen.golden.opted_out),
        "freed": _ends(placed, seen.golden.freed),
        "asked": _pairs(placed, seen.asked.newly),
        "no-longer-asked": _pairs(placed, seen.asked.no_longer),
        "doubted": _pairs(placed, seen.asked.doubted),
    }
    ids = seen.golden.changed.select("contact_id").unique()
    found["golden"] = _of_then(placed, chosen(ids, key="contact_id")["contact_id"].to_list())
    for field in FIELDS:
        ids = seen.golden.changed.filter(pl.col("field") == field).select("contact_id")
        found[GOLDEN_PREFIX + field] = _of_then(placed, chosen(ids, key="contact_id")["contact_id"].to_list())
    return {kind: of_kind for kind, of_kind in found.items() if of_kind}


def _joined(seen: Seen, joined: pl.DataFrame) -> tuple[Example, ...]:
    ids = joined["then"].to_list()
    parts, pairs = _parts(seen.placed, ids), _strongest(seen.after, seen.placed, ids, inside="then")
    return tuple(
        Example(contacts=tuple(contacts), parts=(parts[then],), pair=pairs.get(then))
        for then, contacts in joined.select("then", "contacts").iter_rows()
    )


def _split(seen: Seen, split: pl.DataFrame) -> tuple[Example, ...]:
    """Each with the strongest evidence that held it together."""
    pairs = _strongest(seen.before, seen.placed, split["now"].to_list(), inside="now")
    parts = _parts(seen.placed, {then for thens in split["contacts"] for then in thens})
    return tuple(
        Example(
            contacts=(now,),
            parts=tuple(parts[then] for then in thens),
            pair=pairs.get(now) or _first_two([parts[then] for then in thens]),
        )
        for now, thens in split.select("now", "contacts").iter_rows()
    )


def _first_two(parts: Sequence[Part]) -> Pair:
    left, right = sorted((parts[0].records[0], parts[1].records[0]))
    return left, right


def _retired(seen: Seen) -> tuple[Example, ...]:
    rows = chosen(seen.placed.retired, key="group_id")
    successors = rows["successor"].to_list()
    parts = _parts(seen.placed, successors)
    pairs = _strongest(seen.after, seen.placed, successors, inside="then")
    return tuple(
        Example(contacts=(group_id,), parts=(parts[successor],), pair=pairs.get(successor))
        for group_id, successor in rows.select("group_id", "successor").iter_rows()
    )


def _of_then(placed: Placement, ids: Sequence[int]) -> tuple[Example, ...]:
    parts, nows = _parts(placed, ids), _nows(placed, ids)
    return tuple(Example(contacts=nows.get(one, ()), parts=(parts[one],)) for one in ids if one in parts)


def _ends(placed: Placement, found: pl.DataFrame) -> tuple[Example, ...]:
    """Of pairs (now, then): the contact as it is, and the one it would be part of."""
    rows = chosen(found.group_by("now").agg(pl.col("then").min()), key="now")
    parts = _parts(placed, rows["then"].to_list())
    return tuple(
        Example(contacts=(now,), parts=(parts[then],)) for now, then in rows.select("now", "then").iter_rows()
    )


def _pairs(placed: Placement, found: pl.DataFrame) -> tuple[Example, ...]:
    """The strongest first, then a sample."""
    rows = chosen(found, key="left_id", size="weight" if "weight" in found.columns else None)
    ends = pl.concat([rows["left_id"], rows["right_id"]]).unique().implode()
    here = placed.refs.filter(pl.col("record_id").is_in(ends) & pl.col("now").is_not_null())
    now = dict(here.select("record_id", "now").iter_rows())
    return tuple(
        Example(
            contacts=tuple(dict.fromkeys(now[end] for end in (left, right) if end in now)), pair=(left, right)
        )
        for left, right in rows.select(PAIR).iter_rows()
    )


def _parts(placed: Placement, ids: Iterable[int]) -> Mapping[int, Part]:
    wanted = pl.Series(sorted(set(ids)), dtype=pl.Int64).implode()
    members = placed.refs.filter(pl.col("then").is_in(wanted)).sort("record_id").group_by("then")
    rows = members.agg("record_id").select("then", "record_id").iter_rows()
    return {then: Part(placed.number(then), tuple(records)) for then, records in rows}


def _nows(placed: Placement, ids: Sequence[int]) -> Mapping[int, tuple[int, ...]]:
    wanted = pl.Series(ids, dtype=pl.Int64).implode()
    here = placed.refs.filter(pl.col("then").is_in(wanted) & pl.col("now").is_not_null())
    rows = here.group_by("then").agg(pl.col("now").unique().sort()).iter_rows()
    return {then: tuple(nows) for then, nows in rows}


def _strongest(
    evidence: pl.DataFrame, placed: Placement, ids: Sequence[int], *, inside: str
) -> dict[int, Pair]:
    """By contact (`inside` 'now' or 'then') the pair between two that are apart on the other side."""
    across = "now" if inside == "then" else "then"
    wanted = pl.Series(ids, dtype=pl.Int64).implode()
    here = placed.refs.filter(pl.col(inside).is_in(wanted))
    told = (
        evidence.filter("groups")
        .join(here, left_on="left_id", right_on="record_id")
        .join(here, left_on="right_id", right_on="record_id", suffix="_right")
        .filter(
            (pl.col(inside) == pl.col(f"{inside}_right"))
            & pl.col(across).ne_missing(pl.col(f"{across}_right"))
        )
    )
    # A rule outranks any weight, and an earlier rule a later one.
    best = told.sort("rule", "weight", *PAIR, descending=[False, True, False, False], nulls_last=True)
    best = best.unique(inside, keep="first", maintain_order=True)
    return {one: (left, right) for one, left, right in best.select(inside, *PAIR).iter_rows()}
