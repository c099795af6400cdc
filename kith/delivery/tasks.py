"""Events are told by jobs: one reads lineage, one per endpoint sends. At least once, in no promised order."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from kith.delivery import actions, announcing, signing
from kith.delivery.models import Endpoint, Message
from kith.delivery.sending import Parcel, body_of, send
from kith.kernel import clock

AT_ONCE: Final = 8
BATCH: Final = 16
"""Where nobody answers, it is given up after half a minute."""
LONGEST_TURN: Final = timedelta(seconds=40)
"""Then another endpoint, or another kind of job, has its turn."""
SOON: Final = timedelta(minutes=1)
"""What is due later is found by `look`, every minute."""


@app.task(name="delivery.read_lineage", queue="default", lock="delivery.read_lineage")
def read_lineage() -> None:
    announcing.read_on()
    send_due()


@app.periodic(cron="* * * * *", periodic_id="delivery-look")
@app.task(name="delivery.look", queue="default", queueing_lock="delivery.look")
def look(timestamp: int) -> None:
    """Catches what no job was left for."""
    announcing.read_on()
    send_due()


@app.task(name="delivery.send", queue="default")
def send_to(*, endpoint_id: int) -> None:
    """What is due for one endpoint, for a turn; the rest in a job of its own."""
    ends_at = clock.now() + LONGEST_TURN
    with ThreadPoolExecutor(AT_ONCE) as threads:
        while clock.now() < ends_at:
            began_at = clock.now()
            parcels = _due(endpoint_id, began_at)
            if not parcels:
                break
            results = list(threads.map(send, parcels))
            actions.note_results(endpoint_id=endpoint_id, results=results, began_at=began_at)
    _come_back(endpoint_id)


def _due(endpoint_id: int, moment: datetime) -> Sequence[Parcel]:
    endpoint = _ready(moment).filter(pk=endpoint_id).first()
    if endpoint is None:
        return ()
    waiting = Message.objects.filter(endpoint=endpoint, state=Message.State.WAITING, next_at__lte=moment)
    secret = signing.secret_of(endpoint.salt)
    return [
        Parcel(
            message_id=one.pk,
            url=endpoint.url,
            secret=secret,
            webhook_id=one.event.webhook_id,
            body=body_of(one.event),
        )
        for one in waiting.select_related("event").order_by("next_at", "pk")[:BATCH]
    ]


def send_due() -> None:
    """A job for each endpoint that something is due for."""
    moment = clock.now()
    due = Message.objects.filter(endpoint=OuterRef("pk"), state=Message.State.WAITING, next_at__lte=moment)
    for endpoint_id in _ready(moment).filter(Exists(due)).values_list("pk", flat=True):
        defer_send(endpoint_id)


def _come_back(endpoint_id: int) -> None:
    """Soon, where the next attempt is due soon."""
    moment = clock.now()
    endpoint = Endpoint.objects.filter(pk=endpoint_id, state=Endpoint.State.ON).first()
    first = (
        Message.objects.filter(endpoint_id=endpoint_id, state=Message.State.WAITING)
        .order_by("next_at")
        .values_list("next_at", flat=True)
        .first()
    )
    if endpoint is None or first is None:
        return
    due_at = max(first, endpoint.rests_until or first)
    if due_at <= moment:
        defer_send(endpoint_id)
    elif due_at - moment <= SOON:
        _defer(endpoint_id, queueing_lock=f"delivery.again.{endpoint_id}", at=due_at)


def defer_send(endpoint_id: int) -> None:
    _defer(endpoint_id, queueing_lock=f"delivery.send.{endpoint_id}", at=None)


def _defer(endpoint_id: int, *, queueing_lock: str, at: datetime | None) -> None:
    task = send_to.configure(lock=f"delivery.send.{endpoint_id}", queueing_lock=queueing_lock, schedule_at=at)
    try:
        with transaction.atomic():
            task.defer(endpoint_id=endpoint_id)
    except AlreadyEnqueued:
        return


def _ready(moment: datetime) -> QuerySet[Endpoint]:
    rested = Q(rests_until__isnull=True) | Q(rests_until__lte=moment)
    return Endpoint.objects.filter(rested, state=Endpoint.State.ON)
