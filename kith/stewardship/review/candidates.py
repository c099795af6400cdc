"""Which pairs of contacts are to be asked about: evidence that asks, doubts, and no decision between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from kith import bulk
from kith.stewardship.review.priority import FACTS

ASKED: Final[dict[str, pl.DataType]] = {
    "left_contact_id": pl.Int64(),
    "right_contact_id": pl.Int64(),
    "left_record_id": pl.Int64(),
    "right_record_id": pl.Int64(),
    "contact_kind": pl.String(),
    "source_ids": pl.List(pl.Int64()),
    **FACTS,
}

# A weak pair is no question where its contacts tell each other apart by what the pair itself does not know
# (two birth dates, two identity numbers): of the demo's not one is one person, of the others every second.
# A rule's link in a doubt has a made-up weight; the evidence beside it has the model's.
_ALL: Final = """
    SELECT left_id, right_id, weight, 'pair' AS kind, 1 AS standing FROM grouping_evidence WHERE NOT groups
    UNION ALL
    SELECT d.left_id, d.right_id, coalesce(e.weight, d.weight), d.doubt, 0
    FROM grouping_doubt d
    LEFT JOIN grouping_evidence e ON e.left_id = d.left_id AND e.right_id = d.right_id
"""
_TOUCHED: Final = """
    SELECT e.left_id, e.right_id, e.weight, 'pair' AS kind, 1 AS standing
    FROM touched t JOIN grouping_evidence e ON e.left_id = t.record_id WHERE NOT e.groups
    UNION
    SELECT e.left_id, e.right_id, e.weight, 'pair', 1
    FROM touched t JOIN grouping_evidence e ON e.right_id = t.record_id WHERE NOT e.groups
    UNION
    SELECT d.left_id, d.right_id, coalesce(e.weight, d.weight), d.doubt, 0
    FROM touched t JOIN grouping_doubt d ON t.record_id IN (d.left_id, d.right_id)
    LEFT JOIN grouping_evidence e ON e.left_id = d.left_id AND e.right_id = d.right_id
"""
_QUESTIONS: Final = """
WITH touched AS MATERIALIZED (
    SELECT record_id FROM sources_membership WHERE contact_id = ANY(%s)
), evidence AS ({evidence}), placed AS (
    SELECT e.weight, e.kind, e.standing,
        CASE WHEN l.contact_id < r.contact_id THEN e.left_id ELSE e.right_id END AS left_record,
        CASE WHEN l.contact_id < r.contact_id THEN e.right_id ELSE e.left_id END AS right_record,
        least(l.contact_id, r.contact_id) AS left_contact,
        greatest(l.contact_id, r.contact_id) AS right_contact
    FROM evidence e
    JOIN sources_membership l ON l.record_id = e.left_id
    JOIN sources_membership r ON r.record_id = e.right_id
    WHERE l.contact_id <> r.contact_id
), strongest AS (
    SELECT DISTINCT ON (left_contact, right_contact) * FROM placed
    ORDER BY left_contact, right_contact, standing, weight DESC, left_record, right_record
), apart AS (
    SELECT DISTINCT least(l.contact_id, r.contact_id) AS left_contact,
        greatest(l.contact_id, r.contact_id) AS right_contact
    FROM grouping_decision d
    JOIN sources_membership l ON l.record_id = d.left_id
    JOIN sources_membership r ON r.record_id = d.right_id
    WHERE d.verdict = 'apart' AND d.lifted_by_id IS NULL AND {decided}
), asked AS (
    SELECT s.* FROM strongest s LEFT JOIN apart a USING (left_contact, right_contact)
    WHERE a.left_contact IS NULL
), ends AS (
    SELECT left_contact AS contact_id FROM asked UNION SELECT right_contact FROM asked
), bought AS (
    SELECT m.contact_id, count(*) AS number, sum(abs(t.amount))::float AS money
    FROM ends JOIN sources_membership m ON m.contact_id = ends.contact_id
    JOIN sources_sourcetransaction t ON t.record_id = m.record_id
    GROUP BY m.contact_id
), protected AS (
    SELECT m.contact_id, array_agg(DISTINCT p.reason ORDER BY p.reason) AS reasons
    FROM contacts_suppressedrecord c
    JOIN sources_membership m ON m.record_id = c.record_id
    JOIN ends ON ends.contact_id = m.contact_id
    JOIN contacts_suppression p ON p.id = c.suppression_id
    WHERE c.lift_id IS NULL AND c.withdrawn_by IS NULL
    GROUP BY m.contact_id
)
SELECT s.left_contact, s.right_contact, s.left_record, s.right_record, l.kind, {sources}, s.kind, s.weight,
    l.record_count, r.record_count, coalesce(lb.number, 0) + coalesce(rb.number, 0),
    coalesce(lb.money, 0) + coalesce(rb.money, 0),
    (l.direct_marketing IS FALSE) <> (r.direct_marketing IS FALSE)
        OR lp.reasons IS DISTINCT FROM rp.reasons,
    {contradictions}
FROM asked s
JOIN contacts_contact l ON l.id = s.left_contact
JOIN contacts_contact r ON r.id = s.right_contact
JOIN sources_sourcerecord lr ON lr.id = s.left_record
JOIN sources_sourcerecord rr ON rr.id = s.right_record
LEFT JOIN bought lb ON lb.contact_id = s.left_contact
LEFT JOIN bought rb ON rb.contact_id = s.right_contact
LEFT JOIN protected lp ON lp.contact_id = s.left_contact
LEFT JOIN protected rp ON rp.contact_id = s.right_contact
WHERE l.state = 'active' AND r.state = 'active' AND l.kind = r.kind
    AND (s.kind <> 'pair' OR {unseen} = 0)
"""
_TELLING: Final = (
    "birth_date",
    "id_number",
    "passport_number",
    "social_security_number",
    "vat_number",
    "registration_number",
)
_CONTRADICTIONS: Final = " + ".join(f"coalesce((l.{name} <> r.{name})::int, 0)" for name in _TELLING)
_UNSEEN: Final = " + ".join(
    f"coalesce((l.{name} <> r.{name} AND (lr.{name} IS NULL OR rr.{name} IS NULL))::int, 0)"
    for name in _TELLING
)
_SOURCES: Final = bulk.listed("(SELECT ARRAY(SELECT DISTINCT unnest(l.source_ids || r.source_ids)))")


def questions(*, contact_ids: Sequence[int] | None = None) -> pl.DataFrame:
    """As ASKED, one row for each pair of contacts; of all, or of those that have one of these at an end."""
    everything = contact_ids is None
    decided = "true" if everything else "(d.left_id IN (TABLE touched) OR d.right_id IN (TABLE touched))"
    sql = _QUESTIONS.format(
        evidence=_ALL if everything else _TOUCHED,
        decided=decided,
        sources=_SOURCES,
        contradictions=_CONTRADICTIONS,
        unseen=_UNSEEN,
    )
    return bulk.fetch(sql, [list(contact_ids or ())], schema=ASKED)
