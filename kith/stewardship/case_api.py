"""Stewardship cases for other systems: what failed or needs a person, and working on it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final, cast

from ninja import Query, Router, Status

from kith.access.models import User
from kith.access.permissions import Permission
from kith.stewardship import actions
from kith.stewardship import cases as listing
from kith.stewardship.case_schemas import (
    CaseChanged,
    CaseIn,
    CaseKind,
    CaseNoteAdded,
    CaseNoteOut,
    CaseOut,
    CaseOwner,
    CasesAsked,
    CaseState,
    NoteIn,
    OwnerIn,
    ResolveIn,
)
from kith.stewardship.models import Case, CaseNote
from kith.stewardship.stewards import stewards
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
    part_of,
    rising,
)

cases: Final = Router(tags=["cases"])


@cases.get(
    "",
    summary="List cases",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(Listed[CaseOut], *WITH_QUERY),
)
def list_cases(request: ApiRequest, asked: Query[CasesAsked], paging: Query[Paging]) -> Listed[CaseOut]:
    """What failed or needs a person, the newest first."""
    rows = listing.cases(
        actor=request.auth,
        state=asked.state or "",
        kind=asked.kind or "",
        owner="nobody" if asked.unowned else str(asked.owner_id or ""),
        contact_id=asked.group_id,
    )
    page = falling(rows.select_related("resolved_by"), paging)
    return Listed[CaseOut](items=[_case(one) for one in page.rows], next=page.next)


@cases.get(
    "/owners",
    summary="Who may work on cases",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(Listed[CaseOwner], *WITH_QUERY),
)
def list_case_owners(request: ApiRequest, paging: Query[Paging]) -> Listed[CaseOwner]:
    """By name."""
    people = list(stewards())
    page = part_of(range(len(people)), paging)
    return Listed[CaseOwner](items=[_owner(people[place]) for place in page.rows], next=page.next)


@cases.get(
    "/{case_id}",
    summary="Open a case",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(CaseOut, *WITH_ID),
)
def open_case(request: ApiRequest, case_id: Id) -> CaseOut:
    return _case(listing.case_of(case_id, actor=request.auth))


@cases.get(
    "/{case_id}/notes",
    summary="List the notes of a case",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(Listed[CaseNoteOut], *WITH_QUERY, *WITH_ID),
)
def list_case_notes(request: ApiRequest, case_id: Id, paging: Query[Paging]) -> Listed[CaseNoteOut]:
    """The oldest first."""
    page = rising(listing.notes_of(listing.case_of(case_id, actor=request.auth)), paging)
    return Listed[CaseNoteOut](items=[_note(one) for one in page.rows], next=page.next)


@cases.post(
    "",
    summary="Ask a person",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(CaseChanged, *WITH_BODY, *WITH_ID, *CHANGES, status=HTTPStatus.CREATED),
)
def ask_for_help(request: ApiRequest, given: CaseIn) -> Status[CaseChanged]:
    """Open a case by hand, about a contact or about none."""
    made = actions.ask_for_help(
        actor=request.auth, title=given.title.strip(), text=given.text, contact_id=given.group_id
    )
    return Status(HTTPStatus.CREATED, _changed(made))


@cases.post(
    "/{case_id}/notes",
    summary="Add a note to a case",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(CaseNoteAdded, *WITH_BODY, *WITH_ID, *CHANGES, status=HTTPStatus.CREATED),
)
def add_case_note(request: ApiRequest, case_id: Id, given: NoteIn) -> Status[CaseNoteAdded]:
    """To a resolved one too. Notes are never changed."""
    note = actions.add_note(actor=request.auth, case_id=case_id, text=given.text)
    return Status(HTTPStatus.CREATED, CaseNoteAdded(id=note.pk, case_id=note.case_id))


@cases.post(
    "/{case_id}/owner",
    summary="Give a case to somebody",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(CaseChanged, *WITH_BODY, *WITH_ID, *CHANGES),
)
def assign_case(request: ApiRequest, case_id: Id, given: OwnerIn) -> CaseChanged:
    """A key is no person and owns no case: it takes one for a user."""
    return _changed(actions.assign_case(actor=request.auth, case_id=case_id, owner_id=given.owner_id))


@cases.post(
    "/{case_id}/resolve",
    summary="Resolve a case",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(CaseChanged, *WITH_BODY, *WITH_ID, *CHANGES),
)
def resolve_case(request: ApiRequest, case_id: Id, given: ResolveIn) -> CaseChanged:
    """It is done with; 422 where it is already."""
    return _changed(actions.resolve_case(actor=request.auth, case_id=case_id, text=given.text))


@cases.post(
    "/{case_id}/reopen",
    summary="Reopen a case",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(CaseChanged, *WITH_ID, *CHANGES),
)
def reopen_case(request: ApiRequest, case_id: Id) -> CaseChanged:
    """422 while it is open, or another about the same is."""
    return _changed(actions.reopen_case(actor=request.auth, case_id=case_id))


def _case(one: Case) -> CaseOut:
    return CaseOut(
        id=one.pk,
        kind=cast(CaseKind, one.kind),
        title=one.title,
        state=_state(one),
        owner=_owner(one.owner) if one.owner else None,
        group_id=one.contact_id,
        request_id=one.request_id,
        run_id=one.run_id,
        operation_id=one.operation_id,
        opened_at=one.opened_at,
        opened_by=one.opened_as,
        resolved_at=one.resolved_at,
        resolved_by=one.resolved_by.name if one.resolved_by else None,
    )


def _changed(one: Case) -> CaseChanged:
    return CaseChanged(id=one.pk, state=_state(one), owner_id=one.owner_id)


def _state(one: Case) -> CaseState:
    return cast(CaseState, one.state)


def _owner(user: User) -> CaseOwner:
    return CaseOwner(id=user.pk, name=user.name)


def _note(one: CaseNote) -> CaseNoteOut:
    return CaseNoteOut(id=one.pk, by=one.author_name, at=one.at, text=one.text)
