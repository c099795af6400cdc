"""Bulk changes for other systems: preview, ask, look, cancel, undo."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final, cast

from django.db import transaction
from ninja import Query, Router, Status

from kith.access.permissions import Permission
from kith.find.bulk import actions, queries, tasks
from kith.find.bulk.models import BulkChange
from kith.find.bulk.schemas import (
    BulkChangeIn,
    BulkChangeOut,
    BulkChangeState,
    BulkPreview,
    Kind,
    State,
)
from kith.jobs.models import Progress
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
)

bulk_changes: Final = Router(tags=["bulk changes"])


@bulk_changes.get(
    "",
    summary="List bulk changes",
    auth=with_key(Permission.CONTACT_BULK),
    response=answers(Listed[BulkChangeOut], *WITH_QUERY),
)
def list_bulk_changes(request: ApiRequest, paging: Query[Paging]) -> Listed[BulkChangeOut]:
    """Of everybody, the newest first."""
    page = falling(queries.bulk_changes(actor=request.auth), paging)
    progress = queries.progress_of([one.pk for one in page.rows])
    return Listed[BulkChangeOut](items=[_out(one, progress.get(one.pk)) for one in page.rows], next=page.next)


@bulk_changes.post(
    "/preview",
    summary="Preview a bulk change",
    auth=with_key(Permission.CONTACT_BULK),
    response=answers(BulkPreview, *WITH_BODY, *WITH_ID),
)
@only_asks
def preview_bulk_change(request: ApiRequest, asked: BulkChangeIn) -> BulkPreview:
    """How many it would change, how many have it already, on how many it cannot be made."""
    found = queries.previewed(asked.search, actor=request.auth, kind=asked.kind, value=asked.value)
    cannot = found.total - found.changed - found.same
    return BulkPreview(total=found.total, would_change=found.changed, have_it=found.same, cannot=cannot)


@bulk_changes.post(
    "",
    summary="Ask for a bulk change",
    auth=with_key(Permission.CONTACT_BULK),
    response=answers(BulkChangeState, *WITH_BODY, *WITH_ID, *CHANGES, status=HTTPStatus.ACCEPTED),
)
def ask_bulk_change(request: ApiRequest, asked: BulkChangeIn) -> Status[BulkChangeState]:
    """On everybody the search finds at this moment. It is made in the background, and can be undone."""
    with transaction.atomic():
        change = actions.ask_bulk_change(
            actor=request.auth,
            token=asked.search,
            kind=BulkChange.Kind(asked.kind),
            value=asked.value,
        )
        tasks.start(change)
    return Status(HTTPStatus.ACCEPTED, _state(change))


@bulk_changes.get(
    "/{change_id}",
    summary="Open a bulk change",
    auth=with_key(Permission.CONTACT_BULK),
    response=answers(BulkChangeOut, *WITH_ID),
)
def open_bulk_change(request: ApiRequest, change_id: Id) -> BulkChangeOut:
    """How far it is, and what came of it."""
    change = queries.opened(change_id, actor=request.auth)
    return _out(change, queries.progress_of([change.pk]).get(change.pk))


@bulk_changes.post(
    "/{change_id}/cancel",
    summary="Cancel a bulk change",
    auth=with_key(Permission.CONTACT_BULK),
    response=answers(BulkChangeState, *WITH_ID, *CHANGES),
)
def cancel_bulk_change(request: ApiRequest, change_id: Id) -> BulkChangeState:
    """What is changed already stays, and can be undone; it may still say `running` for a moment."""
    return _state(actions.cancel(actor=request.auth, change_id=change_id))


@bulk_changes.post(
    "/{change_id}/undo",
    summary="Undo a bulk change",
    auth=with_key(Permission.CONTACT_BULK),
    response=answers(BulkChangeState, *WITH_ID, *CHANGES, status=HTTPStatus.ACCEPTED),
)
def undo_bulk_change(request: ApiRequest, change_id: Id) -> Status[BulkChangeState]:
    """In the background, wherever nobody changed it again since."""
    with transaction.atomic():
        change = actions.ask_undo(actor=request.auth, change_id=change_id)
        tasks.start(change)
    return Status(HTTPStatus.ACCEPTED, _state(change))


def _state(change: BulkChange) -> BulkChangeState:
    return BulkChangeState(id=change.pk, state=cast(State, str(change.state)))


def _out(change: BulkChange, progress: Progress | None) -> BulkChangeOut:
    return BulkChangeOut(
        id=change.pk,
        kind=cast(Kind, change.kind),
        value=change.value,
        state=cast(State, change.state),
        words=change.words,
        total=change.total,
        changed=change.changed_count,
        had_it=change.same_count,
        refused=change.refused_count,
        kept=change.kept_count,
        done=progress.done if progress and change.state in queries.LIVE else None,
        asked_at=change.asked_at,
        finished_at=change.finished_at,
    )
