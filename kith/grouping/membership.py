"""Membership: which System Ref has which GroupID. Read, planned and written here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl
from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

from kith import bulk
from kith.contacts import standing
from kith.contacts.models import Contact
from kith.golden import opt_outs
from kith.grouping.models import Move
from kith.kernel.errors import Conflict
from kith.kernel.leaving import Leaving
from kith.matching.survival import assign

LOCK: Final = 5_287_414_902
WAIT_SECONDS: Final = 10
"""That a person waits for whoever else changes membership."""
UNNUMBERED: Final = 1 << 60
"""New GroupIDs are planned from here on and get their number when the plan is written."""

_MEMBERS: Final[dict[str, pl.DataType]] = {
    "record_id": pl.Int64(),
    "kind": pl.String(),
    "old_group": pl.Int64(),
    "heads_old_group": pl.Boolean(),
}


def ever_holding(leaving: Leaving) -> list[int]:
    """GroupIDs that one of its System Refs has or ever had, rising: what was written of them may hold it."""
    arrived = Move.objects.filter(record_id__in=leaving.record_ids)
    return sorted({*leaving.group_ids, *arrived.values_list("to_contact_id", flat=True)})


@dataclass(frozen=True, slots=True)
class Plan:
    """What would change. `moves`: record_id, kind, from_contact_id (null: first placed), to_contact_id."""

    moves: pl.DataFrame
    retired: pl.DataFrame
    """group_id, successor."""

    @property
    def changed_groups(self) -> int:
        """GroupIDs that lose System Refs, or take in some that had another GroupID."""
        moved = self.moves.filter(pl.col("from_contact_id").is_not_null())
        ends = pl.concat([moved["from_contact_id"], moved["to_contact_id"]])
        return ends.filter(ends < UNNUMBERED).n_unique()


def lock(*, seconds: int | None = None) -> None:
    """Until the transaction ends nobody else changes membership. Conflict after so many seconds in vain."""
    with connection.cursor() as cursor:
        if seconds is not None:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{seconds}s"])
        try:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            raise Conflict(
                "A grouping run is writing its results. Nothing was changed: try again in a minute."
            ) from error
        if seconds is not None:
            cursor.execute("SELECT set_config('lock_timeout', '0', true)")


def plan(clusters: pl.DataFrame, *, among: Sequence[int] | None = None) -> Plan:
    """From clusters (record_id, cluster) to what would move. Call under `lock`.

    `among`: the clusters are of these records only, which are whole contacts and whole clusters.
    """
    placed = _members(among)
    members = placed.join(clusters, on="record_id")
    survival = assign(members.with_columns(heads_cluster=pl.lit(value=False)).to_arrow(), next_id=UNNUMBERED)
    named = members.join(pl.DataFrame(survival.clusters), on="cluster")
    retired = pl.DataFrame(survival.retired)
    # Placed since the clusters were read: whose GroupID retires goes where it leads.
    since = placed.join(clusters, on="record_id", how="anti")
    since = since.join(retired, left_on="old_group", right_on="group_id").rename({"successor": "group_id"})
    moves = [
        found.select("record_id", "kind", from_contact_id="old_group", to_contact_id="group_id")
        for found in (named.filter(pl.col("old_group").ne_missing(pl.col("group_id"))), since)
    ]
    return Plan(moves=pl.concat(moves), retired=retired)


def _members(among: Sequence[int] | None) -> pl.DataFrame:
    where, parameters = ("", []) if among is None else ("WHERE r.id = ANY(%s)", [list(among)])
    return bulk.fetch(
        f"""
        SELECT r.id AS record_id, r.kind, m.contact_id AS old_group,
            coalesce(c.primary_record_id = r.id, false) AS heads_old_group
        FROM sources_sourcerecord r LEFT JOIN sources_membership m ON m.record_id = r.id
        LEFT JOIN contacts_contact c ON c.id = m.contact_id {where}
        """,
        parameters,
        schema=_MEMBERS,
    )


def moving(moves: Sequence[tuple[int, str, int, int]], *, retired: Mapping[int, int]) -> Plan:
    """A plan made elsewhere. `moves`: record id, kind, from, to; new GroupIDs are UNNUMBERED and on."""
    return Plan(
        moves=pl.DataFrame(moves, schema=_MOVES, orient="row"),
        retired=pl.DataFrame(list(retired.items()), schema=_RETIRED, orient="row"),
    )


def active_contacts() -> int:
    return Contact.objects.filter(state=Contact.State.ACTIVE).count()


def alone(record_id: int, *, kind: str) -> Plan:
    """The plan that gives one unplaced record a GroupID of its own."""
    moves = {
        "record_id": [record_id],
        "kind": [kind],
        "from_contact_id": [None],
        "to_contact_id": [UNNUMBERED],
    }
    return Plan(moves=pl.DataFrame(moves, schema=_MOVES), retired=pl.DataFrame(schema=_RETIRED))


_MOVES: Final[dict[str, pl.DataType]] = {
    "record_id": pl.Int64(),
    "kind": pl.String(),
    "from_contact_id": pl.Int64(),
    "to_contact_id": pl.Int64(),
}
_RETIRED: Final[dict[str, pl.DataType]] = {"group_id": pl.Int64(), "successor": pl.Int64()}


def write(
    plan: Plan,
    *,
    because: Move.Because,
    run_id: int | None,
    user_id: int | None = None,
    operation_id: int | None = None,
    returns: Sequence[int] = (),
    protect: bool = True,
) -> dict[int, int]:
    """Carry the plan out in the running transaction: contacts, membership, lineage, retirement.

    `returns`: retired GroupIDs that are active again. `protect`: what forbade to reach a contact that comes
    apart, or what it refused, goes with each of its parts. Gives the number that each planned GroupID got.
    """
    if plan.moves.is_empty():
        return {}
    numbers = _numbered(plan)
    planned = plan.moves.with_columns(is_new=pl.col("to_contact_id") >= UNNUMBERED)
    moves = _with_numbers(planned, "to_contact_id", numbers)
    retired = _with_numbers(plan.retired, "successor", numbers)
    bulk.load(
        moves,
        "moves_now",
        columns={
            "record_id": "bigint",
            "kind": "text",
            "from_contact_id": "bigint",
            "to_contact_id": "bigint",
            "is_new": "boolean",
        },
    )
    bulk.load(retired, "retired_now", columns={"group_id": "bigint", "successor": "bigint"})
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_CONTACTS, [list(returns)])
        cursor.execute(_KEEP_CHOSEN, [operation_id])
        cursor.execute(_ADD_CONTACTS)
        cursor.execute(_RETURN, [list(returns)])
        cursor.execute(_PLACE)
        cursor.execute(_MOVE)
        cursor.execute(_KEEP_LINEAGE, [because, run_id, user_id, operation_id])
        cursor.execute(_RETIRE)
        cursor.execute(_MARK_STALE)
    if protect and operation_id is not None:
        standing.copy_to_parts(operation_id=operation_id)
        opt_outs.keep_for_parts(operation_id=operation_id)
    bulk.drop("moves_now", "retired_now")
    return numbers


# In the order of ids, as assembly locks them, or the two could wait for each other.
_LOCK_CONTACTS: Final = """
SELECT count(*) FROM (
    SELECT c.id FROM contacts_contact c WHERE c.id = ANY(%s) OR c.id IN (
        SELECT from_contact_id FROM moves_now UNION SELECT to_contact_id FROM moves_now
    ) ORDER BY c.id FOR UPDATE OF c
) AS locked
"""
_KEEP_CHOSEN: Final = """
UPDATE grouping_operation o SET chosen_before = left_by.chosen FROM (
    SELECT jsonb_object_agg(c.id::text, n.record_id) AS chosen FROM moves_now n
    JOIN contacts_contact c ON c.id = n.from_contact_id AND c.primary_record_id = n.record_id
    WHERE c.primary_chosen
) left_by
WHERE o.id = %s AND left_by.chosen IS NOT NULL
"""
_CONTACT_DEFAULTS: Final = """
    id, kind, state, name, provenance, primary_chosen, leading_record_ids, record_count, source_ids, stale_at
