"""What the proof found where no number tells whose a row is: rejected rows, names and files of imports, kept
searches, sessions, what the planner remembers. Emptied, and looked for again.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.db import connection

from kith.access.actors import PRIVACY_ENGINE
from kith.privacy.proof import statistics
from kith.privacy.proof.scanning import STATISTICS, Findings
from kith.sources.received.actions import remove_file_with_erased

_BY_ROW: Final = {
    "sources_rejectedrow": "UPDATE sources_rejectedrow SET values = '{}' WHERE id = ANY(%s::bigint[])",
    "sources_import": "UPDATE sources_import SET file_name = 'Anonymised' WHERE id = ANY(%s::bigint[])",
    "find_storedsearch": "DELETE FROM find_storedsearch WHERE token = ANY(%s)",
    "django_session": "DELETE FROM django_session WHERE ctid = ANY(%s::tid[])",
}
_FILE: Final = "file imports/"
_ALWAYS_CHANGED: Final = {"sources_sourcerecord", "contacts_contact"}
"""Tables, whomever is anonymised."""


def sweep(findings: Findings, uids: Collection[UUID]) -> frozenset[str]:
    """What was found in these places goes; the same again changes nothing. Returns the places that somebody
    works with now: files of imports that run."""
    hits = [hit for uid in uids for hit in findings.of(uid)]
    for table, statement in _BY_ROW.items():
        keys = sorted({hit.key for hit in hits if hit.place == table})
        if keys:
            with connection.cursor() as cursor:
                cursor.execute(statement, [keys])
    files = sorted({hit.place for hit in hits if hit.place.startswith(_FILE)})
    busy = [one for one in files if not _is_removed(one.removeprefix(_FILE))]
    remembered = {hit.place.removeprefix(STATISTICS) for hit in hits if hit.place.startswith(STATISTICS)}
    statistics.forget({one.partition(".")[0] for one in remembered} | _ALWAYS_CHANGED)
    return frozenset(busy)


def _is_removed(stored_name: str) -> bool:
    return remove_file_with_erased(actor=PRIVACY_ENGINE, stored_name=stored_name)
