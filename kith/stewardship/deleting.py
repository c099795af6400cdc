from __future__ import annotations

from typing import Final

from django.db import connection

from kith.kernel.leaving import DeletedWith, Going, Leaving
from kith.stewardship.models import Case, RequestContact


def _blocks(leaving: Leaving) -> tuple[str, ...]:
    requests = RequestContact.objects.filter(contact_id__in=leaving.group_ids, waits=True)
    cases = Case.objects.filter(contact_id__in=leaving.group_ids).exclude(state=Case.State.RESOLVED)
    return (
        *(f"request {pk} waits" for pk in requests.values_list("request_id", flat=True)),
        *(f"case {pk} is not resolved" for pk in cases.order_by("pk").values_list("pk", flat=True)),
    )


def _goes(leaving: Leaving) -> tuple[Going, ...]:
    return (
        Going("resolved stewardship cases", Case.objects.filter(contact_id__in=leaving.group_ids).count()),
    )


_DELETE: Final = (
    "DELETE FROM stewardship_casenote n USING stewardship_case c"
    " WHERE c.id = n.case_id AND c.contact_id = ANY(%(contacts)s)",
    "DELETE FROM stewardship_case WHERE contact_id = ANY(%(contacts)s)",
    "DELETE FROM stewardship_reviewitem WHERE left_contact_id = ANY(%(contacts)s)"
    " OR right_contact_id = ANY(%(contacts)s)"
    " OR left_record_id = ANY(%(records)s) OR right_record_id = ANY(%(records)s)",
)


def _deletes(leaving: Leaving) -> None:
    names = {"records": list(leaving.record_ids), "contacts": list(leaving.group_ids)}
    with connection.cursor() as cursor:
        for statement in _DELETE:
            cursor.execute(statement, names)


DELETED_WITH: Final = DeletedWith(room="stewardship", blocks=_blocks, goes=_goes, deletes=_deletes)
