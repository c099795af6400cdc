"""Bulk changes, for everybody who may make them."""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.contacts.rights.sight import sight_of
from kith.find.bulk.changes import Changing, Made, changing
from kith.find.bulk.models import BulkChange, ChangedContact
from kith.find.bulk.standing import Preview, preview
from kith.find.selecting import selected
from kith.jobs.models import Progress
from kith.kernel.errors import NotFound

SLICE = 5_000
"""Contacts changed in one transaction."""
LIVE = (BulkChange.State.WAITING, BulkChange.State.RUNNING, BulkChange.State.UNDOING)
ENDED = (BulkChange.State.DONE, BulkChange.State.CANCELLED)


def bulk_changes(*, actor: Actor) -> QuerySet[BulkChange]:
    """Newest first: of everybody, for anybody may have to take one back."""
    require(actor, Permission.CONTACT_BULK)
    return BulkChange.objects.order_by("-id")


def opened(change_id: int, *, actor: Actor) -> BulkChange:
    found = bulk_changes(actor=actor).filter(pk=change_id).first()
    if found is None:
        raise NotFound("There is no such bulk change.")
    return found


def previewed(token: str, *, actor: Actor, kind: str, value: str) -> Preview:
    require(actor, Permission.CONTACT_BULK)
    ids = selected(token, actor=actor).ids
    return preview(ids, of=changing(kind), value=value, sight=sight_of(actor))


def offered(*, actor: Actor) -> tuple[Changing, ...]:
    """What this actor may change at all."""
    require(actor, Permission.CONTACT_BULK)
    every = (changing(kind) for kind in BulkChange.Kind.values)
    return tuple(one for one in every if one.also_needs is None or actor.may(one.also_needs))


def progress_of(change_ids: list[int]) -> dict[int, Progress]:
    rows = Progress.objects.filter(subject_type=BulkChange.SUBJECT, subject_id__in=change_ids)
    return {row.subject_id: row for row in rows}


def counts_of(change: BulkChange) -> dict[str, int]:
    """By `ChangedContact.State`, as far as it has come."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, count(*) FROM bulk_changes_changedcontact WHERE bulk_change_id = %s GROUP BY 1",
            [change.pk],
        )
        return {str(state): int(number) for state, number in cursor.fetchall()}


def next_ids(change: BulkChange, *, state: ChangedContact.State) -> list[int]:
    rows = ChangedContact.objects.filter(bulk_change=change, state=state).order_by("contact_id")
    return list(rows.values_list("contact_id", flat=True)[:SLICE])


def made_of(change: BulkChange, contact_ids: list[int]) -> list[Made]:
    rows = ChangedContact.objects.filter(bulk_change=change, contact_id__in=contact_ids).order_by(
        "contact_id"
    )
    return [
        Made(
            contact_id=row.contact_id,
            record_id=row.record_id or 0,
            override_id=row.override_id,
            replaced=tuple(row.replaced or ()),
            before_team=row.before_team,
            since=row.since,
        )
        for row in rows
    ]
