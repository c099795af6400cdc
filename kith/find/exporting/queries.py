"""Exports as who asked for them sees them: nobody sees those of others."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.db.models import Q, QuerySet

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.find.exporting.models import Export
from kith.jobs.models import Progress
from kith.kernel.clock import now
from kith.kernel.errors import NotFound

SLICE = 5_000
"""Contacts read at once."""
LIVE = (Export.State.WAITING, Export.State.RUNNING)


def exports(*, actor: Actor) -> QuerySet[Export]:
    """One's own, newest first."""
    require(actor, Permission.CONTACT_EXPORT)
    return Export.objects.filter(_asked_by(actor)).order_by("-id")


def _asked_by(actor: Actor) -> Q:
    if actor.user_id is not None:
        return Q(user_id=actor.user_id)
    return Q(user__isnull=True, actor=actor.name)


def opened(export_id: int, *, actor: Actor) -> Export:
    found = exports(actor=actor).filter(pk=export_id).first()
    if found is None:
        raise NotFound("There is no such export.")
    return found


def ready(export_id: int, *, actor: Actor) -> Export:
    """With its file."""
    found = opened(export_id, actor=actor)
    if found.state != Export.State.READY or found.expires_at is None or found.expires_at <= now():
        raise NotFound("This export has no file, or not any more. Ask for it again.")
    return found


def progress_of(export_ids: list[int]) -> dict[int, Progress]:
    rows = Progress.objects.filter(subject_type=Export.SUBJECT, subject_id__in=export_ids)
    return {row.subject_id: row for row in rows}


def slices(export: Export) -> Iterator[list[int]]:
    """GroupIDs that were chosen, rising."""
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT contact_id FROM exporting_exportedcontact WHERE export_id = %s AND contact_id > %s"
                " ORDER BY contact_id LIMIT %s",
                [export.pk, after, SLICE],
            )
            ids = [int(pk) for (pk,) in cursor.fetchall()]
        if not ids:
            return
        yield ids
        after = ids[-1]