"""
_ADD_CONTACTS: Final = f"""
INSERT INTO contacts_contact ({_CONTACT_DEFAULTS})
SELECT to_contact_id, min(kind), 'active', '', '{{}}', false, '{{}}', 0, '{{}}', now()
FROM moves_now WHERE is_new GROUP BY to_contact_id
"""
_RETURN: Final = """
UPDATE contacts_contact SET state = 'active', retired_at = NULL, successor_id = NULL, stale_at = now()
WHERE id = ANY(%s)
"""
_PLACE: Final = """
INSERT INTO sources_membership (record_id, contact_id)
SELECT record_id, to_contact_id FROM moves_now WHERE from_contact_id IS NULL ORDER BY record_id
"""
_MOVE: Final = """
UPDATE sources_membership m SET contact_id = n.to_contact_id
FROM moves_now n WHERE n.record_id = m.record_id AND n.from_contact_id IS NOT NULL
"""
_KEEP_LINEAGE: Final = """
INSERT INTO grouping_move (record_id, from_contact_id, to_contact_id, because, run_id, user_id, operation_id)
SELECT record_id, from_contact_id, to_contact_id,
    CASE WHEN from_contact_id IS NULL THEN 'placed' ELSE %s END, %s, %s, %s
FROM moves_now
"""
_RETIRE: Final = """
UPDATE contacts_contact c SET state = 'retired', retired_at = now(), successor_id = n.successor,
    stale_at = NULL, search = NULL
FROM retired_now n WHERE c.id = n.group_id
"""
_MARK_STALE: Final = """
UPDATE contacts_contact c SET stale_at = now()
FROM (SELECT to_contact_id AS id FROM moves_now UNION SELECT from_contact_id FROM moves_now) m
WHERE c.id = m.id AND c.state = 'active' AND c.stale_at IS NULL
"""


def _numbered(plan: Plan) -> dict[int, int]:
    """A real GroupID for every planned new one, in the plan's order."""
    planned = plan.moves["to_contact_id"].filter(plan.moves["to_contact_id"] >= UNNUMBERED).unique().sort()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('contacts_contact', 'id')) FROM generate_series(1, %s)",
            [len(planned)],
        )
        numbers = sorted(int(row[0]) for row in cursor.fetchall())
    return dict(zip(planned.to_list(), numbers, strict=True))


def _with_numbers(frame: pl.DataFrame, column: str, numbers: dict[int, int]) -> pl.DataFrame:
    if not numbers:
        return frame
    known = pl.DataFrame({"planned": list(numbers), "number": list(numbers.values())}, schema=_NUMBERS)
    joined = frame.join(known, left_on=column, right_on="planned", how="left")
    return joined.with_columns(pl.coalesce("number", column).alias(column)).drop("number")


_NUMBERS: Final = {"planned": pl.Int64(), "number": pl.Int64()}


def members_of(contact_ids: Sequence[int]) -> dict[int, list[int]]:
    """Record ids by GroupID."""
    found: dict[int, list[int]] = {contact_id: [] for contact_id in contact_ids}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT contact_id, record_id FROM sources_membership WHERE contact_id = ANY(%s)"
            " ORDER BY record_id",
            [list(contact_ids)],
        )
        for contact_id, record_id in cursor.fetchall():
            found[contact_id].append(record_id)
    return found
