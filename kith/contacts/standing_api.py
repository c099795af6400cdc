"""Suppressions of a contact, for other systems: who must not be reached, and why."""

from __future__ import annotations

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Final, Literal, cast

from ninja import Field, Router, Schema, Status
from pydantic import StringConstraints

from kith.access.permissions import Permission
from kith.contacts import actions, queries
from kith.contacts.standing import Protection, standing_of
from kith.contacts.suppressions.asked import actions as asked
from kith.users.key_door import with_key
from kith.web.api import CHANGES, WITH_BODY, WITH_ID, ApiRequest, Id, In, answers

contact_suppressions: Final = Router(tags=["suppressions"])

ReasonByHand = Literal["manual", "opt_out", "bounced", "imported", "restricted", "deceased"]
Reason = ReasonByHand | Literal["anonymised"]
Scope = Literal["all", "email", "phone", "post"]
Note = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]


class SuppressionOut(Schema):
    id: int
    reason: Reason
    scope: Scope
    deceased_on: date | None
    ends_on: date | None
    source: str
    known_by: Literal["", "email", "phone"] = Field(
        description="By an e-mail or a phone that is suppressed itself; empty: it was said of the contact."
    )
    note: str
    by: str
    at: datetime


class SuppressionsOut(Schema):
    items: list[SuppressionOut] = Field(
        description="The oldest first. Empty: the contact may be reached. `restricted`: its processing is"
        " restricted; it is not changed either."
    )


class SuppressionIn(In):
    reason: ReasonByHand
    scope: Scope = Field("all", description="Which channel it forbids.")
    deceased_on: date | None = Field(None, description="With the reason `deceased`, where it is known.")
    ends_on: date | None = Field(
        None, description="Its last day, with the reasons `manual`, `bounced` and `imported`."
    )
    source: Annotated[str, StringConstraints(max_length=60, pattern=r"^[^\x00]*$")] = Field(
        "", description="Where it comes from."
    )
    note: Note = Field("", description="Who asked for it, when, how.")


class SuppressionLiftIn(In):
    note: Note = Field(description="Who asked to be reached again, when, how.")
    person_told: bool = Field(
        default=False,
        description="With the reason `restricted`, which is not lifted without it: the person was told before"
        " (Art. 18 (3) of the GDPR).",
    )


class SuppressionChanged(Schema):
    group_id: int
    suppression_id: int
    waits: bool = Field(description="It is done by the overnight run.")


@contact_suppressions.get(
    "/{group_id}/suppressions",
    summary="List the suppressions of a contact",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(SuppressionsOut, *WITH_ID),
)
def list_suppressions(request: ApiRequest, group_id: Id) -> SuppressionsOut:
    """With any of them the contact must not be contacted; `restricted` allows what the law demands."""
    contact = queries.opened(group_id, actor=request.auth)
    return SuppressionsOut(items=[_out(one) for one in standing_of([contact.pk])[contact.pk]])


@contact_suppressions.post(
    "/{group_id}/suppressions",
    summary="Suppress a contact",
    auth=with_key(Permission.CONTACT_SUPPRESS),
    response=answers(SuppressionChanged, *WITH_BODY, *WITH_ID, *CHANGES, status=HTTPStatus.CREATED),
)
def suppress_contact(request: ApiRequest, group_id: Id, given: SuppressionIn) -> Status[SuppressionChanged]:
    """At once, on every System Ref of the contact, wherever it goes."""
    made = actions.suppress(actor=request.auth, contact_id=group_id, **given.dict())
    changed = SuppressionChanged(group_id=group_id, suppression_id=made.pk, waits=False)
    return Status(HTTPStatus.CREATED, changed)


@contact_suppressions.post(
    "/{group_id}/suppressions/{suppression_id}/lift",
    summary="Unflag a suppression",
    auth=with_key(Permission.CONTACT_SUPPRESS),
    response=answers(SuppressionChanged, *WITH_BODY, *WITH_ID, *CHANGES),
)
def lift_suppression(
    request: ApiRequest, group_id: Id, suppression_id: Id, given: SuppressionLiftIn
) -> SuppressionChanged:
    """The System Refs that the contact has now carry it no more, at once or from the overnight run on."""
    waiting = asked.ask_lift(
        actor=request.auth, contact_id=group_id, suppression_id=suppression_id, **given.dict()
    )
    return SuppressionChanged(group_id=group_id, suppression_id=suppression_id, waits=waiting is not None)


def _out(one: Protection) -> SuppressionOut:
    return SuppressionOut(
        id=one.suppression_id,
        reason=cast("Reason", one.reason),
        scope=cast("Scope", one.scope),
        deceased_on=one.deceased_on,
        ends_on=one.ends_on,
        source=one.source,
        known_by=cast('Literal["", "email", "phone"]', one.known_by),
        note=one.note,
        by=one.by,
        at=one.at,
    )
