"""Webhooks: who is told, and what became of each message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.audit.taken_once import taken_once
from kith.delivery import announcing, rules, signing
from kith.delivery.models import Attempt, Endpoint, Event, Message
from kith.delivery.queries import old_events
from kith.delivery.sending import Result
from kith.kernel import clock
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.kernel.seen import unless_changed

_NAME_TAKEN: Final = "Another webhook has this name."
DELIVERY: Final = Actor("Webhooks", frozenset())
_GONE: Final = 410
"""The other system says that it wants no more: the specification has the sender stop."""


def add_endpoint(*, actor: Actor, name: str, url: str, events: Sequence[str]) -> Endpoint:
    """Its secret: `signing.secret_of(endpoint.salt)`, to be shown once."""
    require(actor, Permission.SETTINGS_EDIT)
    _may_tell(url, events)
    with taken_once(_NAME_TAKEN, field="name"):
        _take_up_reading()
        endpoint = Endpoint.objects.create(
            name=name.strip(),
            url=url,
            events=list(events),
            salt=signing.new_salt(),
            created_by_id=actor.user_id,
        )
        _journal("WebhookAdded", endpoint, by=actor, events=events)
    return endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointDetails:
    """What can be edited of a webhook."""

    name: str
    url: str
    events: tuple[str, ...]

    @classmethod
    def of(cls, endpoint: Endpoint) -> EndpointDetails:
        return EndpointDetails(name=endpoint.name, url=endpoint.url, events=tuple(endpoint.events))


def edit_endpoint(
    *, actor: Actor, endpoint_id: int, name: str, url: str, events: Sequence[str], seen: str = ""
) -> Endpoint:
    """`seen`: `state_of` of the EndpointDetails that somebody looked at; Conflict when they are others."""
    require(actor, Permission.SETTINGS_EDIT)
    _may_tell(url, events)
    wanted = EndpointDetails(name=name.strip(), url=url, events=tuple(events))
    with taken_once(_NAME_TAKEN, field="name"):
        endpoint = _locked(endpoint_id)
        unless_changed(EndpointDetails.of(endpoint), seen=seen, wanted=wanted)
        endpoint.name, endpoint.url, endpoint.events = name.strip(), url, list(events)
        endpoint.save(update_fields=["name", "url", "events"])
        _journal("WebhookEdited", endpoint, by=actor, events=events)
    return endpoint


@transaction.atomic
def pause_endpoint(*, actor: Actor, endpoint_id: int) -> Endpoint:
    """Nothing is sent, and what happens meanwhile is not kept for it."""
    require(actor, Permission.SETTINGS_EDIT)
    endpoint = _locked(endpoint_id)
    if endpoint.state == Endpoint.State.ON:
        _set_state(endpoint, Endpoint.State.PAUSED)
        _journal("WebhookPaused", endpoint, by=actor)
    return endpoint


@transaction.atomic
def resume_endpoint(*, actor: Actor, endpoint_id: int) -> Endpoint:
    """On again, also after Kith switched it off; what waited is sent now."""
    require(actor, Permission.SETTINGS_EDIT)
    endpoint = _locked(endpoint_id)
    if endpoint.state == Endpoint.State.ON:
        return endpoint
    _take_up_reading()
    endpoint.failing_since, endpoint.rests_until, endpoint.rests = None, None, 0
    endpoint.save(update_fields=["failing_since", "rests_until", "rests"])
    _set_state(endpoint, Endpoint.State.ON)
    _journal("WebhookResumed", endpoint, by=actor)
    return endpoint


@transaction.atomic
def remove_endpoint(*, actor: Actor, endpoint_id: int, seen: str = "") -> None:
    require(actor, Permission.SETTINGS_EDIT)
    endpoint = _locked(endpoint_id)
    unless_changed(EndpointDetails.of(endpoint), seen=seen)
    _set_state(endpoint, Endpoint.State.REMOVED)
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_ATTEMPTS, [endpoint.pk])
        cursor.execute("DELETE FROM delivery_message WHERE endpoint_id = %s", [endpoint.pk])
    _journal("WebhookRemoved", endpoint, by=actor)


# Of a whole run's million messages, none is read for it.
_FORGET_ATTEMPTS: Final = """
DELETE FROM delivery_attempt a USING delivery_message m WHERE m.id = a.message_id AND m.endpoint_id = %s
"""


@transaction.atomic
def change_secret(*, actor: Actor, endpoint_id: int) -> Endpoint:
    """From now on everything is signed with the new one, what waits included."""
    require(actor, Permission.SETTINGS_EDIT)
    endpoint = _locked(endpoint_id)
    endpoint.salt = signing.new_salt()
    endpoint.save(update_fields=["salt"])
    _journal("WebhookSecretChanged", endpoint, by=actor)
    return endpoint


@transaction.atomic
def tell_secret(*, actor: Actor, endpoint_id: int) -> str:
    """To whoever may change it; that somebody read it is journalled."""
    require(actor, Permission.SETTINGS_EDIT)
    endpoint = _locked(endpoint_id)
    _journal("WebhookSecretRead", endpoint, by=actor)
    return signing.secret_of(endpoint.salt)


@transaction.atomic
def send_test(*, actor: Actor, endpoint_id: int) -> int:
    """The number of its message."""
    require(actor, Permission.SETTINGS_EDIT)
    endpoint = _locked(endpoint_id)
    _wake(endpoint)
    message_id = announcing.announce_test(endpoint.pk)
    _journal("WebhookTested", endpoint, by=actor)
    return message_id


@transaction.atomic
def send_again(*, actor: Actor, message_id: int) -> Message:
    """Now, whatever became of it before: with the same webhook-id, so that the receiver can tell."""
    require(actor, Permission.SETTINGS_EDIT)
    message = Message.objects.filter(pk=message_id).first()
    if message is None:
        raise NotFound("There is no such message.")
    # Its endpoint is locked, as for everybody who writes messages: locked itself first, it would have this
    # wait for whoever notes results, and them for this.
    endpoint = _locked(message.endpoint_id)
    _wake(endpoint)
    message.state, message.attempts, message.next_at = Message.State.WAITING, 0, clock.now()
    message.save(update_fields=["state", "attempts", "next_at"])
    _journal("WebhookSentAgain", endpoint, by=actor, message_id=message.pk)
    return message


def _wake(endpoint: Endpoint) -> None:
    """Whoever asks for a message to be sent does not wait for the end of a rest."""
    if endpoint.state != Endpoint.State.ON:
        raise Conflict("This webhook is not on. Resume it first.")
    endpoint.rests_until = None
    endpoint.save(update_fields=["rests_until"])


@transaction.atomic
def note_results(*, endpoint_id: int, results: Sequence[Result], began_at: datetime) -> None:
    """What became of one batch. Killed before this, it is sent once more, with the same webhook-ids.

    Of a webhook that was removed meanwhile nothing is kept.
    """
    try:
        endpoint = _locked(endpoint_id)
    except NotFound:
        return
    moment = clock.now()
    messages = Message.objects.select_for_update().in_bulk([one.message_id for one in results])
    known = [one for one in results if one.message_id in messages]
    Attempt.objects.bulk_create(
        Attempt(
            message_id=one.message_id,
            at=began_at,
            status=one.status,
            trouble=one.trouble or "",
            duration_ms=one.duration_ms,
        )
        for one in known
    )
    for one in known:
        _step(messages[one.message_id], one, moment)
    Message.objects.bulk_update(messages.values(), ["state", "attempts", "next_at"])
    _note_health(endpoint, known, moment)


def _step(message: Message, result: Result, moment: datetime) -> None:
    message.attempts += 1
    if result.trouble is None:
        message.state = Message.State.SENT
        return
    wait = rules.wait_after(message.attempts)
    if wait is None:
        message.state = Message.State.FAILED
        return
    message.next_at = moment + wait


def _note_health(endpoint: Endpoint, results: Sequence[Result], moment: datetime) -> None:
    if any(one.trouble is None for one in results):
        endpoint.failing_since, endpoint.rests_until, endpoint.rests = None, None, 0
    elif results:
        endpoint.failing_since = endpoint.failing_since or moment
        more_waits = Message.objects.filter(
            endpoint=endpoint, state=Message.State.WAITING, next_at__lte=moment
        ).exists()
        if more_waits:
            endpoint.rests += 1
            endpoint.rests_until = moment + rules.rest_after(endpoint.rests)
    endpoint.save(update_fields=["failing_since", "rests_until", "rests"])
    gone = any(one.status == _GONE for one in results)
    tired = endpoint.failing_since is not None and moment - endpoint.failing_since >= rules.GIVES_UP_AFTER
    if endpoint.state == Endpoint.State.ON and (gone or tired):
        _set_state(endpoint, Endpoint.State.BROKEN)
        _journal("WebhookSwitchedOff", endpoint, by=DELIVERY, said_gone=gone)


def remove_old_events(*, before: datetime) -> int:
    """With their messages and attempts; how many."""
    removed = 0
    while ids := list(old_events(before=before).values_list("pk", flat=True)[:10_000]):
        Event.objects.filter(pk__in=ids).delete()
        removed += len(ids)
    return removed


def _take_up_reading() -> None:
    """Nobody is told of what happened before they asked to be."""
    if Endpoint.objects.filter(state=Endpoint.State.ON).exists():
        announcing.read_on()
    else:
        announcing.start_reading()


def _may_tell(url: str, events: Sequence[str]) -> None:
    allowed = settings.WEBHOOKS_TO_PRIVATE
    rules.may_tell(url=url, events=events, private_allowed=allowed).or_raise(Refused)


def _locked(endpoint_id: int) -> Endpoint:
    endpoint = Endpoint.objects.select_for_update().filter(pk=endpoint_id).first()
    if endpoint is None or endpoint.state == Endpoint.State.REMOVED:
        raise NotFound("There is no such webhook.")
    return endpoint


def _set_state(endpoint: Endpoint, state: Endpoint.State) -> None:
    endpoint.state = state
    endpoint.save(update_fields=["state"])


def _journal(
    event: str, endpoint: Endpoint, *, by: Actor, **detail: str | int | bool | Sequence[str]
) -> None:
    journal.record(
        event,
        by=by,
        subject_type="webhook",
        subject_id=endpoint.pk,
        detail={"name": endpoint.name, **detail},
    )
