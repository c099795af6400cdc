"""Imports: from the file to its mapping, a dry run, the progress and what became of it."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.jobs.models import Progress
from kith.kernel import clock
from kith.kernel.errors import DomainError
from kith.sources import actions, queries, rejects, rules
from kith.sources.as_seen import reading_of, rows_seen
from kith.sources.claim_templates import CONTENT_TYPES, KINDS, template_file
from kith.sources.forms import NewImportForm
from kith.sources.models import Import, RejectedRow
from kith.sources.trying import try_out
from kith.web.paging import Page, page_of
from kith.web.rendering import render_page

_SILENCE = timedelta(minutes=2)
_GOES_ON = (Import.State.QUEUED, Import.State.RUNNING)
_MAY_START = (Import.State.FAILED, Import.State.CANCELLED)


@needs(Permission.IMPORT_VIEW)
@require_GET
def import_list(request: KithRequest) -> HttpResponse:
    wanted = request.GET.get("source", "")
    source_id = int(wanted[:9]) if wanted.isascii() and wanted.isdigit() else None
    context = {
        "page": page_of(queries.imports(actor=request.actor, source_id=source_id), request),
        "may_run": request.actor.may(Permission.IMPORT_RUN),
    }
    return render_page(request, "imports/import_list.html", context)


@needs(Permission.IMPORT_RUN)
@require_http_methods(["GET", "POST"])
def import_add(request: KithRequest) -> HttpResponse:
    if request.method == "POST":
        form = NewImportForm(request.POST, request.FILES)
        job = _added(request, form) if form.is_valid() else None
        if job is not None:
            return redirect("imports:mapping", job.pk)
    else:
        form = NewImportForm(initial={"source": request.GET.get("source")})
    status = 422 if form.is_bound else 200
    context = {"form": form, "template_kinds": KINDS.items()}
    return render_page(request, "imports/import_add.html", context, status=status)


def _added(request: KithRequest, form: NewImportForm) -> Import | None:
    given = form.cleaned_data
    try:
        return actions.add_import(
            actor=request.actor,
            source=given["source"],
            kind=given["kind"],
            file_name=given["file"].name,
            content=given["file"].chunks(),
            whole_source=given["whole_source"],
            sheet=given["sheet"],
        )
    except DomainError as refused:
        form.add_error("file", refused.message)
        return None


@needs(Permission.IMPORT_RUN)
@require_http_methods(["GET", "POST"])
def import_mapping(request: KithRequest, import_id: int) -> HttpResponse:
    """Fields come as `field-<place>`: headers are the file's own words and no names of form fields."""
    job = queries.import_by_id(import_id, actor=request.actor)
    seen = rows_seen(job, actor=request.actor)
    lines = queries.header_lines(job, seen=seen)
    error = ""
    if request.method == "POST":
        mapping = {line.header: request.POST.get(f"field-{line.place}", "") for line in lines}
        try:
            actions.save_mapping(actor=request.actor, import_id=job.pk, mapping=mapping)
            return redirect("imports:preview", job.pk)
        except DomainError as refused:
            error, lines = refused.message, queries.header_lines(job, seen=seen, mapping=mapping)
    context = {"job": job, "lines": lines, "error": error, "choices": queries.grouped_choices(job.kind)}
    return render_page(request, "imports/import_mapping.html", context, status=422 if error else 200)


@needs(Permission.IMPORT_RUN)
@require_GET
def import_preview(request: KithRequest, import_id: int) -> HttpResponse:
    job = queries.import_by_id(import_id, actor=request.actor)
    if job.state != Import.State.DRAFT:
        return redirect("imports:detail", job.pk)
    context = {
        "job": job,
        "tried": try_out(job, reading_of=reading_of(request.actor)),
        "only_kept": queries.columns_only_kept(job),
    }
    return render_page(request, "imports/import_preview.html", context)


@needs(Permission.IMPORT_RUN)
@require_POST
def import_start(request: KithRequest, import_id: int) -> HttpResponse:
    actions.start_import(
        actor=request.actor, import_id=import_id, confirm_gone=request.POST.get("confirm_gone") == "yes"
    )
    return redirect("imports:detail", import_id)


@needs(Permission.IMPORT_RUN)
@require_POST
def import_cancel(request: KithRequest, import_id: int) -> HttpResponse:
    actions.cancel_import(actor=request.actor, import_id=import_id)
    messages.success(request, "It stops after the rows in hand. Rows taken until then stay.")
    return redirect("imports:detail", import_id)


@needs(Permission.IMPORT_VIEW)
@require_GET
def import_detail(request: KithRequest, import_id: int) -> HttpResponse:
    job = queries.import_by_id(import_id, actor=request.actor)
    may_run = request.actor.may(Permission.IMPORT_RUN)
    progress = queries.progress_of(job)
    context = {
        "job": job,
        "progress": progress,
        "goes_on": job.state in _GOES_ON or job.is_being_undone,
        "undo": queries.undo_progress_of(job) if job.is_being_undone else None,
        "may_undo": may_run and request.actor.may(Permission.CONTACT_EDIT) and bool(rules.may_undo(job)),
        "may_cancel": may_run and job.state in _GOES_ON,
        "may_retry": may_run and bool(job.stored_name) and _may_start(job, progress),
        "may_map": may_run and job.state == Import.State.DRAFT,
        "asks_gone": job.state == Import.State.FAILED
        and job.whole_source
        and job.rows_done == job.rows_total,
        "page": _rejected(job, request),
    }
    return render_page(request, "imports/import_detail.html", context, region="standing")


def _rejected(job: Import, request: KithRequest) -> Page[RejectedRow]:
    page = page_of(queries.rejected_rows(job, actor=request.actor), request)
    seen = rows_seen(job, actor=request.actor)
    for row in page.rows:
        row.values = seen(row.values)
    return page


def _may_start(job: Import, progress: Progress | None) -> bool:
    """Ended early, or should be running and was not heard of: killed, perhaps. The action looks closer."""
    heard_at = progress.updated_at if progress else job.created_at
    is_silent = job.state == Import.State.RUNNING and clock.now() - heard_at > _SILENCE
    return job.state in _MAY_START or is_silent


@needs(Permission.IMPORT_VIEW)
@require_GET
def import_rejects(request: KithRequest, import_id: int) -> HttpResponse:
    job = queries.import_by_id(import_id, actor=request.actor)
    response = HttpResponse(
        "".join(rejects.lines_of(job, seen=rows_seen(job, actor=request.actor))),
        content_type="text/csv; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="rejected-rows-{job.pk}.csv"'
    return response


@needs(Permission.IMPORT_VIEW)
@require_GET
def claim_template(request: KithRequest, kind: str, form: str) -> HttpResponse:
    if kind not in KINDS or form not in CONTENT_TYPES:
        raise Http404
    response = HttpResponse(template_file(kind, form), content_type=CONTENT_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="kith-{kind}.{form}"'
    return response
