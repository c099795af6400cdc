"""Contacts from a file into Kith's own source: the templates, the upload and the result of each row (C32)."""

from __future__ import annotations

from typing import Final

from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.kernel.errors import DomainError
from kith.sources import actions, file_kinds, queries, results
from kith.sources.claim_templates import CONTENT_TYPES, KINDS
from kith.sources.forms import ContactImportForm
from kith.sources.models import LOCAL, Import
from kith.web.rendering import render_page

_SHOWN: Final = 8


@needs(Permission.IMPORT_RUN)
@require_http_methods(["GET", "POST"])
def contacts_add(request: KithRequest) -> HttpResponse:
    form = ContactImportForm(request.POST, request.FILES) if request.method == "POST" else ContactImportForm()
    job = _added(request, form) if form.is_bound and form.is_valid() else None
    if job is not None:
        is_clear = file_kinds.may_map(job.mapping, job=job)
        return redirect("imports:preview" if is_clear else "imports:mapping", job.pk)
    earlier = queries.imports(actor=request.actor).filter(source__code=LOCAL, kind=Import.Kind.CONTACTS)
    context = {"form": form, "template_kinds": KINDS.items(), "running": earlier[:_SHOWN]}
    return render_page(request, "imports/import_contacts.html", context, status=422 if form.is_bound else 200)


def _added(request: KithRequest, form: ContactImportForm) -> Import | None:
    given = form.cleaned_data
    try:
        return actions.add_import(
            actor=request.actor,
            source=queries.source_of_code(LOCAL),
            kind=Import.Kind.CONTACTS,
            file_name=given["file"].name,
            content=given["file"].chunks(),
            sheet=given["sheet"],
        )
    except DomainError as refused:
        form.add_error("file", refused.message)
        return None


@needs(Permission.IMPORT_VIEW)
@require_GET
def import_result(request: KithRequest, import_id: int, form: str) -> HttpResponseBase:
    job = queries.import_by_id(import_id, actor=request.actor)
    if not job.is_of_typed_contacts or form not in {"csv", "xlsx"}:
        raise Http404
    name = f"result-{job.pk}.{form}"
    if form == "xlsx":
        return FileResponse(
            results.xlsx_of(job, actor=request.actor),
            as_attachment=True,
            filename=name,
            content_type=CONTENT_TYPES[form],
        )
    response = StreamingHttpResponse(
        results.csv_of(job, actor=request.actor), content_type=CONTENT_TYPES[form]
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
