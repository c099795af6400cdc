"""Exports: asking for one from a search, watching it, taking it out."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.find.exporting import actions, queries, serving, tasks
from kith.find.exporting.columns import ALWAYS, USUAL, columns, in_order
from kith.find.exporting.forms import ExportForm
from kith.find.exporting.models import Export
from kith.find.selecting import Selected, selected
from kith.jobs.models import Progress
from kith.kernel.errors import Refused
from kith.web.paging import page_of
from kith.web.rendering import UNPROCESSABLE, render_page


@dataclass(frozen=True, slots=True)
class Line:
    export: Export
    progress: Progress | None

    @property
    def is_live(self) -> bool:
        return self.export.state in queries.LIVE


@needs(Permission.CONTACT_EXPORT)
@require_GET
def export_list(request: KithRequest) -> HttpResponse:
    page = page_of(queries.exports(actor=request.actor), request)
    progress = queries.progress_of([one.pk for one in page.rows])
    lines = [Line(one, progress.get(one.pk)) for one in page.rows]
    context = {"page": page, "lines": lines, "is_live": any(one.is_live for one in lines)}
    return render_page(request, "exporting/export_list.html", context, region="rows")


@needs(Permission.CONTACT_EXPORT)
@require_GET
def show(request: KithRequest, export_id: int) -> HttpResponse:
    export = queries.opened(export_id, actor=request.actor)
    line = Line(export, queries.progress_of([export.pk]).get(export.pk))
    context = {"line": line, "export": export, "columns": in_order(export.columns)}
    return render_page(request, "exporting/export_detail.html", context, region="standing")


@needs(Permission.CONTACT_EXPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: KithRequest) -> HttpResponse:
    """`?s=` is the token of a search; it says nothing about anybody."""
    if request.method != "POST":
        found = selected(_token(request.GET.get("s", "")), actor=request.actor)
        return _ask_page(request, found, ExportForm(initial=_initial(found, request.GET["s"])))
    form = ExportForm(request.POST)
    found = selected(_token(request.POST.get("search", "")), actor=request.actor)
    if not form.is_valid():
        return _ask_page(request, found, form, status=UNPROCESSABLE)
    try:
        with transaction.atomic():
            export = actions.ask_export(
                actor=request.actor,
                token=form.cleaned_data["search"],
                kind=Export.Kind(form.cleaned_data["kind"]),
                codes=form.cleaned_data["columns"],
                contacting=form.contacting(),
            )
            tasks.start(export)
    except Refused as error:
        form.add_error(None, error.message)
        return _ask_page(request, found, form, status=UNPROCESSABLE)
    return redirect("exports:detail", export.pk)


def _token(text: str) -> str:
    if not text or len(text) > 64:
        raise BadRequest("Export what a search found: search first.")
    return text


def _initial(found: Selected, token: str) -> dict[str, object]:
    known = [one.code for one in columns() if one.code not in ALWAYS]
    of_view = [code for code in found.search.columns if code in known]
    return {"search": token, "kind": Export.Kind.CSV, "columns": of_view or list(USUAL)}


def _ask_page(request: KithRequest, found: Selected, form: ExportForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "words": found.words}
    return render_page(request, "exporting/export_form.html", context, status=status)


@needs(Permission.CONTACT_EXPORT)
@require_GET
def download(request: KithRequest, export_id: int) -> StreamingHttpResponse:
    return serving.download(actions.note_download(actor=request.actor, export_id=export_id))


@needs(Permission.CONTACT_EXPORT)
@require_POST
def cancel(request: KithRequest, export_id: int) -> HttpResponse:
    actions.cancel_export(actor=request.actor, export_id=export_id)
    messages.success(request, "The export is cancelled.")
    return redirect("exports:list")


@needs(Permission.CONTACT_EXPORT)
@require_POST
def remove(request: KithRequest, export_id: int) -> HttpResponse:
    actions.remove_export(actor=request.actor, export_id=export_id)
    messages.success(request, "The file is removed.")
    return redirect("exports:list")
