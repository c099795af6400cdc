"""Bulk changes: chosen, looked at, confirmed, watched, undone."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.find.bulk import actions, queries, tasks
from kith.find.bulk.changes import changing
from kith.find.bulk.forms import BulkChangeForm
from kith.find.bulk.models import BulkChange, ChangedContact
from kith.find.selecting import Selected, selected
from kith.jobs.models import Progress
from kith.kernel.errors import Refused
from kith.web.paging import page_of
from kith.web.rendering import UNPROCESSABLE, render_page


@dataclass(frozen=True, slots=True)
class Line:
    change: BulkChange
    progress: Progress | None
    to: str
    """In words."""

    @property
    def is_live(self) -> bool:
        return self.change.state in queries.LIVE

    @property
    def may_undo(self) -> bool:
        return self.change.state in queries.ENDED and self.change.changed_count > 0


def _lines(changes: list[BulkChange]) -> list[Line]:
    progress = queries.progress_of([one.pk for one in changes])
    words = {kind: changing(kind).reads() for kind in {one.kind for one in changes}}
    return [
        Line(one, progress.get(one.pk), words[one.kind].get(one.value, one.value) or "none")
        for one in changes
    ]


@needs(Permission.CONTACT_BULK)
@require_GET
def change_list(request: KithRequest) -> HttpResponse:
    page = page_of(queries.bulk_changes(actor=request.actor), request)
    lines = _lines(list(page.rows))
    context = {"page": page, "lines": lines, "is_live": any(one.is_live for one in lines)}
    return render_page(request, "bulk_changes/change_list.html", context, region="rows")


@needs(Permission.CONTACT_BULK)
@require_GET
def show(request: KithRequest, change_id: int) -> HttpResponse:
    change = queries.opened(change_id, actor=request.actor)
    (line,) = _lines([change])
    context = {"line": line, "change": change, "reasons": [] if line.is_live else _reasons(change)}
    return render_page(request, "bulk_changes/change_detail.html", context, region="standing")


def _reasons(change: BulkChange) -> list[tuple[str, int]]:
    state = ChangedContact.State
    counts = queries.counts_of(change)
    reasons = (state.NOTHING, state.MANDATORY, state.FORBIDDEN, state.RESTRICTED, state.GONE)
    return [(one.label, counts[one]) for one in reasons if one in counts]


@needs(Permission.CONTACT_BULK)
@require_GET
def choose(request: KithRequest) -> HttpResponse:
    """`?s=` is the token of a search; it says nothing about anybody."""
    token = _token(request.GET.get("s", ""))
    found = selected(token, actor=request.actor)
    form = BulkChangeForm(offered=queries.offered(actor=request.actor), token=token)
    return _choose_page(request, found, form)


@needs(Permission.CONTACT_BULK)
@require_POST
def preview(request: KithRequest) -> HttpResponse:
    """What it would do. Nothing is written, though it is posted: so a choice stands in no address."""
    form, found = _posted(request)
    if not form.is_valid():
        return _choose_page(request, found, form, status=UNPROCESSABLE)
    shown = queries.previewed(
        form.cleaned_data["search"], actor=request.actor, kind=form.kind, value=form.value
    )
    to = form.of.words(form.value) or "none"
    context = {"form": form, "words": found.words, "preview": shown, "kind": form.kind, "to": to}
    return render_page(request, "bulk_changes/change_preview.html", context)


@needs(Permission.CONTACT_BULK)
@require_POST
def ask(request: KithRequest) -> HttpResponse:
    form, found = _posted(request)
    if not form.is_valid():
        return _choose_page(request, found, form, status=UNPROCESSABLE)
    try:
        with transaction.atomic():
            change = actions.ask_bulk_change(
                actor=request.actor, token=form.cleaned_data["search"], kind=form.kind, value=form.value
            )
            tasks.start(change)
    except Refused as error:
        form.add_error(None, error.message)
        return _choose_page(request, found, form, status=UNPROCESSABLE)
    return redirect("bulk-changes:detail", change.pk)


@needs(Permission.CONTACT_BULK)
@require_POST
def cancel(request: KithRequest, change_id: int) -> HttpResponse:
    actions.cancel(actor=request.actor, change_id=change_id)
    messages.success(request, "It stops at its next safe point. What is changed already can be undone.")
    return redirect("bulk-changes:detail", change_id)


@needs(Permission.CONTACT_BULK)
@require_POST
def undo(request: KithRequest, change_id: int) -> HttpResponse:
    with transaction.atomic():
        change = actions.ask_undo(actor=request.actor, change_id=change_id)
        tasks.start(change)
    return redirect("bulk-changes:detail", change_id)


def _posted(request: KithRequest) -> tuple[BulkChangeForm, Selected]:
    found = selected(_token(request.POST.get("search", "")), actor=request.actor)
    return BulkChangeForm(request.POST, offered=queries.offered(actor=request.actor)), found


def _token(text: str) -> str:
    if not text or len(text) > 64:
        raise BadRequest("Change what a search found: search first.")
    return text


def _choose_page(
    request: KithRequest, found: Selected, form: BulkChangeForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "words": found.words,
        "choices": [form[name] for name in form.fields if name not in {"search", "kind"}],
    }
    return render_page(request, "bulk_changes/change_form.html", context, status=status)
