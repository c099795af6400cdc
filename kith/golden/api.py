"""Golden values for other systems: what people say of them, and what sources should be told."""

from __future__ import annotations

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from http import HTTPStatus
from typing import Final, cast

from ninja import Query, Router, Status

from kith.access.permissions import Permission
from kith.contacts import queries, trail
from kith.golden import actions, corrections, said
from kith.golden.corrections import Correction, Task
from kith.golden.rules import custom_code
from kith.golden.schemas import (
    CorrectionOut,
    CorrectionsAsked,
    CorrectionsPaging,
    FieldInPath,
    GoldenValues,
    KeyIn,
    Mode,
    OverrideIn,
    OverrideMade,
    OverrideWithdrawn,
    PrimaryIn,
    PrimaryMade,
    StandardField,
    Told,
    ToldIn,
    ToldOut,
    ValueTakenBack,
)
from kith.sources.queries import source_of_code
from kith.users.key_door import with_key
from kith.web.api import CHANGES, WITH_BODY, WITH_ID, WITH_QUERY, ApiRequest, Id, Listed, answers

golden_values: Final = Router(tags=["golden values"])
golden_overrides: Final = Router(tags=["golden values"])
tell_sources: Final = Router(tags=["corrections"])


@golden_values.get(
    "/{group_id}/golden-values",
    summary="Open the golden values of a contact",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(GoldenValues, *WITH_ID),
)
def open_golden_values(request: ApiRequest, group_id: Id) -> GoldenValues:
    """Every golden field that a contact of its kind can have: the value and who said it, what people say of
    it, and what other System Refs say (of the first 200).
    """
    contact = queries.opened(group_id, actor=request.auth)
    trail.viewed(contact.pk, by=request.auth, through="API")
    return said.golden_values(contact, queries.records_of(contact))


@golden_values.post(
    "/{group_id}/golden-values/{field}",
    summary="Override a golden value",
    auth=with_key(Permission.CONTACT_EDIT),
    response={
        **answers(OverrideMade, *WITH_BODY, *WITH_ID, *CHANGES, status=HTTPStatus.CREATED),
        int(HTTPStatus.ACCEPTED): OverrideMade,
    },
)
def override_golden_value(
    request: ApiRequest, group_id: Id, field: FieldInPath, given: OverrideIn
) -> Status[OverrideMade]:
    """Say what a golden field is, at once: 201. Where edits wait for the overnight run: 202.

    Of a list it adds a value, and makes it the primary one. The value is cleaned as any claim is.
    """
    made = actions.override(
        actor=request.auth,
        contact_id=group_id,
        field=field,
        value=given.value,
        mode=given.mode,
        note=given.note.strip(),
        leads=given.leads,
        instead_of=given.instead_of,
        seen=given.seen,
    )
    waits = made.state == made.State.PENDING
    answer = OverrideMade(
        id=made.pk,
        group_id=group_id,
        field="custom" if custom_code(field) else cast(StandardField, field),
        mode=cast(Mode, made.mode),
        state="pending" if waits else "in_force",
    )
    return Status(HTTPStatus.ACCEPTED if waits else HTTPStatus.CREATED, answer)


@golden_values.put(
    "/{group_id}/primary",
    summary="Make a System Ref primary",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(PrimaryMade, *WITH_BODY, *WITH_ID, *CHANGES),
)
def make_system_ref_primary(request: ApiRequest, group_id: Id, given: PrimaryIn) -> PrimaryMade:
    """Its details win wherever the golden record rules ask for the primary System Ref."""
    actions.make_primary(actor=request.auth, contact_id=group_id, record_id=given.record_id)
    return PrimaryMade(group_id=group_id, record_id=given.record_id)


@golden_overrides.post(
    "/{override_id}/withdraw",
    summary="Withdraw an override",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(OverrideWithdrawn, *WITH_ID, *CHANGES),
)
def withdraw_override(request: ApiRequest, override_id: Id) -> OverrideWithdrawn:
    """What the sources say counts again; a pending one never comes into force. 409: it has ended already."""
    actions.withdraw_override(actor=request.auth, override_id=override_id)
    return OverrideWithdrawn(id=override_id, state="ended")


@golden_overrides.post(
    "/{override_id}/take-back",
    summary="Take back one value of a list",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(ValueTakenBack, *WITH_BODY, *WITH_ID, *CHANGES),
)
def take_back_golden_value(request: ApiRequest, override_id: Id, given: KeyIn) -> ValueTakenBack:
    """Of the e-mails, phones or addresses that people typed or chose one goes, the others stay."""
    left = actions.take_back_value(actor=request.auth, override_id=override_id, key=given.key)
    return ValueTakenBack(override_id=left)


@tell_sources.get(
    "",
    summary="List corrections",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(Listed[CorrectionOut], *WITH_QUERY),
)
def list_corrections(
    request: ApiRequest, asked: Query[CorrectionsAsked], paging: Query[CorrectionsPaging]
) -> Listed[CorrectionOut]:
    """What sources should be told: where they say otherwise than a person; the oldest override first."""
    found = corrections.behind(
        _task(paging.cursor),
        actor=request.auth,
        size=paging.size + 1,
        source_id=source_of_code(asked.source).pk if asked.source else None,
        told=asked.told,
    )
    shown = found[: paging.size]
    cursor = _cursor(shown[-1].task) if len(found) > paging.size else None
    return Listed[CorrectionOut](items=[_correction(one) for one in shown], next=cursor)


@tell_sources.post(
    "/told",
    summary="Mark corrections as told",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(ToldOut, *WITH_BODY, *CHANGES),
)
def mark_told(request: ApiRequest, given: ToldIn) -> ToldOut:
    """The source knows; it is listed again when either side says something else."""
    tasks = [Task(one.override_id, one.record_id) for one in given.corrections]
    return ToldOut(told=actions.mark_told(actor=request.auth, tasks=tasks))


def _task(cursor: str) -> Task | None:
    if not cursor:
        return None
    override_id, record_id = struct.unpack(">qq", urlsafe_b64decode(f"{cursor}=="))
    return Task(int(override_id), int(record_id))


def _cursor(task: Task) -> str:
    return urlsafe_b64encode(struct.pack(">qq", task.override_id, task.record_id)).decode().rstrip("=")


def _correction(one: Correction) -> CorrectionOut:
    return CorrectionOut(
        source=one.source.code,
        system_ref=one.system_ref,
        override_id=one.task.override_id,
        record_id=one.task.record_id,
        group_id=one.group_id,
        field=one.field,
        label=one.label,
        says=one.says,
        right=one.right,
        by=one.override.actor,
        at=one.override.made_at,
        note=one.override.note,
        told=Told(by=one.told.actor, at=one.told.at) if one.told else None,
    )
