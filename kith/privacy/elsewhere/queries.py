from __future__ import annotations

from django.db.models import QuerySet

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.kernel.errors import NotFound
from kith.privacy.elsewhere.models import ElsewhereTask


def tasks(
    *,
    actor: Actor,
    state: str | None = None,
    source: str | None = None,
    contact_id: int | None = None,
) -> QuerySet[ElsewhereTask]:
    """The one that is due first goes first."""
    require(actor, Permission.PRIVACY_VIEW)
    found = ElsewhereTask.objects.select_related("erasure", "source", "owner").order_by("due_on", "pk")
    wanted = {"state": state, "source__code": source, "erasure__contact_id": contact_id}
    return found.filter(**{name: value for name, value in wanted.items() if value is not None})


def task_of(task_id: int, *, actor: Actor) -> ElsewhereTask:
    found = tasks(actor=actor).filter(pk=task_id).first()
    if found is None:
        raise NotFound("There is no such task.")
    return found
