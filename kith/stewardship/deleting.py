from __future__ import annotations

from typing import Final

from django.db import connection

from kith.kernel.leaving import DeletedWith, Going, Leaving
from kith.stewardship.models import Case, RequestContact


def _blocks(leaving: Leaving) -> tuple[str, ...]:
    requests = RequestContact.objects.filter(contact_id=leaving.group_id, waits=True)
    cases = Case.objects.filter(contact_id=leaving.group_id).exclude(state=Case.State.RESOLVED)
    return (
        *(f"request {pk} waits" for pk in requests.values_list("request_id", flat=True)),
        *(f"case {pk} is not resolved" for pk in cases.order_by("pk").values_list("pk", flat=True)),
    )


def _goes(leaving: Leaving) -> tuple[Going, ...]:
    return (Going("resolved stewardship cases", Case.objects.filter(contact_id=leaving.group_id).count()),)


_DELETE: Final = (
    "DELETE FROM stewardship_casenote n USING stewardship_case c"
    " WHERE c.id = n.case_id AND c.contact_id = %(contact)s",
    "DELETE FROM stewardship_case WHERE contact_id = %(contact)s",
    "DELETE FROM stewardship_reviewitem WHERE %(contact)s IN (left_contact_id, right_contact_id)"
    " OR left_record_id = ANY(%(records)s) OR right_record_id = ANY(%(records)s)",
)


def _deletes(leaving: Leaving) -> None:
    with connection.cursor() as cursor:
        for statement in _DELETE:
            cursor.execute(statement, {"records": list(leaving.record_ids), "contact": leaving.group_id})


DELETED_WITH: Final = DeletedWith(room="stewardship", blocks=_blocks, goes=_goes, deletes=_deletes)
