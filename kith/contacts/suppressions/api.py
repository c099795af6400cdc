"""Suppressed e-mails and phones, for other systems: a newsletter's opt-outs, bounces."""

from __future__ import annotations

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Final, Literal, cast

from ninja import Field, Query, Router, Schema, Status
from pydantic import StringConstraints

from kith.access.permissions import Permission
from kith.contacts.suppressions import actions, value_queries
from kith.contacts.suppressions.actions import Because
from kith.contacts.suppressions.models import SuppressedValue
from kith.contacts.suppressions.value_queries import AskedValues
from kith.users.key_door import with_key
from kith.web.api import (
    CHANGES,
    WITH_BODY,
    WITH_ID,
    WITH_QUERY,
    ApiRequest,
    Id,
    In,
    Listed,
    Paging,
    answers,
    falling,
)

suppressed_values: Final = Router(tags=["suppressions"])

Kind = Literal["email", "phone"]
Reason = Literal["manual", "opt_out", "bounced", "imported"]
Scope = Literal["all", "email", "phone", "post"]
Text = Annotated[str, StringConstraints(max_length=254, pattern=r"^[^\x00]*$")]
Source = Annotated[str, StringConstraints(max_length=60, pattern=r"^[^\x00]*$")]
Note = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]


class SuppressedValueOut(Schema):
    id: int
    kind: Kind
    value: str = Field(description="Empty: somebody who had it was anonymised. It goes on working.")
    reason: Reason
    scope: Scope
    ends_on: date | None
    source: str
    note: str
    by: str
    at: datetime


class SuppressedValueIn(In):
    value: Text = Field(description="An e-mail, or a phone with + and its country code.")
    reason: Reason
    scope: Scope = Field("all", description="Which channel it forbids.")
    ends_on: date | None = Field(None, description="Its last day; not with the reason `opt_out`.")
    source: Source = Field("", description="Where it comes from.")
    note: Note = Field("", description="Who asked for it, when, how.")


class SuppressedValueLiftIn(In):
    note: Note = Field(description="Who asked to be reached again, when, how.")


class SuppressedValueChanged(Schema):
    id: int


@suppressed_values.get(
    "",
    summary="List suppressed e-mails and phones",
    auth=with_key(Permission.PRIVACY_VIEW),
    response=answers(Listed[SuppressedValueOut], *WITH_QUERY),
)
def list_suppressed_values(request: ApiRequest, paging: Query[Paging]) -> Listed[SuppressedValueOut]:
    """Those in force, the newest first."""
    page = falling(value_queries.values(AskedValues(), actor=request.auth), paging)
    return Listed[SuppressedValueOut](items=[_out(one) for one in page.rows], next=page.next)


@suppressed_values.post(
    "",
    summary="Suppress an e-mail or a phone",
    auth=with_key(Permission.CONTACT_SUPPRESS),
    response=answers(SuppressedValueChanged, *WITH_BODY, *CHANGES, status=HTTPStatus.CREATED),
)
def add_suppressed_value(request: ApiRequest, given: SuppressedValueIn) -> Status[SuppressedValueChanged]:
    """Whoever has it is suppressed at once, and whoever gets it later."""
    said = given.dict()
    value = said.pop("value")
    made = actions.suppress_value(actor=request.auth, value=value, because=Because(**said))
    return Status(HTTPStatus.CREATED, SuppressedValueChanged(id=made.pk))


@suppressed_values.post(
    "/{value_id}/lift",
    summary="Unflag an e-mail or a phone",
    auth=with_key(Permission.CONTACT_SUPPRESS),
    response=answers(SuppressedValueChanged, *WITH_BODY, *WITH_ID, *CHANGES),
)
def lift_suppressed_value(
    request: ApiRequest, value_id: Id, given: SuppressedValueLiftIn
) -> SuppressedValueChanged:
    """Whoever was suppressed by it no longer is, unless by something else too."""
    actions.lift_value(actor=request.auth, value_id=value_id, note=given.note)
    return SuppressedValueChanged(id=value_id)


def _out(one: SuppressedValue) -> SuppressedValueOut:
    why = one.suppression
    return SuppressedValueOut(
        id=one.pk,
        kind=cast("Kind", one.kind),
        value=one.value,
        reason=cast("Reason", why.reason),
        scope=cast("Scope", why.scope),
        ends_on=why.ends_on,
        source=why.source,
        note=why.note,
        by=why.actor,
        at=why.at,
    )
