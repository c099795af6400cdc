"""One golden field of many contacts anew, in one statement: where only what people say of it has changed.

What `assembly` would make of it, without reading and writing all else. A contact whose claims or members have
changed since it was assembled, or of whose values the two could think differently, is left to `assembly`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import connection, transaction

from kith.golden import assembly
from kith.golden.rules import NAME_PARTS, PLAIN_FIELDS, Attribute, Rules
from kith.golden.sql import order_of
from kith.golden.standing import STANDS
from kith.golden.versions import rules_in_force

FIELDS: Final = frozenset({"category"})
"""Of one column of text, with search lexemes of its own, and in no other golden value."""


@transaction.atomic
def assemble_field(contact_ids: Sequence[int], *, field: str) -> None:
    """The caller holds the contacts, and changed nothing of them but overrides of this field."""
    done: set[int] = set()
    if field in FIELDS and contact_ids:
        with assembly.watched(contact_ids), connection.cursor() as cursor:
            cursor.execute(_statement(field, rules_in_force()), {"field": field, "ids": list(contact_ids)})
            done = {int(pk) for (pk,) in cursor.fetchall()}
    assembly.assemble([pk for pk in contact_ids if pk not in done])


def _statement(field: str, rules: Rules) -> str:
    breakers = rules.of(field)
    counts = any(one.by is Attribute.FREQUENCY for one in breakers)
    return _ASSEMBLE.format(
        field=field,
        placed=assembly.AS_THEY_ARE.replace("%s", "%(ids)s"),
        completeness=_COMPLETENESS,
        bought=assembly.BOUGHT if Rules({field: breakers}).need_purchases else assembly.NOTHING_BOUGHT,
        frequency=f", count(*) OVER (PARTITION BY contact_id, said) AS frequency_{field}" if counts else "",
        order=order_of(breakers, field=field),
        stands=STANDS,
    )


_COMPLETENESS: Final = (
    f"num_nonnulls({', '.join(f'r.{name}' for name in (*NAME_PARTS, *PLAIN_FIELDS))})"
    " + least(cardinality(r.emails), 2) + least(cardinality(r.phones), 2)"
    " + least(jsonb_array_length(r.addresses), 2)"
)
# DuckDB compares texts by their bytes, and knows small letters that a database may not know: a value that is
# not plain ASCII is left to it.
_ASSEMBLE: Final = """
WITH claims AS MATERIALIZED (
    SELECT p.*, r.{field} AS said, r.system_ref COLLATE "C" AS system_ref, r.claimed_at, r.received_at,
        r.source_created_at, r.first_received_at, s.code AS source_code, s.priority AS source_priority,
        {completeness} AS completeness, t.latest AS latest_purchase,
        coalesce(t.total, 0)::float8 AS total_spent, t.number AS purchases
    FROM ({placed}) p
    JOIN sources_sourcerecord r ON r.id = p.record_id
    JOIN sources_sourcesystem s ON s.id = r.source_id
    LEFT JOIN LATERAL ({bought}) t ON true
), overrides AS MATERIALIZED (
    SELECT p.contact_id, p.leads, o.id, o.mode, o.made_at, o.value->>'{field}' AS said
    FROM golden_goldenoverride o
    JOIN claims p ON p.record_id = o.record_id
    JOIN sources_sourcerecord r ON r.id = o.record_id
    WHERE o.field = %(field)s AND {stands}
), spoken AS (
    SELECT contact_id,
        array_agg(DISTINCT 'u:{field}:' || lower(said)) FILTER (WHERE said IS NOT NULL) AS words,
        coalesce(bool_and(said ~ '^[ -~]*$' AND length(said) < 150), true) AS is_plain
    FROM (SELECT contact_id, said FROM claims UNION ALL SELECT contact_id, said FROM overrides) both_say
    GROUP BY contact_id
), won AS (
    SELECT DISTINCT ON (contact_id) contact_id, said, record_id
    FROM (SELECT *{frequency} FROM claims) counted WHERE said IS NOT NULL
    ORDER BY contact_id, {order}
), leaders AS (
    SELECT DISTINCT ON (contact_id) contact_id, said, id FROM overrides
    ORDER BY contact_id, leads ASC NULLS LAST, mode = 'pinned' DESC, made_at DESC, id DESC
), unchanged AS (
    SELECT c.contact_id FROM claims c JOIN contacts_contact g ON g.id = c.contact_id
    WHERE g.stale_at IS NULL
    GROUP BY c.contact_id, g.id
    HAVING count(*) = g.record_count AND max(c.received_at) = g.claims_received_at
), made AS (
    SELECT contact_id, words, l.id AS override_id, w.record_id,
        CASE WHEN l.id IS NULL THEN w.said ELSE l.said END AS said
    FROM unchanged JOIN spoken USING (contact_id)
    LEFT JOIN won w USING (contact_id) LEFT JOIN leaders l USING (contact_id)
    WHERE is_plain
)
UPDATE contacts_contact c SET {field} = m.said, assembled_at = now(),
    provenance = jsonb_strip_nulls(c.provenance - 'overridden' || jsonb_build_object(
        '{field}', CASE WHEN m.override_id IS NULL THEN m.record_id END,
        'overridden', nullif(jsonb_strip_nulls(
            coalesce(c.provenance->'overridden', '{{}}') || jsonb_build_object('{field}', m.override_id)),
            '{{}}'))),
    search = ts_delete(c.search, ARRAY(
        SELECT word FROM unnest(tsvector_to_array(c.search)) word WHERE starts_with(word, 'u:{field}:')))
        || array_to_tsvector(coalesce(m.words, '{{}}'))
FROM made m WHERE m.contact_id = c.id
RETURNING c.id
"""
