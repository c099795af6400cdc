"""Opt-outs kept when a contact came apart: what the whole refused, each System Ref of it goes on refusing.

A kept opt-out holds while the System Ref's own source says of the field what it said when it was kept; a
pinned yes of a person, given in its face, goes before it like before any other no.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl
from django.db import connection

from kith import bulk
from kith.contacts.models import Contact
from kith.golden.rules import AUTHORISATIONS
from kith.golden.standing import STANDS

KEPT: Final[dict[str, pl.DataType]] = {"record_id": pl.Int64(), "field": pl.String()}
WITHDRAWN: Final[dict[str, pl.DataType]] = {**KEPT, "said": pl.Boolean()}
"""`said`: what the System Ref's own source says."""

_IN_FORCE: Final = "{kept}.withdrawn_by IS NULL AND {kept}.ended_at IS NULL"
_CLAIMED: Final = "CASE {kept}.field " + " ".join(f"WHEN '{name}' THEN r.{name}" for name in AUTHORISATIONS)
_CLAIMED_END: Final = _CLAIMED + " END"


def _in_force(kept: str) -> str:
    """SQL; `r` is the System Ref's claim."""
    said = _CLAIMED_END.format(kept=kept)
    return f"{_IN_FORCE.format(kept=kept)} AND {kept}.said IS NOT DISTINCT FROM {said}"


def any_kept() -> bool:
    """One look at an index: an installation without them pays nothing else."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT 1 FROM contacts_keptoptout k WHERE {_IN_FORCE.format(kept='k')})"
        )
        return bool(cursor.fetchall()[0][0])


JOINS: Final = " ".join(
    f"LEFT JOIN contacts_keptoptout kept_{name} ON kept_{name}.record_id = r.id"
    f" AND kept_{name}.field = '{name}' AND {_in_force(f'kept_{name}')}"
    for name in AUTHORISATIONS
)
"""Beside a claim `r`: those of its System Ref, at most one per field."""
COLUMNS: Final = {
    name: f"(CASE WHEN kept_{name}.id IS NULL THEN r.{name} ELSE false END)" for name in AUTHORISATIONS
}
"""With these joins: how the fields of a claim read."""
COMPLETED: Final = " + ".join(
    f"(kept_{name}.id IS NOT NULL AND r.{name} IS NULL)::int" for name in AUTHORISATIONS
)
"""With these joins: how many fields of the claim read a no of which its source says nothing."""


def end_outdated(contact_ids: Sequence[int]) -> None:
    """Those whose source says something else by now. Call where golden records are made."""
    if not any_kept():
        return
    with connection.cursor() as cursor:
        cursor.execute(_END, [list(contact_ids)])


_END: Final = f"""
UPDATE contacts_keptoptout k SET ended_at = now()
FROM sources_membership m JOIN sources_sourcerecord r ON r.id = m.record_id
WHERE m.contact_id = ANY(%s) AND k.record_id = m.record_id AND {_IN_FORCE.format(kept="k")}
    AND k.said IS DISTINCT FROM {_CLAIMED_END.format(kept="k")}
