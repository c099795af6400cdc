"""One edit of many contacts: as `writing` lays and lifts one, in sets. Called by rooms above, from actions
that asked for the permission; they hold the contacts, assemble them and write the journal.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection

from kith.access.actors import Actor
from kith.golden.models import GoldenOverride
from kith.golden.pieces import Piece
from kith.golden.rules import LIST_FIELDS
from kith.golden.standing import SAID
from kith.golden.writing import Entering

State = GoldenOverride.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    contact_id: int
    record_id: int
    override_id: int
    replaced: tuple[int, ...]
    """Overrides of the contact that counted, or waited, before."""


def open_pieces(contact_ids: Sequence[int], field: str) -> dict[int, Piece]:
    """By GroupID what a further edit builds on, as `overrides.latest_of`."""
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [list(contact_ids), field])
        return {pk: json.loads(value) if isinstance(value, str) else value for pk, value in cursor.fetchall()}


_LATEST: Final = """
SELECT DISTINCT ON (m.contact_id) m.contact_id, o.value FROM golden_goldenoverride o
JOIN sources_membership m ON m.record_id = o.record_id
WHERE m.contact_id = ANY(%s) AND o.field = %s AND o.state IN ('in_force', 'pending')
ORDER BY m.contact_id, o.state DESC, o.id DESC
"""


def lay_many(
    pieces: Mapping[int, Piece], *, actor: Actor, field: str, note: str, entering: Entering
) -> list[Laid]:
    """Pinned, by GroupID, in place of those they replace. A contact without a System Ref is left out."""
    ids = sorted(pieces)
    states = [str(state) for state in entering.replaces]
    anchors = _anchors(ids, field)
    with connection.cursor() as cursor:
        cursor.execute(_LIFT, [actor.user_id, states, field, list(anchors)])
        replaced: dict[int, list[int]] = {}
        for contact_id, override_id in cursor.fetchall():
            replaced.setdefault(contact_id, []).append(override_id)
        placed = sorted((record_id, pk) for pk, record_id in anchors.items())
        values = [json.dumps(pieces[pk], ensure_ascii=False) for _, pk in placed]
        records = [record_id for record_id, _ in placed]
        cursor.execute(
            _LAY, [entering.state, entering.state, actor.user_id, actor.name, note, records, values, field]
        )
        made = {record_id: override_id for override_id, record_id in cursor.fetchall()}
    return [
        Laid(
            contact_id=pk,
            record_id=record_id,
            override_id=made[record_id],
            replaced=tuple(replaced.get(pk, ())),
        )
        for record_id, pk in placed
    ]


def _anchors(contact_ids: Sequence[int], field: str) -> dict[int, int]:
    """By GroupID the System Ref it hangs on, as `overrides.anchor_of`."""
    said = f"(c.provenance->>'{field}')::bigint"
    if field in LIST_FIELDS:
        said = f"(SELECT source_record_id FROM {_ROWS[field]} v WHERE v.contact_id = c.id AND v.is_primary)"
    with connection.cursor() as cursor:
        cursor.execute(_ANCHORS.format(said=said), [field, list(contact_ids)])
        return dict(cursor.fetchall())


_ROWS: Final = {
    "emails": "contacts_contactemail",
    "phones": "contacts_contactphone",
    "addresses": "contacts_contactaddress",
}
_ANCHORS: Final = """
SELECT DISTINCT ON (c.id) c.id, m.record_id
FROM contacts_contact c JOIN sources_membership m ON m.contact_id = c.id
LEFT JOIN golden_goldenoverride o ON o.id = (c.provenance->'overridden'->>%s)::bigint
WHERE c.id = ANY(%s)
ORDER BY c.id, m.record_id IS DISTINCT FROM {said}, m.record_id IS DISTINCT FROM o.record_id,
    m.record_id IS DISTINCT FROM c.primary_record_id, m.record_id
"""
_LIFT: Final = """
UPDATE golden_goldenoverride o
SET state = 'ended', ended_at = now(), ended_by_id = %s, ended_because = 'replaced'
FROM sources_membership m
WHERE m.record_id = o.record_id AND o.state = ANY(%s) AND o.field = %s AND m.contact_id = ANY(%s)
RETURNING m.contact_id, o.id
"""
_LAY: Final = f"""
INSERT INTO golden_goldenoverride
    (record_id, field, value, mode, state, against, in_force_at, user_id, actor, note, made_at, ended_because)
