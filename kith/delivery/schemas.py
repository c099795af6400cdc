"""Webhooks as the API says them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import StringConstraints

from kith.delivery.events import EventType
from kith.web.api import NAMES_STATE, SEEN, In, Seen

State = Literal["on", "paused", "broken", "removed"]
MessageState = Literal["waiting", "sent", "failed"]
Name = Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]
Address = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]


class WebhookOut(Schema):
    id: int
    name: str
    url: str
    events: list[EventType]
    state: State = Field(description="`broken`: Kith switched it off after days of nothing but failures.")
    waiting: int = Field(description="Messages that are not delivered yet.")
    failing_since: datetime | None = Field(description="The first failure since the last success.")
    created_at: datetime
    seen: str = Field(description=NAMES_STATE)


class WebhookIn(In):
    name: Name = Field(description="Once. Which system is told; the audit log names it so.")
    url: Address = Field(description="Whole: `https://crm.example.org/hooks`.")
    events: list[EventType] = Field(min_length=1, max_length=20)


class WebhookEditIn(WebhookIn):
    seen: Seen = Field("", description=SEEN)


class WebhookChanged(Schema):
    id: int
    state: State


class WebhookSecret(Schema):
    secret: str = Field(description="`whsec_…`: every message is signed with it.")


class WebhookTested(Schema):
    id: int
    message_id: int


class MessagesAsked(Schema):
    state: MessageState | None = None


class WebhookAttempt(Schema):
    at: datetime
    status: int | None = Field(description="HTTP; null: no answer came.")
    trouble: str = Field(description="Empty: delivered.")
    duration_ms: int


class WebhookMessage(Schema):
    id: int
    webhook_id: str = Field(description="As the message says it, the same for every attempt.")
    type: str
    group_id: int | None = Field(description="Null: a test.")
    state: MessageState
    at: datetime
    next_at: datetime | None = Field(description="Of one that waits: when it is tried next.")
    attempts: list[WebhookAttempt] = Field(description="The newest first.")