"""

_FIELDS: Final = ", ".join(
    f"('{name}', r.{name}, c.{name} IS NOT DISTINCT FROM false,"
    f" p.claim->'fields'->>'{name}' IS DISTINCT FROM r.claim->'fields'->>'{name}')"
    for name in AUTHORISATIONS
)
_TO_KEEP: Final = f"""
SELECT apart.record_id, f.field, f.said
FROM apart JOIN contacts_contact c ON c.id = apart.contact_id
JOIN sources_sourcerecord r ON r.id = apart.record_id
LEFT JOIN LATERAL (
    SELECT claim FROM sources_pastclaim
    WHERE r.received_at > c.claims_received_at AND record_id = r.id AND replaced_at > c.assembled_at
        AND claim IS NOT NULL
    ORDER BY id LIMIT 1
) p ON true
CROSS JOIN LATERAL (VALUES {_FIELDS}) AS f(field, said, refused, is_news)
WHERE f.refused AND f.said IS DISTINCT FROM false AND NOT (p.claim IS NOT NULL AND f.is_news)
"""
"""Of `apart` (contact_id, record_id: all that belonged to contacts that come apart). A golden no that is
stored counts; but for a System Ref whose source said another thing of it since that was made."""


def to_keep(contact_ids: Sequence[int]) -> pl.DataFrame:
    """As `KEPT`: what `keep_for_parts` would keep if these contacts, as they are now, came apart."""
    members = "SELECT contact_id, record_id FROM sources_membership WHERE contact_id = ANY(%s)"
    return bulk.fetch(
        f"WITH apart AS ({members}) SELECT record_id, field FROM ({_TO_KEEP}) k",
        [list(contact_ids)],
        schema=KEPT,
    )


def refusing(claims: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """The claims, if `kept` (as `KEPT`) were kept too."""
    for name in AUTHORISATIONS:
        ids = kept.filter(pl.col("field") == name)["record_id"]
        if not ids.is_empty():
            refuses = pl.col("record_id").is_in(ids.implode())
            claims = claims.with_columns(
                pl.when(refuses).then(pl.lit(value=False)).otherwise(name).alias(name),
                pl.col("completed") + (refuses & pl.col(name).is_null()).cast(pl.Int64),
            )
    return claims


def as_their_sources_say(claims: pl.DataFrame, withdrawn: pl.DataFrame) -> pl.DataFrame:
    """The claims, if those of `withdrawn` (as `WITHDRAWN`) were kept no longer."""
    for name in AUTHORISATIONS:
        of_field = withdrawn.filter(pl.col("field") == name)
        if not of_field.is_empty():
            said = pl.col("record_id").replace_strict(
                of_field["record_id"], of_field["said"], default=None, return_dtype=pl.Boolean()
            )
            goes = pl.col("record_id").is_in(of_field["record_id"].implode())
            claims = claims.with_columns(
                pl.when(goes).then(said).otherwise(name).alias(name),
                pl.col("completed") - (goes & said.is_null()).cast(pl.Int64),
            )
    return claims


def keep_for_parts(*, operation_id: int) -> int:
    """Nothing that comes apart gets freer: what the golden record refused, every System Ref of it refuses.

    Call as `kith.contacts.standing.copy_to_parts`, before golden records are made anew. Returns how many
    were kept.
    """
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [operation_id])
        return int(cursor.rowcount)


_REFUSES: Final = " OR ".join(f"c.{name} = false" for name in AUTHORISATIONS)
_KEEP: Final = f"""
WITH moved AS MATERIALIZED (
    SELECT n.from_contact_id AS contact_id, n.record_id, n.to_contact_id AS now_in
    FROM moves_now n JOIN contacts_contact c ON c.id = n.from_contact_id WHERE {_REFUSES}
), members AS MATERIALIZED (
    SELECT contact_id, record_id, now_in FROM moved
    UNION ALL
    SELECT m.contact_id, m.record_id, m.contact_id FROM sources_membership m
    WHERE m.contact_id IN (SELECT contact_id FROM moved)
        AND NOT EXISTS (SELECT 1 FROM moves_now n WHERE n.record_id = m.record_id)
), apart AS (
    SELECT contact_id, record_id FROM members WHERE contact_id IN (
        SELECT contact_id FROM members GROUP BY contact_id HAVING min(now_in) <> max(now_in)
    )
)
INSERT INTO contacts_keptoptout AS k (record_id, field, said, copied_by, at)
SELECT found.record_id, found.field, found.said, %s, now() FROM ({_TO_KEEP}) found
ON CONFLICT (record_id, field) WHERE withdrawn_by IS NULL AND ended_at IS NULL
DO UPDATE SET said = excluded.said, copied_by = excluded.copied_by, at = excluded.at
WHERE k.said IS DISTINCT FROM excluded.said
"""


def forget_kept(*, operation_id: int, by: int) -> int:
    """As `kith.contacts.standing.forget_copies`, of opt-outs: where another no stands beside it, what the
    operation kept goes; what it had taken away itself comes back. Returns how many went.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COME_BACK, [by, operation_id])
        cursor.execute(_WITHDRAW, [by, operation_id, operation_id])
        return int(cursor.fetchall()[0][0])


