"""All settings: their list, their history, and the file that carries them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.kernel import clock
from kith.kernel.errors import Conflict, DomainError, Refused
from kith.settings import actions, carrying
from kith.settings.carrying import MOST_BYTES, Arriving
from kith.settings.forms import ImportForm
from kith.settings.in_force import look_again
from kith.settings.listing import elsewhere, history_of, listed, told
from kith.settings.sections import section_of
from kith.web.paging import page_of
from kith.web.rendering import UNPROCESSABLE, render_page


@needs(Permission.SETTINGS_VIEW)
@require_GET
def list_settings(request: KithRequest) -> HttpResponse:
    context = {
        "sections": listed(actor=request.actor),
        "elsewhere": elsewhere(actor=request.actor),
        "may_edit": request.actor.may(Permission.SETTINGS_EDIT),
    }
    return render_page(request, "settings/settings_list.html", context)


@needs(Permission.SETTINGS_VIEW)
@require_GET
def history(request: KithRequest, key: str) -> HttpResponse:
    section = section_of(key)
    page = page_of(history_of(section, actor=request.actor), request, size=20)
    context = {
        "section": section,
        "page": page,
        "happened": told(section, page.rows),
        "may_edit": request.actor.may(Permission.SETTINGS_EDIT),
    }
    return render_page(request, "settings/settings_history.html", context)


@needs(Permission.SETTINGS_EDIT)
@require_POST
def restore(request: KithRequest, version_id: int) -> HttpResponse:
    made = actions.restore(actor=request.actor, version_id=version_id)
    return _after_restoring(request, made.section if made else "")


@needs(Permission.SETTINGS_EDIT)
@require_POST
def restore_shipped(request: KithRequest, key: str) -> HttpResponse:
    made = actions.restore_shipped(actor=request.actor, section=section_of(key))
    return _after_restoring(request, made.section if made else "")


def _after_restoring(request: KithRequest, key: str) -> HttpResponse:
    if not key:
        messages.info(request, "Nothing was changed: it said so already.")
        return redirect("settings:list")
    messages.success(request, "Restored. It counts from now on.")
    return redirect("settings:history", key)


@needs(Permission.SETTINGS_VIEW)
@require_GET
def export_settings(request: KithRequest) -> HttpResponse:
    answer = HttpResponse(carrying.written(), content_type="application/json; charset=utf-8")
    name = f"kith-settings-{clock.now():%Y-%m-%d}.json"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@needs(Permission.SETTINGS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def import_settings(request: KithRequest) -> HttpResponse:
    """The file comes, and what it would change is shown; nothing is saved."""
    if request.method != "POST":
        return render_page(request, "settings/settings_import.html", {"form": ImportForm()})
    form = ImportForm(request.POST, request.FILES)
    if form.is_valid():
        text: str = form.cleaned_data["file"]
        try:
            return _preview(request, text, carrying.read(text))
        except Refused as refused:
            form.add_error("file", refused.message)
    return render_page(request, "settings/settings_import.html", {"form": form}, status=UNPROCESSABLE)


@needs(Permission.SETTINGS_EDIT)
@require_POST
def confirm_import(request: KithRequest) -> HttpResponse:
    """All of the file, or nothing of it."""
    text = request.POST.get("text", "")[:MOST_BYTES]
    try:
        arriving = carrying.read(text)
        saved = actions.take_in(
            actor=request.actor,
            values={one.section: one.value for one in arriving if one.changes},
            problems=[problem for one in arriving for problem in one.problems],
            note=request.POST.get("note", ""),
            seen=request.POST.get("seen", ""),
        )
    except (Refused, Conflict) as refused:
        return _refused(request, text, refused)
    messages.success(request, f"Taken in: {saved} section{'' if saved == 1 else 's'} changed.")
    return redirect("settings:list")


def _preview(
    request: KithRequest, text: str, arriving: tuple[Arriving, ...], *, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "text": text,
        "seen": carrying.stand(),
        "changing": [one for one in arriving if one.changes or one.problems],
        "same": [one for one in arriving if not one.changes and not one.problems],
        "may_take_in": any(one.changes for one in arriving) and not any(one.problems for one in arriving),
        "problem": problem,
    }
    return render_page(request, "settings/settings_preview.html", context, status=status)


def _refused(request: KithRequest, text: str, refused: DomainError) -> HttpResponse:
    look_again()
    try:
        arriving = carrying.read(text)
    except Refused:
        form = ImportForm()
        context = {"form": form, "problem": refused.message}
        return render_page(request, "settings/settings_import.html", context, status=UNPROCESSABLE)
    return _preview(request, text, arriving, problem=refused.message, status=UNPROCESSABLE)
