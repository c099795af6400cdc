"""Sources: list, add, edit, pause; what cleaning reads as nothing."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.kernel.errors import Refused
from kith.sources import actions, queries
from kith.sources.contacts_in import junk_list
from kith.sources.forms import AddSourceForm, EditSourceForm, JunkListForm
from kith.sources.models import SourceSystem
from kith.web.rendering import render_page


@needs(Permission.SOURCE_VIEW)
@require_GET
def source_list(request: KithRequest) -> HttpResponse:
    context = {
        "lines": queries.sources(actor=request.actor),
        "may_edit": request.actor.may(Permission.SOURCE_EDIT),
        "may_import": request.actor.may(Permission.IMPORT_RUN),
        "may_admit": request.actor.may(Permission.CONTACT_ADMIT),
        "may_clean": request.actor.may(Permission.SETTINGS_VIEW),
    }
    return render_page(request, "sources/source_list.html", context)


@needs(Permission.SOURCE_EDIT)
@require_http_methods(["GET", "POST"])
def source_add(request: KithRequest) -> HttpResponse:
    form = AddSourceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            source = actions.add_source(
                actor=request.actor, code=form.cleaned_data["code"], details=form.details()
            )
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, f"{source.name} was added.")
            return redirect("sources:list")
    status = 422 if form.is_bound else 200
    return render_page(request, "sources/source_form.html", {"form": form}, status=status)


@needs(Permission.SOURCE_EDIT)
@require_http_methods(["GET", "POST"])
def source_edit(request: KithRequest, source_id: int) -> HttpResponse:
    source = queries.source(source_id, actor=request.actor)
    form = EditSourceForm(request.POST if request.method == "POST" else None, initial=_initial(source))
    if form.is_valid():
        try:
            actions.edit_source(actor=request.actor, source_id=source.pk, details=form.details())
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, f"{form.cleaned_data['name']} was saved.")
            return redirect("sources:list")
    status = 422 if form.is_bound else 200
    return render_page(request, "sources/source_form.html", {"form": form, "source": source}, status=status)


def _initial(source: SourceSystem) -> dict[str, object]:
    return {name: getattr(source, name) for name in EditSourceForm.base_fields}


@needs(Permission.SOURCE_EDIT)
@require_POST
def source_pause(request: KithRequest, source_id: int) -> HttpResponse:
    actions.pause_source(actor=request.actor, source_id=source_id)
    messages.success(request, "Paused: no import is taken from it; what it sent stays.")
    return redirect("sources:list")


@needs(Permission.SOURCE_EDIT)
@require_POST
def source_resume(request: KithRequest, source_id: int) -> HttpResponse:
    actions.resume_source(actor=request.actor, source_id=source_id)
    messages.success(request, "It takes imports again.")
    return redirect("sources:list")


@needs(Permission.SETTINGS_VIEW)
@require_GET
def cleaning(request: KithRequest) -> HttpResponse:
    return _cleaning_page(request, JunkListForm(None, lists=_lists()))


@needs(Permission.SETTINGS_EDIT)
@require_POST
def cleaning_save(request: KithRequest) -> HttpResponse:
    form = JunkListForm(request.POST, lists=_lists())
    if not form.is_valid():
        return _cleaning_page(request, form, status=422)
    actions.save_junk_list(actor=request.actor, words=form.words())
    messages.success(request, "Saved. It counts from the next import.")
    return redirect("sources:cleaning")


def _lists() -> dict[str, list[str]]:
    lists: dict[str, list[str]] = json.loads(junk_list().to_json())
    return lists


def _cleaning_page(request: KithRequest, form: JunkListForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "may_edit": request.actor.may(Permission.SETTINGS_EDIT)}
    return render_page(request, "sources/cleaning.html", context, status=status)
