from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.delivery.models import Attempt, Endpoint, Event, Message
from kith.kernel.errors import NotFound


def endpoints(*, actor: Actor) -> QuerySet[Endpoint]:
    """With `waiting`, messages that are not delivered yet."""
    require(actor, Permission.SETTINGS_VIEW)
    waiting = Message.objects.filter(endpoint=OuterRef("pk"), state=Message.State.WAITING)
    counted = waiting.order_by().values("endpoint").annotate(number=Count("pk")).values("number")
    there = Endpoint.objects.filter(~Q(state=Endpoint.State.REMOVED))
    return there.annotate(waiting=Subquery(counted)).order_by("name", "pk")


def endpoint_of(endpoint_id: int, *, actor: Actor) -> Endpoint:
    require(actor, Permission.SETTINGS_VIEW)
    found = Endpoint.objects.filter(~Q(state=Endpoint.State.REMOVED), pk=endpoint_id).first()
    if found is None:
        raise NotFound("There is no such webhook.")
    return found


def messages_of(endpoint: Endpoint, *, state: str = "") -> QuerySet[Message]:
    """The newest first, each with its tries."""
    rows = Message.objects.filter(endpoint=endpoint).select_related("event").order_by("-pk")
    tries = Prefetch("tries", queryset=Attempt.objects.order_by("-pk"))
    return (rows.filter(state=state) if state else rows).prefetch_related(tries)


def old_events(*, before: datetime) -> QuerySet[Event]:
    """Unless one of their messages waits still."""
    waiting = Message.objects.filter(event=OuterRef("pk"), state=Message.State.WAITING)
    return Event.objects.filter(~Exists(waiting), at__lt=before)
