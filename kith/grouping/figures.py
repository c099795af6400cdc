"""Step "figures": what Home shows, counted once a run instead of at every visit."""

from __future__ import annotations

from django.db import connection

from kith.runs.steps import Counts, StepContext


def figures(context: StepContext) -> Counts:
    """Records and contacts in all and, per source id, also the contacts shared with other sources."""
    context.tracker.at(0, None, "Figures")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.source_id, count(*), count(DISTINCT m.contact_id),
                count(DISTINCT m.contact_id) FILTER (WHERE cardinality(c.source_ids) > 1)
            FROM sources_sourcerecord r LEFT JOIN sources_membership m ON m.record_id = r.id
            LEFT JOIN contacts_contact c ON c.id = m.contact_id GROUP BY 1
            """
        )
        rows = cursor.fetchall()
        cursor.execute("SELECT count(*) FROM contacts_contact WHERE state = 'active'")
        contacts = int(cursor.fetchall()[0][0])
    counts = {"records": sum(row[1] for row in rows), "contacts": contacts}
    for source_id, records, found, shared in rows:
        counts |= {
            f"source_{source_id}_records": records,
            f"source_{source_id}_contacts": found,
            f"source_{source_id}_shared": shared,
        }
    return counts
