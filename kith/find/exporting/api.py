"""Exports for other systems: ask, look, download."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final, cast

from django.db import transaction
from django.http import StreamingHttpResponse
from ninja import Query, Router, Status

from kith.access.permissions import Permission
from kith.contacts.may.rules import Channel, Message
from kith.find.exporting import actions, queries, serving, tasks
from kith.find.exporting.contacting import Contacting
from kith.find.exporting.models import Export
from kith.find.exporting.schemas import ExportIn, ExportOut, ExportState, Kind, State
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
)

exports: Final = Router(tags=["exports"])


@exports.get(
    "",
    summary="List exports",
    auth=with_key(Permission.CONTACT_EXPORT),
    response=answers(Listed[ExportOut], *WITH_QUERY),
)
def list_exports(request: ApiRequest, paging: Query[Paging]) -> Listed[ExportOut]:
    """Those that this key asked for, the newest first."""
    page = falling(queries.exports(actor=request.auth), paging)
    progress = queries.progress_of([one.pk for one in page.rows])
    return Listed[ExportOut](items=[_out(one, progress.get(one.pk)) for one in page.rows], next=page.next)


@exports.post(
    "",
    summary="Ask for an export",
    auth=with_key(Permission.CONTACT_EXPORT),
    response=answers(ExportState, *WITH_BODY, *WITH_ID, *CHANGES, status=HTTPStatus.ACCEPTED),
)
def ask_export(request: ApiRequest, asked: ExportIn) -> Status[ExportState]:
    """It is written in the background. Each contact's History tells of it as soon as the file is there."""
    wanted = Contacting(Channel(asked.channel), Message(asked.message)) if asked.channel else None
    with transaction.atomic():
        export = actions.ask_export(
            actor=request.auth,
            token=asked.search,
            kind=Export.Kind(asked.kind),
            codes=asked.columns,
            contacting=wanted,
        )
        tasks.start(export)
    return Status(HTTPStatus.ACCEPTED, _state(export))


@exports.get(
    "/{export_id}",
    summary="Open an export",
    auth=with_key(Permission.CONTACT_EXPORT),
    response=answers(ExportOut, *WITH_ID),
)
def open_export(request: ApiRequest, export_id: Id) -> ExportOut:
    """How far it is."""
    export = queries.opened(export_id, actor=request.auth)
    return _out(export, queries.progress_of([export.pk]).get(export.pk))


@exports.get(
    "/{export_id}/file",
    summary="Download an export",
    auth=with_key(Permission.CONTACT_EXPORT),
    response=answers(ExportState, *WITH_ID, HTTPStatus.UNPROCESSABLE_ENTITY),
)
def download_export(request: ApiRequest, export_id: Id) -> StreamingHttpResponse:
    """The file itself, as long as it is kept. 404: not ready yet, or not there any more."""
    return serving.download(actions.note_download(actor=request.auth, export_id=export_id))


@exports.post(
    "/{export_id}/cancel",
    summary="Cancel an export",
    auth=with_key(Permission.CONTACT_EXPORT),
    response=answers(ExportState, *WITH_ID, *CHANGES),
)
def cancel_export(request: ApiRequest, export_id: Id) -> ExportState:
    return _state(actions.cancel_export(actor=request.auth, export_id=export_id))


def _state(export: Export) -> ExportState:
    return ExportState(id=export.pk, state=cast(State, str(export.state)))


def _out(export: Export, progress: Progress | None) -> ExportOut:
    return ExportOut(
        id=export.pk,
        kind=cast(Kind, export.kind),
        state=cast(State, export.state),
        words=export.words,
        columns=export.columns,
        contacts=export.total,
        done=progress.done if progress and export.state == Export.State.RUNNING else None,
        size=export.size,
        failure=export.failure,
        asked_at=export.asked_at,
        ready_at=export.ready_at,
        expires_at=export.expires_at,
    )
