"""The only writer of the journal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from django.db import connection, transaction

from kith.access.actors import Actor
from kith.audit.models import Entry
from kith.kernel.clock import now

Detail = Mapping[str, str | int | float | bool | Sequence[str] | Sequence[int] | None]


def record(
    event: str,
    *,
    by: Actor,
    subject_type: str,
    subject_id: int | None = None,
    group_id: int | None = None,
    detail: Detail | None = None,
) -> Entry:
    """Write one entry in the running transaction, so that it stands if and only if the change stands.

    `event` is past tense in CamelCase (`SourceAdded`); `detail` holds field names, counts and ids, no values.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("the journal is written inside the transaction of the change it records")
    return Entry.objects.create(
        user_id=by.user_id,
        actor=by.name,
        event=event,
        subject_type=subject_type,
        subject_id=subject_id,
        group_id=group_id,
        detail=dict(detail or {}),
    )


def record_each(
    event: str,
    *,
    by: Actor,
    subject_type: str,
    group_ids: Sequence[int],
    subject_id: int | None = None,
    detail: Detail | None = None,
) -> None:
    """One entry per GroupID, as `record` writes one: what is done to many contacts shows on each of them."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("the journal is written inside the transaction of the change it records")
    given = [by.user_id, by.name, event, subject_type, subject_id, json.dumps(dict(detail or {}))]
    with connection.cursor() as cursor:
        cursor.execute(_EACH, [*given, list(group_ids)])


def notice(event: str, *, by: Actor, subject_type: str, mark: str, within: timedelta, detail: Detail) -> None:
    """Write that somebody looked, unless the same somebody's entry with the same mark is younger than that.

    One statement, so it needs no transaction: it tells of no change. Of two at once both may stand.
    """
    told = json.dumps({**detail, "mark": mark})
    given = [by.user_id, by.name, event, subject_type, told, event, now() - within, by.user_id, by.name, mark]
    with connection.cursor() as cursor:
        cursor.execute(_NOTICE, given)


_NOTICE: Final = """
INSERT INTO audit_entry (user_id, actor, event, subject_type, detail) SELECT %s, %s, %s, %s, %s::jsonb
WHERE NOT EXISTS (
    SELECT FROM audit_entry WHERE event = %s AND at >= %s AND user_id IS NOT DISTINCT FROM %s AND actor = %s
        AND detail->>'mark' = %s
)
"""
_EACH: Final = """
INSERT INTO audit_entry (user_id, actor, event, subject_type, subject_id, detail, group_id)
SELECT %s, %s, %s, %s, %s, %s::jsonb, unnest(%s::bigint[])
"""
