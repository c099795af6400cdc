"""Golden values before and after, of the contacts that could read differently: claims are read once, the
golden records computed twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import duckdb
import polars as pl

from kith import bulk
from kith.golden import opt_outs, standing
from kith.golden.assembly import CLAIMS, claims_of, compute
from kith.golden.rules import AUTHORISATIONS, FIELDS, PLAIN_FIELDS, Rules
from kith.grouping.what_if.placement import Placement
from kith.grouping.what_if.reading import reading

CHUNK: Final = 50_000
"""Contacts compared at once: bounds memory."""

_CHANGED: Final = {"contact_id": pl.Int64(), "field": pl.String()}
_OPTED: Final = {"now": pl.Int64(), "then": pl.Int64()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebooks:
    now: Rules
    then: Rules

    @property
    def need_purchases(self) -> bool:
        return self.now.need_purchases or self.then.need_purchases

    @property
    def differ(self) -> bool:
        return self.now.to_json() != self.then.to_json()


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenChanges:
    changed: pl.DataFrame
    """contact_id, field: of contacts that go on."""
    opted_out: pl.DataFrame
    """now, then: contacts that no opt-out holds for now, and the one that says no of which they would be."""
    freed: pl.DataFrame
    """now, then: the other way round."""


def golden_changes(
    placed: Placement, *, rules: Rulebooks, progress: Callable[[int, int], None]
) -> GoldenChanges:
    ids = _concerned(placed, rules)
    parts = []
    for start in range(0, len(ids), CHUNK):
        progress(start, len(ids))
        with reading():
            parts.append(_of(ids[start : start + CHUNK], placed, rules))
    changed, opted = pl.DataFrame(schema=_CHANGED), pl.DataFrame(schema=_OPTED)
    return GoldenChanges(
        changed=pl.concat([changed, *(part.changed for part in parts)]),
        opted_out=pl.concat([opted, *(part.opted_out for part in parts)]).unique(),
        freed=pl.concat([opted, *(part.freed for part in parts)]).unique(),
    )


def _concerned(placed: Placement, rules: Rulebooks) -> list[int]:
    """GroupIDs as they would be. Tie-breakers say nothing where there is one System Ref."""
    ids = placed.touched["then"].unique()
    if rules.differ:
        several = placed.refs.group_by("then").len().filter(pl.col("len") > 1)["then"]
        ids = pl.concat([ids, several]).unique()
    found: list[int] = ids.drop_nulls().sort().to_list()
    return found


def _of(ids: list[int], placed: Placement, rules: Rulebooks) -> GoldenChanges:
    wanted = pl.Series(ids, dtype=pl.Int64).implode()
    refs = placed.refs.filter(pl.col("then").is_in(wanted) & pl.col("now").is_not_null())
    sources = pl.concat([refs["now"], pl.Series(ids, dtype=pl.Int64)]).unique().sort()
    sources = sources.filter(sources <= placed.last_group_id)
    claims = claims_of(sources.to_list(), with_purchases=rules.need_purchases)
    before = _read(claims, rules.now)
    apart = refs.join(placed.split, on="now", how="semi")["now"].unique()
    after = _read(opt_outs.refusing(_placed(claims, refs), opt_outs.to_keep(apart.to_list())), rules.then)
    ends = _ends(refs, before, after)
    return GoldenChanges(
        changed=_changed(before, after),
        opted_out=_where(ends, says_no="then"),
        freed=_where(ends, says_no="now"),
    )


def _placed(claims: pl.DataFrame, refs: pl.DataFrame) -> pl.DataFrame:
    """The claims as their contacts would have them; who leads a contact stays with its GroupID."""
    heads = claims.select("contact_id", "primary_record_id", "primary_chosen").unique("contact_id")
    heads = heads.rename({"contact_id": "then"})
    there = claims.drop("primary_record_id", "primary_chosen").join(
        refs.select("record_id", "then"), on="record_id"
    )
    there = there.join(heads, on="then", how="left").with_columns(
        pl.col("primary_chosen").fill_null(value=False)
    )
    moved = there.filter(pl.col("then") != pl.col("contact_id")).select("record_id", "then")
    leads = pl.when(pl.col("then") == pl.col("contact_id")).then("leads")
    there = there.join(_leading(moved), on=["record_id", "then"], how="left").with_columns(
        leads=leads.otherwise("tier"), contact_id="then"
    )
    return there.select(list(CLAIMS))


def _leading(moved: pl.DataFrame) -> pl.DataFrame:
    """record_id, then, tier: of those that a grouping by hand had once made leading where they go."""
    return bulk.fetch(
        _TIERS,
        [moved["record_id"].to_list(), moved["then"].to_list()],
        schema={"record_id": pl.Int64(), "then": pl.Int64(), "tier": pl.Int64()},
    )


_TIERS: Final = """
SELECT m.record_id, c.id, cardinality(array_positions(
        c.leading_record_ids[1:array_position(c.leading_record_ids, m.record_id)], 0
    ))
