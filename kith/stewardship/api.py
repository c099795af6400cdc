"""Who is who, changed by other systems: preview, carry out, take back, and what waits."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final, cast

from ninja import Query, Router, Status

from kith.access.permissions import Permission
from kith.grouping import lineage
from kith.grouping.models import Move
from kith.grouping.outcome import ContactAfter, Outcome
from kith.grouping.previewing import preview
from kith.sources.models import SourceRecord
from kith.stewardship import operations as listing
from kith.stewardship import requests as waiting
from kith.stewardship.models import Request
from kith.stewardship.naming import intent_of
from kith.stewardship.requests import Asked, ask, cancel
from kith.stewardship.schemas import (
    AlongOut,
    ContactAfterOut,
    EarlierDecisionOut,
    GoldenChangeOut,
    MovedOut,
    MoveOut,
    OperationIn,
    OperationKind,
    OperationMade,
    OperationOut,
    OperationsAsked,
    PreviewIn,
    PreviewOut,
    RequestCancelled,
    RequestOut,
    RequestsAsked,
    RequestState,
    RetirementOut,
)
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
    answers,
    falling,
    only_asks,
    rising,
)

operations: Final = Router(tags=["operations"])
requests: Final = Router(tags=["requests"])
MOST_NAMED: Final = 100


@operations.post(
    "/preview",
    summary="Preview a change of who is who",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(PreviewOut, *WITH_BODY, *WITH_ID),
)
@only_asks
def preview_operation(request: ApiRequest, asked: PreviewIn) -> PreviewOut:
    """Group, ungroup, split, move, keep apart or undo: what there would be afterwards. Nothing is changed."""
    return _preview(preview(actor=request.auth, intent=intent_of(asked.change)))


@operations.post(
    "",
    summary="Change who is who",
    auth=with_key(Permission.CONTACT_GROUP),
    response={
        **answers(OperationMade, *WITH_BODY, *WITH_ID, *CHANGES, status=HTTPStatus.CREATED),
        int(HTTPStatus.ACCEPTED): OperationMade,
    },
)
def make_operation(request: ApiRequest, asked: OperationIn) -> Status[OperationMade]:
    """Group, ungroup, split, move, keep apart or undo, at once: 201.

    Where changes wait, for the overnight run or for a second person, it is a request: 202.
    """
    done = ask(
        actor=request.auth,
        intent=intent_of(asked.change),
        reason=asked.reason,
        seen=asked.seen,
        lift=asked.lift,
    )
    return Status(HTTPStatus.CREATED if done.operation else HTTPStatus.ACCEPTED, _made(done))


@operations.get(
    "",
    summary="List operations",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(Listed[OperationOut], *WITH_QUERY),
)
def list_operations(
    request: ApiRequest, asked: Query[OperationsAsked], paging: Query[Paging]
) -> Listed[OperationOut]:
    """Every change of who is who, of people, systems and runs; the newest first."""
    search = listing.OperationSearch(kind=asked.kind or "", group_id=asked.group_id)
    page = falling(search.rows(actor=request.auth), paging)
    return Listed[OperationOut](items=[_operation(one) for one in listing.listed(page.rows)], next=page.next)


@operations.get(
    "/{operation_id}",
    summary="Open an operation",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(OperationOut, *WITH_ID),
)
def open_operation(request: ApiRequest, operation_id: Id) -> OperationOut:
    """To take it back, send an operation of the kind `undo`."""
    (found,) = listing.listed([listing.opened(operation_id, actor=request.auth)])
    return _operation(found)


@operations.get(
    "/{operation_id}/moves",
    summary="What an operation moved",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(Listed[MoveOut], *WITH_QUERY, *WITH_ID),
)
def list_moves(request: ApiRequest, operation_id: Id, paging: Query[Paging]) -> Listed[MoveOut]:
    """Each System Ref that it took from one GroupID to another."""
    found = listing.opened(operation_id, actor=request.auth)
    page = rising(listing.moves_of(found), paging)
    records = lineage.records_by_id([move.record_id for move in page.rows])
    return Listed[MoveOut](items=[_move(one, records[one.record_id]) for one in page.rows], next=page.next)


@requests.get(
    "",
    summary="List requests",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(Listed[RequestOut], *WITH_QUERY),
)
def list_requests(
    request: ApiRequest, asked: Query[RequestsAsked], paging: Query[Paging]
) -> Listed[RequestOut]:
    """Changes that wait, and what became of them; the newest first."""
    rows = waiting.requests(actor=request.auth, state=asked.state or "", kind=asked.kind or "")
    page = falling(rows, paging)
    items = [_request(waiting.shown(one, actor=request.auth)) for one in page.rows]
    return Listed[RequestOut](items=items, next=page.next)


@requests.get(
    "/{request_id}",
    summary="Open a request",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(RequestOut, *WITH_ID),
)
def open_request(request: ApiRequest, request_id: Id) -> RequestOut:
    found = waiting.request_of(request_id, actor=request.auth)
    return _request(waiting.shown(found, actor=request.auth))


@requests.post(
    "/{request_id}/cancel",
    summary="Cancel a request",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(RequestCancelled, *WITH_ID, *CHANGES),
)
def cancel_request(request: ApiRequest, request_id: Id) -> RequestCancelled:
    """Until the overnight run, or the second person, has begun with it."""
    found = cancel(actor=request.auth, request_id=request_id)
    return RequestCancelled(id=found.pk, state=_state(found))


def _preview(outcome: Outcome) -> PreviewOut:
    return PreviewOut(
        allowed=bool(outcome.allowed),
        reasons=list(outcome.allowed.reasons),
        contacts=[_after(one) for one in outcome.contacts],
        contact_count=outcome.contact_count,
        retired=[RetirementOut(group_id=one.group_id, successor=one.successor) for one in outcome.retired],
        returns=list(outcome.returns),
        lifted=[
            EarlierDecisionOut(
                operation_id=one.operation_id,
                verdict=one.verdict,
                by=one.by,
                at=one.at,
                reason=one.reason,
                pairs=one.pairs,
            )
            for one in outcome.lifted
        ],
        warnings=list(outcome.warnings),
        cannot=list(outcome.cannot),
        moved=MovedOut(
            system_refs=outcome.moved.system_refs,
            transactions=outcome.moved.transactions,
            along=[AlongOut(label=one.label, number=one.number) for one in outcome.moved.along],
        ),
        seen=outcome.seen,
    )


def _after(contact: ContactAfter) -> ContactAfterOut:
    return ContactAfterOut(
        group_id=contact.group_id,
        name=contact.name,
        record_ids=list(contact.record_ids),
        golden=contact.golden,
        changes=[
            GoldenChangeOut(field=one.field, before=one.before, after=one.after, lost=list(one.lost))
            for one in contact.changes
        ],
        protections=list(contact.protections),
    )


def _made(done: Asked) -> OperationMade:
    group_ids, retired = listing.said_of(done.operation.pk) if done.operation else ((), ())
    return OperationMade(
        state="done" if done.operation else "waiting",
        operation_id=done.operation.pk if done.operation else None,
        request_id=done.request.pk if done.request else None,
        group_ids=list(group_ids),
        retired=list(retired),
    )


def _operation(listed: listing.ListedOperation) -> OperationOut:
    one = listed.operation
    return OperationOut(
        id=one.pk,
        kind=cast(OperationKind, one.kind),
        at=one.at,
        by=one.actor,
        reason=one.reason,
        run_id=one.run_id,
        undoes=one.undoes_id,
        undone_by=one.undone_by_id,
        group_ids=list(listed.group_ids),
    )


def _move(move: Move, record: SourceRecord) -> MoveOut:
    return MoveOut(
        source=record.source.code,
        system_ref=record.system_ref,
        record_id=record.pk,
        from_group_id=move.from_contact_id or 0,
        to_group_id=move.to_contact_id,
    )


def _state(request: Request) -> RequestState:
    return cast(RequestState, request.state)


def _request(shown: waiting.ShownRequest) -> RequestOut:
    one = shown.request
    return RequestOut(
        id=one.pk,
        kind=one.kind,
        state=_state(one),
        words=shown.words,
        group_ids=list(shown.contact_ids),
        reason=one.reason,
        asked_by=one.asked_as,
        asked_at=one.asked_at,
        closed_at=one.closed_at,
        failure=one.failure,
        operation_id=one.operation_id,
        run_id=one.run_id,
    )