_WAITING: Final = """
UPDATE contacts_contact c SET stale_at = now() FROM sources_membership m
WHERE m.record_id IN (SELECT record_id FROM changed) AND c.id = m.contact_id AND c.stale_at IS NULL
    AND c.state = 'active'
"""
_COME_BACK: Final = f"""
WITH changed AS (
    INSERT INTO contacts_keptoptout (record_id, field, said, copied_by, at)
    SELECT record_id, field, said, %s, now() FROM contacts_keptoptout
    WHERE withdrawn_by = %s AND ended_at IS NULL
    ON CONFLICT (record_id, field) WHERE withdrawn_by IS NULL AND ended_at IS NULL DO NOTHING
    RETURNING record_id
), waiting AS ({_WAITING})
SELECT count(*) FROM changed
"""
_OTHER_NO: Final = f"""
SELECT 1 FROM {{placed}} beside JOIN sources_sourcerecord r ON r.id = beside.record_id
WHERE beside.contact_id = m.contact_id AND (
    NOT {_CLAIMED_END.format(kept="k")}
    OR EXISTS (
        SELECT 1 FROM contacts_keptoptout other WHERE other.record_id = r.id AND other.field = k.field
            AND other.copied_by <> %s AND {_in_force("other")}
    )
    OR EXISTS (
        SELECT 1 FROM golden_goldenoverride o WHERE o.record_id = r.id AND o.field = k.field
            AND {STANDS} AND o.value->>k.field = 'false'
    )
)
"""
"""Of one that is kept, `k`, by a System Ref that `m` places."""
_WITHDRAW: Final = f"""
WITH changed AS (
    UPDATE contacts_keptoptout k SET withdrawn_by = %s
    FROM sources_membership m
    WHERE k.copied_by = %s AND {_IN_FORCE.format(kept="k")} AND m.record_id = k.record_id
        AND EXISTS ({_OTHER_NO.format(placed="sources_membership")})
    RETURNING k.record_id
), waiting AS ({_WAITING})
SELECT count(*) FROM changed
"""


def coming_back(*, operation_id: int) -> pl.DataFrame:
    """As `KEPT`: what would hold again if this operation, an undoing, were undone."""
    return bulk.fetch(
        f"""
        SELECT k.record_id, k.field
        FROM contacts_keptoptout k JOIN sources_sourcerecord r ON r.id = k.record_id
        WHERE k.withdrawn_by = %s AND k.ended_at IS NULL
            AND k.said IS NOT DISTINCT FROM {_CLAIMED_END.format(kept="k")}
        """,
        [operation_id],
        schema=KEPT,
    )


def going(record_ids: Sequence[int], placed_in: Sequence[int], *, operation_id: int) -> pl.DataFrame:
    """As `WITHDRAWN`: what `forget_kept` would take from these System Refs, if each stood in its place."""
    other_no = _OTHER_NO.format(placed="placed")
    return bulk.fetch(
        f"""
        WITH placed AS MATERIALIZED (
            SELECT * FROM unnest(%s::bigint[], %s::bigint[]) AS p(record_id, contact_id)
        )
        SELECT k.record_id, k.field, k.said
        FROM contacts_keptoptout k JOIN placed m ON m.record_id = k.record_id
        WHERE k.copied_by = %s AND {_IN_FORCE.format(kept="k")} AND EXISTS ({other_no})
        """,
        [list(record_ids), list(placed_in), operation_id, operation_id],
        schema=WITHDRAWN,
    )


def kept_by(contact: Contact) -> dict[str, frozenset[int]]:
    """As `kept_of`; a contact that refuses nothing is not asked about."""
    return kept_of(contact.pk) if any(getattr(contact, name) is False for name in AUTHORISATIONS) else {}


def kept_of(contact_id: int) -> dict[str, frozenset[int]]:
    """By field, the System Refs of the contact that keep one in force."""
    found: dict[str, frozenset[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_OF_CONTACT, [contact_id])
        for field, record_ids in cursor.fetchall():
            found[field] = frozenset(record_ids)
    return found


_OF_CONTACT: Final = f"""
SELECT k.field, array_agg(k.record_id) FROM sources_membership m
JOIN sources_sourcerecord r ON r.id = m.record_id
JOIN contacts_keptoptout k ON k.record_id = r.id AND {_in_force("k")}
WHERE m.contact_id = %s GROUP BY k.field
"""
