from __future__ import annotations

from typing import Final

from django.db import connection

from kith.golden.models import GoldenOverride, ValueStatement
from kith.kernel.leaving import DeletedWith, Going, Leaving


def _goes(leaving: Leaving) -> tuple[Going, ...]:
    overrides = GoldenOverride.objects.filter(record_id__in=leaving.record_ids)
    said = ValueStatement.objects.filter(record_id__in=leaving.record_ids, ended_at__isnull=True)
    return (
        Going("edits of golden values", overrides.count()),
        Going("notes and states of e-mails, phones and addresses", said.count()),
    )


_DELETE: Final = (
    "DELETE FROM golden_toldsource t USING golden_goldenoverride o"
    " WHERE o.id = t.override_id AND o.record_id = ANY(%(records)s)",
    "DELETE FROM golden_toldsource WHERE record_id = ANY(%(records)s)",
    "DELETE FROM golden_goldenoverride WHERE record_id = ANY(%(records)s)",
    "DELETE FROM golden_valuestatement WHERE record_id = ANY(%(records)s)",
)


def _deletes(leaving: Leaving) -> None:
    with connection.cursor() as cursor:
        for statement in _DELETE:
            cursor.execute(statement, {"records": list(leaving.record_ids)})


DELETED_WITH: Final = DeletedWith(room="golden", goes=_goes, deletes=_deletes)
