"""Webhooks for other systems: who is told of what, and what became of each message."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final, cast

from ninja import Query, Router, Status

from kith.access.permissions import Permission
from kith.delivery import actions, queries
from kith.delivery.actions import EndpointDetails
from kith.delivery.events import EventType
from kith.delivery.models import Endpoint, Message
from kith.delivery.schemas import (
    MessagesAsked,
    MessageState,
    State,
    WebhookAttempt,
    WebhookChanged,
    WebhookEditIn,
    WebhookIn,
    WebhookMessage,
    WebhookOut,
    WebhookSecret,
    WebhookTested,
)
from kith.delivery.tasks import defer_send
from kith.kernel.seen import state_of
from kith.users.key_door import with_key
from kith.web.api import (
    CHANGES,
    WITH_BODY,
    WITH_ID,
    WITH_QUERY,
    ApiRequest,
    Id,
    Listed,
    Paging,
    SeenAsked,
    answers,
    falling,
    rising,
)

webhooks: Final = Router(tags=["webhooks"])


@webhooks.get(
    "",
    summary="List webhooks",
    auth=with_key(Permission.SETTINGS_VIEW),
    response=answers(Listed[WebhookOut], *WITH_QUERY),
)
def list_webhooks(request: ApiRequest, paging: Query[Paging]) -> Listed[WebhookOut]:
    """In the order in which they were added."""
    page = rising(queries.endpoints(actor=request.auth), paging)
    return Listed[WebhookOut](items=[_out(one) for one in page.rows], next=page.next)


@webhooks.post(
    "",
    summary="Add a webhook",
    auth=with_key(Permission.SETTINGS_EDIT),
    response=answers(WebhookChanged, *WITH_BODY, *CHANGES, status=HTTPStatus.CREATED),
)
def add_webhook(request: ApiRequest, given: WebhookIn) -> Status[WebhookChanged]:
    """It is told of what happens from now on. Ask for its secret next."""
    made = actions.add_endpoint(actor=request.auth, name=given.name, url=given.url, events=_events(given))
    return Status(HTTPStatus.CREATED, _changed(made))


@webhooks.get(
    "/{webhook_id}",
    summary="Open a webhook",
    auth=with_key(Permission.SETTINGS_VIEW),
    response=answers(WebhookOut, *WITH_ID),
)
def open_webhook(request: ApiRequest, webhook_id: Id) -> WebhookOut:
    queries.endpoint_of(webhook_id, actor=request.auth)
    return _out(queries.endpoints(actor=request.auth).get(pk=webhook_id))


@webhooks.put(
    "/{webhook_id}",
    summary="Edit a webhook",
    auth=with_key(Permission.SETTINGS_EDIT),
    response=answers(WebhookChanged, *WITH_BODY, *WITH_ID, *CHANGES),
)
def edit_webhook(request: ApiRequest, webhook_id: Id, given: WebhookEditIn) -> WebhookChanged:
    """All of it at once."""
    edited = actions.edit_endpoint(
        actor=request.auth,
        endpoint_id=webhook_id,
        name=given.name,
        url=given.url,
        events=_events(given),
        seen=given.seen,
    )
    return _changed(edited)


@webhooks.delete(
    "/{webhook_id}",
    summary="Remove a webhook",
    auth=with_key(Permission.SETTINGS_EDIT),
    response=answers(WebhookChanged, *WITH_ID, *CHANGES),
)
def remove_webhook(request: ApiRequest, webhook_id: Id, asked: Query[SeenAsked]) -> WebhookChanged:
    """With its messages."""
    actions.remove_endpoint(actor=request.auth, endpoint_id=webhook_id, seen=asked.seen)
    return WebhookChanged(id=webhook_id, state="removed")


@webhooks.get(
    "/{webhook_id}/secret",
    summary="Read the secret of a webhook",
    auth=with_key(Permission.SETTINGS_EDIT),
    response=answers(WebhookSecret, *WITH_ID),
)
def read_webhook_secret(request: ApiRequest, webhook_id: Id) -> WebhookSecret:
    """With which the other system checks who sends. That it was read is written into the journal."""
    return WebhookSecret(secret=actions.tell_secret(actor=request.auth, endpoint_id=webhook_id))


@webhooks.post(
    "/{webhook_id}/secret",
    summary="Change the secret of a webhook",
    auth=with_key(Permission.SETTINGS_EDIT),
    response=answers(WebhookChanged, *WITH_ID, *CHANGES),
)
def change_webhook_secret(request: ApiRequest, webhook_id: Id) -> WebhookChanged:
    """From now on everything is signed with the new one, what waits included. Read it next."""
    return _changed(actions.change_secret(actor=request.auth, endpoint_id=webhook_id))


@webhooks.post(
    "/{webhook_id}/pause",
    summary="Pause a webhook",
    auth=with_key(Permission.SETTINGS_EDIT),
    response=answers(WebhookChanged, *WITH_ID, *CHANGES),
)
def pause_webhook(request: ApiRequest, webhook_id: Id) -> WebhookChanged:
    """Nothing is sent, and what happens meanwhile is not kept for it."""
    return _changed(actions.pause_endpoint(actor=request.auth, endpoint_id=webhook_id))


@webhooks.post(
    "/{webhook_id}/resume",
    summary="Resume a webhook",
    auth=with_key(Permission.SETTINGS_EDIT),
    response=answers(WebhookChanged, *WITH_ID, *CHANGES),
)
def resume_webhook(request: ApiRequest, webhook_id: Id) -> WebhookChanged:
    """Also after Kith switched it off; what waited is sent now."""
    resumed = actions.resume_endpoint(actor=request.auth, endpoint_id=webhook_id)
    defer_send(webhook_id)
    return _changed(resumed)


@webhooks.post(
    "/{webhook_id}/test",
    summary="Send a test",
    auth=with_key(Permission.SETTINGS_EDIT),
    response=answers(WebhookTested, *WITH_ID, *CHANGES, status=HTTPStatus.ACCEPTED),
)
def test_webhook(request: ApiRequest, webhook_id: Id) -> Status[WebhookTested]:
    """409: it is not on."""
    message_id = actions.send_test(actor=request.auth, endpoint_id=webhook_id)
    defer_send(webhook_id)
    return Status(HTTPStatus.ACCEPTED, WebhookTested(id=webhook_id, message_id=message_id))


@webhooks.get(
    "/{webhook_id}/messages",
    summary="List the messages of a webhook",
    auth=with_key(Permission.SETTINGS_VIEW),
    response=answers(Listed[WebhookMessage], *WITH_ID, *WITH_QUERY),
)
def list_webhook_messages(
    request: ApiRequest, webhook_id: Id, asked: Query[MessagesAsked], paging: Query[Paging]
) -> Listed[WebhookMessage]:
    """Of 30 days, the newest first, each with its attempts."""
    endpoint = queries.endpoint_of(webhook_id, actor=request.auth)
    page = falling(queries.messages_of(endpoint, state=asked.state or ""), paging)
    return Listed[WebhookMessage](items=[_message(one) for one in page.rows], next=page.next)


@webhooks.post(
    "/messages/{message_id}/send-again",
    summary="Send a message again",
    auth=with_key(Permission.SETTINGS_EDIT),
    response=answers(WebhookTested, *WITH_ID, *CHANGES, status=HTTPStatus.ACCEPTED),
)
def send_webhook_message_again(request: ApiRequest, message_id: Id) -> Status[WebhookTested]:
    """Now, with the same `webhook-id`, whatever became of it before."""
    message = actions.send_again(actor=request.auth, message_id=message_id)
    defer_send(message.endpoint_id)
    return Status(HTTPStatus.ACCEPTED, WebhookTested(id=message.endpoint_id, message_id=message.pk))


def _events(given: WebhookIn) -> list[str]:
    return list(dict.fromkeys(str(one) for one in given.events))


def _changed(endpoint: Endpoint) -> WebhookChanged:
    return WebhookChanged(id=endpoint.pk, state=cast(State, str(endpoint.state)))


def _out(endpoint: Endpoint) -> WebhookOut:
    """One of `queries.endpoints`."""
    return WebhookOut(
        id=endpoint.pk,
        name=endpoint.name,
        url=endpoint.url,
        events=[EventType(one) for one in endpoint.events],
        state=cast(State, endpoint.state),
        waiting=getattr(endpoint, "waiting", 0) or 0,
        failing_since=endpoint.failing_since,
        created_at=endpoint.created_at,
        seen=state_of(EndpointDetails.of(endpoint)),
    )


def _message(one: Message) -> WebhookMessage:
    waits = one.state == Message.State.WAITING
    return WebhookMessage(
        id=one.pk,
        webhook_id=one.event.webhook_id,
        type=one.event.type,
        group_id=one.event.group_id,
        state=cast(MessageState, one.state),
        at=one.event.at,
        next_at=one.next_at if waits else None,
        attempts=[
            WebhookAttempt(at=each.at, status=each.status, trouble=each.trouble, duration_ms=each.duration_ms)
            for each in one.tries.all()
        ],
    )
