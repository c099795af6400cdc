"""How much a contact has of each thing its page shows: one query, so that empty panels ask nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

Tally = Mapping[str, int]
"""By the key of what a room tallies."""

ON_RECORDS: Final = "FROM {table} WHERE record_id IN (SELECT record_id FROM mine)"
"""Of a table whose rows hang on System Refs."""
TALLIED: Final = {"transactions": ON_RECORDS.format(table="sources_sourcetransaction")}


def tally_of(contact_id: int) -> Tally:
    """Rooms declare what follows `SELECT count(*)`, in KITH_CONTACT_TALLY: it may use `mine`, the System Refs
    of the contact, and `%(contact)s`."""
    declared: Mapping[str, str] = import_string(settings.KITH_CONTACT_TALLY)
    counts = ", ".join(f"(SELECT count(*) {rest})" for rest in declared.values())
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH mine AS MATERIALIZED"
            " (SELECT record_id FROM sources_membership WHERE contact_id = %(contact)s)"
            f" SELECT {counts}",
            {"contact": contact_id},
        )
        [found] = cursor.fetchall()
    return dict(zip(declared, found, strict=True))
