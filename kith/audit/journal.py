"""The only writer of the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from kith.access.actors import Actor
from kith.audit.models import Entry

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
    Entry.objects.bulk_create(
        (
            Entry(
                user_id=by.user_id,
                actor=by.name,
                event=event,
                subject_type=subject_type,
                subject_id=subject_id,
                group_id=group_id,
                detail=dict(detail or {}),
            )
            for group_id in group_ids
        ),
        batch_size=2_000,
    )