SELECT o.record_id, o.field, o.value, 'pinned', %s, {SAID},
    CASE %s WHEN 'in_force' THEN now() END, %s, %s, %s, now(), ''
FROM (
    SELECT t.record_id, t.value::jsonb AS value, f.field
    FROM unnest(%s::bigint[], %s::text[]) AS t(record_id, value), (SELECT %s::text AS field) f
) o JOIN sources_sourcerecord r ON r.id = o.record_id
RETURNING id, record_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted:
    override_id: int
    contact_ids: tuple[int, ...]
    """Whose golden records are to be assembled: its contact, and those of what counts again."""


def lift_many(replaced_by: Mapping[int, Sequence[int]], *, actor: Actor) -> list[Lifted]:
    """Take these overrides back, where they still count or wait; what each had replaced counts again, as
    whoever said it said it. `replaced_by`: by override, the ids of those it replaced. One that was replaced
    or taken back since is left as it is, and out of what is returned.
    """
    asked = sorted(replaced_by)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_BACK, [actor.user_id, asked])
        ours = dict(cursor.fetchall())
        cursor.execute(_REPLACED, [list(ours)])
        found = {(int(old), int(pk)) for old, pk in cursor.fetchall()}
        pairs = sorted(found | {(old, pk) for pk in ours for old in replaced_by[pk]})
        cursor.execute(_AGAIN, [[old for old, _ in pairs], [pk for _, pk in pairs]])
        touched: dict[int, set[int]] = {pk: {contact_id} for pk, contact_id in ours.items()}
        for pk, contact_id in cursor.fetchall():
            touched[pk].add(contact_id)
    return [Lifted(override_id=pk, contact_ids=tuple(sorted(ids))) for pk, ids in sorted(touched.items())]


_TAKE_BACK: Final = """
UPDATE golden_goldenoverride o
SET state = 'ended', ended_at = now(), ended_by_id = %s,
    ended_because = CASE o.state WHEN 'pending' THEN 'cancelled' ELSE 'withdrawn' END
FROM sources_membership m
WHERE m.record_id = o.record_id AND o.id = ANY(%s) AND o.state IN ('in_force', 'pending')
RETURNING o.id, m.contact_id
"""
# One that waited for the night replaced others when it came into force: in the same moment.
_REPLACED: Final = """
SELECT o.id, n.id FROM golden_goldenoverride n
JOIN sources_membership mine ON mine.record_id = n.record_id
JOIN sources_membership m ON m.contact_id = mine.contact_id
JOIN golden_goldenoverride o ON o.record_id = m.record_id AND o.field = n.field
    AND o.ended_because = 'replaced' AND o.ended_at = n.in_force_at
WHERE n.id = ANY(%s)
"""
# Append-only: what counts again is another row, in the words and with the author of the first.
_AGAIN: Final = """
WITH again AS (
    SELECT DISTINCT ON (o.record_id, o.field, was.state) o.*, p.lifted_id, was.state AS was
    FROM unnest(%s::bigint[], %s::bigint[]) AS p(override_id, lifted_id)
    JOIN golden_goldenoverride o ON o.id = p.override_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN o.in_force_at IS NULL THEN 'pending' ELSE 'in_force' END AS state
    ) was
    WHERE o.state = 'ended' AND o.ended_because = 'replaced' AND NOT EXISTS (
        SELECT 1 FROM golden_goldenoverride n
        WHERE n.record_id = o.record_id AND n.field = o.field AND n.state = was.state)
    ORDER BY o.record_id, o.field, was.state, o.id DESC
), made AS (
    INSERT INTO golden_goldenoverride
        (record_id, field, value, mode, state, against, in_force_at, user_id, actor, note, made_at,
         ended_because)
    SELECT record_id, field, value, mode, was, against, CASE was WHEN 'in_force' THEN now() END, user_id,
        actor, note, made_at, ''
    FROM again RETURNING record_id
)
SELECT again.lifted_id, m.contact_id FROM again
JOIN made ON made.record_id = again.record_id JOIN sources_membership m ON m.record_id = again.record_id
"""