FROM unnest(%s::bigint[], %s::bigint[]) AS m(record_id, contact_id)
JOIN contacts_contact c ON c.id = m.contact_id AND m.record_id = ANY(c.leading_record_ids)
"""


def _read(claims: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """contact_id and FIELDS as they would be read."""
    overrides = _overrides(claims)
    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as database:
        compute(database, claims, rules=rules, overrides=overrides)
        return pl.DataFrame(database.sql(_AS_READ).to_arrow_table())


def _overrides(claims: pl.DataFrame) -> pl.DataFrame | None:
    """What people said of these System Refs, with the contacts that the claims name."""
    if not standing.any_in_force():
        return None
    names = ("record_id", "contact_id", "leads")
    return standing.overrides_of(_NAMED, [claims[name].fill_null(-1).to_list() for name in names])


_NAMED: Final = """
SELECT record_id, contact_id, nullif(leads, -1) AS leads
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS named(record_id, contact_id, leads)
"""


def _listed(value: str, *, table: str) -> str:
    return f"""LEFT JOIN (
    SELECT contact_id, string_agg({value}, chr(31) ORDER BY position) AS {table}
    FROM {table} GROUP BY contact_id
) USING (contact_id)"""


_ADDRESS: Final = "concat_ws(chr(30), line1, line2, postcode, city, region, country)"
_AS_READ: Final = f"""
SELECT contact_id, name, {", ".join(PLAIN_FIELDS)}, emails, phones, addresses FROM named
{_listed("value", table="emails")} {_listed("value", table="phones")} {_listed(_ADDRESS, table="addresses")}
"""


def _changed(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    both = before.join(after, on="contact_id", suffix="_then")
    differs = [pl.col(field).ne_missing(pl.col(f"{field}_then")).alias(field) for field in FIELDS]
    long = both.select("contact_id", *differs).unpivot(on=list(FIELDS), index="contact_id")
    return long.filter("value").select("contact_id", field="variable")


def _ends(refs: pl.DataFrame, before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """now, then, and for each authorisation whether it is refused (`…_now`, `…_then`)."""
    sides = [
        frame.select(
            pl.col("contact_id").alias(when),
            *(_refuses(name).alias(f"{name}_{when}") for name in AUTHORISATIONS),
        )
        for frame, when in ((before, "now"), (after, "then"))
    ]
    return refs.select("now", "then").unique().join(sides[0], on="now").join(sides[1], on="then")


def _refuses(name: str) -> pl.Expr:
    return pl.col(name).eq_missing(pl.lit(value=False))


def _where(ends: pl.DataFrame, *, says_no: str) -> pl.DataFrame:
    """now, then: where one side refuses something that the other does not."""
    other = "now" if says_no == "then" else "then"
    differs = [pl.col(f"{name}_{says_no}") & ~pl.col(f"{name}_{other}") for name in AUTHORISATIONS]
    return ends.filter(pl.any_horizontal(differs)).select("now", "then")
