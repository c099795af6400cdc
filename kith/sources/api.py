"""Imports for other systems: send a file, see what became of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final, cast

from django.http import StreamingHttpResponse
from ninja import File, Form, Query, Router, Status
from ninja.files import UploadedFile

from kith.access.permissions import Permission
from kith.kernel.errors import DomainError, NotFound
from kith.sources import actions, queries, results
from kith.sources.loading import Counts
from kith.sources.models import Import
from kith.sources.schemas import (
    ImportAsked,
    ImportCounts,
    ImportIn,
    ImportOut,
    ImportSent,
    ImportUndone,
    KindName,
    RejectedRowOut,
    StateName,
)
from kith.sources.trying import try_out
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
    Problem,
    answers,
    falling,
    rising,
)

imports: Final = Router(tags=["imports"])
_CSV: Final = {
    "responses": {200: {"description": "CSV", "content": {"text/csv": {"schema": {"type": "string"}}}}}
}


@imports.get(
    "",
    summary="List imports",
    auth=with_key(Permission.IMPORT_VIEW),
    response=answers(Listed[ImportOut], *WITH_QUERY),
)
def list_imports(request: ApiRequest, paging: Query[Paging]) -> Listed[ImportOut]:
    """The newest first."""
    page = falling(queries.imports(actor=request.auth).order_by(), paging)
    return Listed[ImportOut](items=[import_out(one) for one in page.rows], next=page.next)


@imports.post(
    "",
    summary="Send a file",
    auth=with_key(Permission.IMPORT_RUN),
    response=answers(ImportSent, *WITH_BODY, *CHANGES, status=HTTPStatus.ACCEPTED),
)
def send_import(request: ApiRequest, file: File[UploadedFile], given: Form[ImportIn]) -> Status[ImportSent]:
    """As `multipart/form-data`: CSV, XLSX or XLS. Its columns are told by their headers; what the source's
    files were mapped to before counts first. Rows that cannot be taken never stop the others.
    """
    job = actions.add_import(
        actor=request.auth,
        source=queries.source_of_code(given.source),
        kind=given.kind,
        file_name=file.name or "file",
        content=file.chunks(),
        whole_source=given.whole_source == "yes",
        sheet=given.sheet,
    )
    try:
        if given.start == "no":
            return Status(HTTPStatus.ACCEPTED, _sent(job, would=try_out(job).counts))
        job = actions.start_import(actor=request.auth, import_id=job.pk)
    except DomainError:
        actions.discard_draft(actor=request.auth, import_id=job.pk)
        raise
    return Status(HTTPStatus.ACCEPTED, _sent(job, would=None))


@imports.get(
    "/{import_id}",
    summary="Open an import",
    auth=with_key(Permission.IMPORT_VIEW),
    response=answers(ImportOut, *WITH_ID),
)
def open_import(request: ApiRequest, import_id: Id) -> ImportOut:
    return import_out(queries.import_by_id(import_id, actor=request.auth))


@imports.post(
    "/{import_id}/start",
    summary="Start an import",
    auth=with_key(Permission.IMPORT_RUN),
    response=answers(ImportAsked, *WITH_ID, *CHANGES, status=HTTPStatus.ACCEPTED),
)
def start_import(request: ApiRequest, import_id: Id) -> Status[ImportAsked]:
    """A draft; or one that failed or was cancelled, which goes on where it stopped."""
    return Status(HTTPStatus.ACCEPTED, asked(actions.start_import(actor=request.auth, import_id=import_id)))


@imports.post(
    "/{import_id}/cancel",
    summary="Cancel an import",
    auth=with_key(Permission.IMPORT_RUN),
    response=answers(ImportAsked, *WITH_ID, *CHANGES, status=HTTPStatus.ACCEPTED),
)
def cancel_import(request: ApiRequest, import_id: Id) -> Status[ImportAsked]:
    """Stops after the rows in hand; rows taken until then stay."""
    actions.cancel_import(actor=request.auth, import_id=import_id)
    return Status(HTTPStatus.ACCEPTED, asked(queries.import_by_id(import_id, actor=request.auth)))


@imports.get(
    "/{import_id}/rejected-rows",
    summary="List the rejected rows of an import",
    auth=with_key(Permission.IMPORT_VIEW),
    response=answers(Listed[RejectedRowOut], *WITH_ID, *WITH_QUERY),
)
def list_rejected_rows(request: ApiRequest, import_id: Id, paging: Query[Paging]) -> Listed[RejectedRowOut]:
    """With the reason of each; their values are in the result."""
    job = queries.import_by_id(import_id, actor=request.auth)
    page = rising(queries.rejected_rows(job, actor=request.auth).order_by(), paging)
    rows = [
        RejectedRowOut(id=one.pk, row=one.row_number, column=one.column, reason=one.reason)
        for one in page.rows
    ]
    return Listed[RejectedRowOut](items=rows, next=page.next)


@imports.get(
    "/{import_id}/result",
    summary="Fetch the result of an import of contacts",
    auth=with_key(Permission.IMPORT_VIEW),
    response={code: shape for code, shape in answers(Problem, *WITH_ID).items() if code != HTTPStatus.OK},
    openapi_extra=_CSV,
)
def fetch_import_result(request: ApiRequest, import_id: Id) -> StreamingHttpResponse:
    """The rows of the file as CSV, with what became of each in front. 404 of imports into other sources."""
    job = queries.import_by_id(import_id, actor=request.auth)
    if not job.is_of_typed_contacts:
        raise NotFound("Only imports of contacts into Kith's own source have a result per row.")
    return StreamingHttpResponse(
        results.csv_of(job, actor=request.auth), content_type="text/csv; charset=utf-8"
    )


def import_out(job: Import) -> ImportOut:
    undone = ImportUndone(
        at=job.undone_at, removed=job.undone_created, put_back=job.undone_updated, kept=job.undo_kept
    )
    return ImportOut(
        id=job.pk,
        source=job.source.code,
        kind=cast(KindName, job.kind),
        state=cast(StateName, job.state),
        file_name=job.file_name,
        mapping=job.mapping,
        rows_total=job.rows_total,
        rows_done=job.rows_done,
        counts=ImportCounts(
            new=job.new_count,
            changed=job.changed_count,
            unchanged=job.unchanged_count,
            rejected=job.rejected_count,
        ),
        created_at=job.created_at,
        finished_at=job.finished_at,
        reason=job.error,
        undone=undone if job.undo_asked_at else None,
    )


def asked(job: Import) -> ImportAsked:
    return ImportAsked(id=job.pk, state=cast(StateName, job.state))


def _sent(job: Import, *, would: Counts | None) -> ImportSent:
    return ImportSent(id=job.pk, state=cast(StateName, job.state), would=_counts(would) if would else None)


def _counts(counts: Counts) -> ImportCounts:
    return ImportCounts(
        new=counts.new, changed=counts.changed, unchanged=counts.unchanged, rejected=counts.rejected
    )
