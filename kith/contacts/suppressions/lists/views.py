"""Suppression lists: sent, looked at, applied, undone."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts.models import Suppression
from kith.contacts.suppressions import value_queries
from kith.contacts.suppressions.forms import ListForm, UndoForm
from kith.contacts.suppressions.lists import actions
from kith.contacts.suppressions.models import SuppressionList
from kith.jobs.models import Progress
from kith.kernel.errors import DomainError, Refused
from kith.web.paging import page_of
from kith.web.rendering import UNPROCESSABLE, render_page

State = SuppressionList.State


@needs(Permission.PRIVACY_VIEW)
@require_GET
def all_lists(request: KithRequest) -> HttpResponse:
    page = page_of(value_queries.lists(actor=request.actor), request)
    may = request.actor.may(Permission.CONTACT_SUPPRESS)
    return render_page(request, "suppressions/lists.html", {"page": page, "may_suppress": may})


@needs(Permission.CONTACT_SUPPRESS)
@require_http_methods(["GET", "HEAD", "POST"])
def add_list(request: KithRequest) -> HttpResponse:
    is_sent = request.method == "POST"
    form = ListForm(request.POST, request.FILES) if is_sent else ListForm(initial={"reason": "imported"})
    if is_sent and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = actions.draft_list(
                actor=request.actor, file_name=file.name, content=file.chunks(), because=form.because()
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            return redirect("suppressions:list-detail", made.pk)
    status = UNPROCESSABLE if form.errors else 200
    return render_page(request, "suppressions/list_form.html", {"form": form}, status=status)


@needs(Permission.PRIVACY_VIEW)
@require_GET
def list_detail(request: KithRequest, list_id: int) -> HttpResponse:
    return _detail(request, list_id, UndoForm())


def _detail(request: KithRequest, list_id: int, form: UndoForm, *, status: int = 200) -> HttpResponse:
    one = value_queries.list_of(list_id, actor=request.actor)
    progress = None
    if one.state == State.WAITING:
        progress = Progress.objects.filter(subject_type=one.SUBJECT, subject_id=one.pk).first()
    context = {
        "one": one,
        "form": form,
        "reason": Suppression.Reason(one.reason).label,
        "scope": Suppression.Scope(one.scope).label,
        "progress": progress,
        "may_suppress": request.actor.may(Permission.CONTACT_SUPPRESS),
        "bad_left": one.bad - len(one.bad_rows),
    }
    return render_page(request, "suppressions/list_detail.html", context, region="standing", status=status)


@needs(Permission.CONTACT_SUPPRESS)
@require_POST
def apply(request: KithRequest, list_id: int) -> HttpResponse:
    try:
        done = actions.apply_list(actor=request.actor, list_id=list_id)
    except Refused as error:
        messages.error(request, error.message)
    else:
        if done.state == State.IN_FORCE:
            messages.success(request, "The list is in force.")
    return redirect("suppressions:list-detail", list_id)


@needs(Permission.CONTACT_SUPPRESS)
@require_POST
def undo(request: KithRequest, list_id: int) -> HttpResponse:
    form = UndoForm(request.POST)
    if not form.is_valid():
        return _detail(request, list_id, form, status=UNPROCESSABLE)
    try:
        actions.undo_list(actor=request.actor, list_id=list_id, note=form.cleaned_data["note"])
    except Refused as error:
        form.add_error(None, error.message)
        return _detail(request, list_id, form, status=UNPROCESSABLE)
    messages.success(request, "The list is undone.")
    return redirect("suppressions:list-detail", list_id)


@needs(Permission.CONTACT_SUPPRESS)
@require_POST
def discard(request: KithRequest, list_id: int) -> HttpResponse:
    try:
        actions.discard_list(actor=request.actor, list_id=list_id)
    except Refused as error:
        messages.error(request, error.message)
        return redirect("suppressions:list-detail", list_id)
    messages.success(request, "The list is thrown away.")
    return redirect("suppressions:lists")
