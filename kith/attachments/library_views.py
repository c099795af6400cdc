"""The attachments library (C14), and which files are taken at all."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.attachments import actions, queries, serving
from kith.attachments.forms import LibraryEntryForm, LibraryFileForm, LibraryUrlForm, LimitsForm, of_entry
from kith.attachments.kinds import kind_of_type
from kith.attachments.library_uses import uses_of
from kith.attachments.models import LibraryEntry
from kith.attachments.sections import ATTACHMENT_LIMITS, limits_in_force
from kith.kernel.errors import Conflict, DomainError, NotFound
from kith.settings import actions as settings
from kith.settings.in_force import newest
from kith.web.paging import page_of
from kith.web.rendering import UNPROCESSABLE, render_page


@needs(Permission.CONTACT_VIEW)
@require_GET
def library(request: KithRequest) -> HttpResponse:
    context = {
        "page": page_of(queries.library(actor=request.actor), request),
        "labels": queries.class_labels(),
        "may_edit": request.actor.may(Permission.SETTINGS_EDIT),
    }
    return render_page(request, "attachments/library.html", context)


@needs(Permission.SETTINGS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def add_file(request: KithRequest) -> HttpResponse:
    form = LibraryFileForm(request.POST, request.FILES) if request.method == "POST" else LibraryFileForm()
    if form.is_bound and form.is_valid():
        try:
            entry = actions.add_library_file(actor=request.actor, given=form.given(), filing=form.filing())
        except DomainError as error:
            _say(form, error, otherwise="file")
        else:
            messages.success(request, "Added to the library.")
            return redirect("attachments:library-entry", entry.pk)
    return _add_page(request, form, "Add a file")


@needs(Permission.SETTINGS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def add_url(request: KithRequest) -> HttpResponse:
    form = LibraryUrlForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            entry = actions.add_library_url(
                actor=request.actor, url=form.cleaned_data["url"], filing=form.filing()
            )
        except DomainError as error:
            _say(form, error, otherwise="url")
        else:
            messages.success(request, "Added to the library.")
            return redirect("attachments:library-entry", entry.pk)
    return _add_page(request, form, "Add a web address")


@needs(Permission.CONTACT_VIEW)
@require_GET
def entry(request: KithRequest, entry_id: int) -> HttpResponse:
    found = queries.library_entry(entry_id, actor=request.actor)
    context = {
        "entry": found,
        "kind": kind_of_type(found.file.media_type) if found.file else None,
        "class_label": queries.class_labels().get(found.class_code, found.class_code),
        "uses": uses_of(found.pk),
        "may_edit": request.actor.may(Permission.SETTINGS_EDIT),
    }
    return render_page(request, "attachments/library_entry.html", context)


@needs(Permission.SETTINGS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_entry(request: KithRequest, entry_id: int) -> HttpResponse:
    found = queries.library_entry(entry_id, actor=request.actor)
    is_url = found.kind == LibraryEntry.Kind.URL
    data = request.POST if request.method == "POST" else None
    form = LibraryEntryForm(data, initial=of_entry(found), present=found.class_code, is_url=is_url)
    if form.is_bound and form.is_valid():
        try:
            actions.edit_library_entry(
                actor=request.actor,
                entry_id=entry_id,
                filing=form.filing(),
                is_active=form.cleaned_data["is_active"],
                url=form.cleaned_data.get("url", ""),
                seen=form.cleaned_data["seen"],
            )
        except Conflict as conflict:
            found.refresh_from_db()
            form.meet(of_entry(found), message=conflict.message)
        except DomainError as error:
            _say(form, error, otherwise="url" if is_url else "name")
        else:
            messages.success(request, "Saved.")
            return redirect("attachments:library-entry", entry_id)
    status = UNPROCESSABLE if form.is_bound else 200
    return render_page(
        request, "attachments/library_entry_form.html", {"entry": found, "form": form}, status=status
    )


@needs(Permission.SETTINGS_EDIT)
@require_POST
def delete_entry(request: KithRequest, entry_id: int) -> HttpResponse:
    try:
        actions.delete_library_entry(actor=request.actor, entry_id=entry_id)
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("attachments:library-entry", entry_id)
    messages.success(request, "Deleted.")
    return redirect("attachments:library")


@needs(Permission.CONTACT_VIEW)
@require_GET
def download_entry(request: KithRequest, entry_id: int) -> HttpResponseBase:
    """Nothing of anybody: not written into the journal."""
    found = queries.library_entry(entry_id, actor=request.actor)
    if found.file is None:
        raise NotFound("This is a web address, not a file.")
    return serving.download(found.file, name=found.name)


@needs(Permission.CONTACT_VIEW)
@require_GET
def preview_entry(request: KithRequest, entry_id: int) -> HttpResponseBase:
    found = queries.library_entry(entry_id, actor=request.actor)
    if found.file is None:
        raise NotFound("This is a web address, not a file.")
    return serving.preview(found.file)


@needs(Permission.SETTINGS_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def limits(request: KithRequest) -> HttpResponse:
    """POST asks for more than this view does: the action says so."""
    if request.method != "POST":
        return _limits_page(request, _limits_form())
    form = LimitsForm(request.POST)
    if form.is_valid():
        try:
            settings.save_section(
                actor=request.actor,
                section=ATTACHMENT_LIMITS,
                value=form.limits(),
                based_on=form.cleaned_data["based_on"],
            )
        except DomainError as error:
            form.add_error(None, error.message)
            return _limits_page(request, form, status=error.status)
        messages.success(request, "Saved.")
        return redirect("attachments:limits")
    return _limits_page(request, form, status=UNPROCESSABLE)


def _limits_form() -> LimitsForm:
    now, version = limits_in_force(), newest(ATTACHMENT_LIMITS.key)
    return LimitsForm(
        initial={
            "most_megabytes": now.most_megabytes,
            "families": [one.value for one in now.families],
            "based_on": version.pk if version else None,
        }
    )


def _limits_page(request: KithRequest, form: LimitsForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "may_edit": request.actor.may(Permission.SETTINGS_EDIT)}
    return render_page(request, "attachments/limits.html", context, status=status)


def _add_page(request: KithRequest, form: LibraryFileForm | LibraryUrlForm, title: str) -> HttpResponse:
    context = {"form": form, "title": title}
    status = UNPROCESSABLE if form.is_bound else 200
    return render_page(request, "attachments/library_add.html", context, status=status)


def _say(
    form: LibraryFileForm | LibraryUrlForm | LibraryEntryForm, error: DomainError, *, otherwise: str
) -> None:
    for field, sentence in (error.fields or {otherwise: error.message}).items():
        form.add_error(field, sentence)
