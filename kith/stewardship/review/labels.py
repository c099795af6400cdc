"""What people decided, as pairwise labels in the form Splink reads.

`unique_id` is the number of the System Ref's record, as in what `kith export-cleaned` writes; the source's
code stands beside it. Where a System Ref is asked about in the review queue, the answer is about the two that
spoke; where contacts were grouped or kept apart elsewhere, it is every pair that the decision names.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from kith import bulk
from kith.access.actors import Actor, require
from kith.access.permissions import Permission

LABELS: Final[dict[str, pl.DataType]] = {
    "source_dataset_l": pl.String(),
    "unique_id_l": pl.Int64(),
    "source_dataset_r": pl.String(),
    "unique_id_r": pl.Int64(),
    "clerical_match_score": pl.Float64(),
}

# An answer of the queue that still holds, then the decisions themselves: of one pair the first counts.
_DECIDED: Final = """
WITH said AS (
    SELECT least(i.left_record_id, i.right_record_id) AS left_id,
        greatest(i.left_record_id, i.right_record_id) AS right_id, i.answer = 'group' AS one, 0 AS standing
    FROM stewardship_reviewitem i JOIN grouping_operation o ON o.id = i.operation_id
    JOIN sources_membership l ON l.record_id = i.left_record_id
    JOIN sources_membership r ON r.record_id = i.right_record_id
    WHERE i.state = 'decided' AND o.undone_by_id IS NULL
        AND (i.answer = 'group') = (l.contact_id = r.contact_id)
    UNION ALL
    SELECT left_id, right_id, verdict = 'together', 1 FROM grouping_decision WHERE lifted_by_id IS NULL
), once AS (
    SELECT DISTINCT ON (left_id, right_id) left_id, right_id, one FROM said
    ORDER BY left_id, right_id, standing
)
SELECT ls.code, once.left_id, rs.code, once.right_id, once.one::int::float
FROM once
JOIN sources_sourcerecord l ON l.id = once.left_id JOIN sources_sourcesystem ls ON ls.id = l.source_id
JOIN sources_sourcerecord r ON r.id = once.right_id JOIN sources_sourcesystem rs ON rs.id = r.source_id
ORDER BY once.left_id, once.right_id
"""


def labels(*, actor: Actor) -> pl.DataFrame:
    """As LABELS: 1 for the same, 0 for two. Decisions that were undone or lifted are not there."""
    require(actor, Permission.CONTACT_GROUP)
    return bulk.fetch(_DECIDED, schema=LABELS)


def as_csv(found: pl.DataFrame) -> bytes:
    return found.write_csv().encode()
