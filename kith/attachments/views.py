"""Attachments of contacts: attach, look at, download, refile, delete; and the photo."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.attachments import actions, queries, serving
from kith.attachments.actions import Filing, GivenFile
from kith.attachments.forms import (
    DeleteForm,
    FromLibraryForm,
    PhotoForm,
    RefileForm,
    UploadForm,
    of_attachment,
)
from kith.attachments.kinds import plain_name
from kith.attachments.panels import row_of
from kith.attachments.photos import photo_url
from kith.attachments.sections import limits_in_force
from kith.contacts import queries as contacts
from kith.contacts import trail
from kith.contacts.models import Contact
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.web.rendering import UNPROCESSABLE, render_page


@needs(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: KithRequest, contact_id: int) -> HttpResponse:
    """Several files at once: those that can be taken are, the others are named with the reason."""
    contact = _active(request, contact_id)
    if request.method != "POST":
        return _upload_page(request, contact, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload_page(request, contact, form, status=UNPROCESSABLE)
    taken, refused = _attached(request, contact_id, form.given(), form.filing())
    if not taken:
        for sentence in refused:
            form.add_error("chosen", sentence)
        return _upload_page(request, contact, form, status=UNPROCESSABLE)
    messages.success(request, "Attached." if taken == 1 else f"{taken} files attached.")
    for sentence in refused:
        messages.error(request, sentence)
    return redirect("contacts:tab", contact_id, "attachments")


def _attached(
    request: KithRequest, contact_id: int, given: Sequence[GivenFile], filing: Filing
) -> tuple[int, list[str]]:
    refused = []
    for one in given:
        try:
            actions.attach_file(actor=request.actor, contact_id=contact_id, given=one, filing=filing)
        except Refused as error:
            refused.append(f"“{plain_name(one.name)}” was not attached. {error.message}")
    return len(given) - len(refused), refused


@needs(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def from_library(request: KithRequest, contact_id: int) -> HttpResponse:
    contact = _active(request, contact_id)
    entries = queries.offered(actor=request.actor)
    form = FromLibraryForm(request.POST if request.method == "POST" else None, entries=entries)
    if form.is_bound and form.is_valid():
        entry_id = form.cleaned_data["entry"].pk
        actions.attach_entry(
            actor=request.actor, contact_id=contact_id, entry_id=entry_id, filing=form.filing()
        )
        messages.success(request, "Attached from the library.")
        return redirect("contacts:tab", contact_id, "attachments")
    context = {"contact": contact, "form": form, "has_entries": entries.exists()}
    status = UNPROCESSABLE if form.is_bound else 200
    return render_page(request, "attachments/from_library.html", context, status=status)


@needs(Permission.CONTACT_VIEW)
@require_GET
def detail(request: KithRequest, attachment_id: int) -> HttpResponse:
    found = queries.opened(attachment_id, actor=request.actor)
    trail.viewed(found.contact_id, by=request.actor, through="page")
    context = {
        "contact": contacts.opened(found.contact_id, actor=request.actor),
        "attachment": found.attachment,
        "row": row_of(found.attachment, queries.class_labels()),
        "may_edit": request.actor.may(Permission.CONTACT_EDIT),
    }
    return render_page(request, "attachments/attachment_detail.html", context)


@needs(Permission.CONTACT_VIEW)
@require_GET
def download(request: KithRequest, attachment_id: int) -> HttpResponseBase:
    """Written into the journal: the file leaves Kith."""
    found = queries.opened(attachment_id, actor=request.actor)
    if found.file is None:
        raise NotFound("This is a web address, not a file.")
    answer = serving.download(found.file, name=found.attachment.name)
    trail.downloaded(found.contact_id, by=request.actor, attachment_id=attachment_id)
    return answer


@needs(Permission.CONTACT_VIEW)
@require_GET
def preview(request: KithRequest, attachment_id: int) -> HttpResponseBase:
    found = queries.opened(attachment_id, actor=request.actor)
    if found.file is None:
        raise NotFound("This is a web address, not a file.")
    return serving.preview(found.file)


@needs(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: KithRequest, attachment_id: int) -> HttpResponse:
    found = queries.opened(attachment_id, actor=request.actor)
    attachment = found.attachment
    data = request.POST if request.method == "POST" else None
    form = RefileForm(data, initial=of_attachment(attachment), present=attachment.class_code)
    if form.is_bound and form.is_valid():
        seen = form.cleaned_data["seen"]
        try:
            actions.refile(actor=request.actor, attachment_id=attachment_id, filing=form.filing(), seen=seen)
        except Conflict as conflict:
            attachment.refresh_from_db()
            form.meet(of_attachment(attachment), message=conflict.message)
        else:
            messages.success(request, "Saved.")
            return redirect("attachments:detail", attachment_id)
    return _form_page(request, found, form, template="attachments/attachment_form.html")


@needs(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: KithRequest, attachment_id: int) -> HttpResponse:
    found = queries.opened(attachment_id, actor=request.actor)
    form = DeleteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        actions.delete_attachment(
            actor=request.actor,
            attachment_id=attachment_id,
            reason=form.given_reason(),
            note=form.cleaned_data["note"],
        )
        messages.success(request, "Deleted.")
        return redirect("contacts:tab", found.contact_id, "attachments")
    return _form_page(request, found, form, template="attachments/attachment_delete.html")


@needs(Permission.CONTACT_VIEW)
@require_GET
def photo(request: KithRequest, contact_id: int, photo_id: int) -> HttpResponseBase:
    found = queries.photo(contact_id, actor=request.actor)
    if found.pk != photo_id:
        raise Http404
    return serving.picture(found.file)


@needs(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_photo(request: KithRequest, contact_id: int) -> HttpResponse:
    contact = _active(request, contact_id)
    if request.method != "POST":
        return _photo_page(request, contact, PhotoForm())
    form = PhotoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.set_photo(actor=request.actor, contact_id=contact_id, given=form.given())
        except Refused as error:
            form.add_error("photo", error.message)
        else:
            messages.success(request, "Photo saved.")
            return redirect("contacts:detail", contact_id)
    return _photo_page(request, contact, form, status=UNPROCESSABLE)


@needs(Permission.CONTACT_EDIT)
@require_POST
def remove_photo(request: KithRequest, contact_id: int) -> HttpResponse:
    actions.remove_photo(actor=request.actor, contact_id=contact_id)
    messages.success(request, "Photo removed.")
    return redirect("contacts:detail", contact_id)


def _active(request: KithRequest, contact_id: int) -> Contact:
    contact = contacts.opened(contact_id, actor=request.actor)
    if contact.state != Contact.State.ACTIVE:
        raise NotFound("This GroupID is retired.")
    return contact


def _upload_page(
    request: KithRequest, contact: Contact, form: UploadForm, *, status: int = 200
) -> HttpResponse:
    form.fields["chosen"].widget.attrs["autofocus"] = True
    context = {"contact": contact, "form": form, "limits": limits_in_force()}
    return render_page(request, "attachments/upload.html", context, status=status)


def _form_page(
    request: KithRequest, found: queries.Opened, form: forms.Form, *, template: str
) -> HttpResponse:
    context = {
        "contact": contacts.opened(found.contact_id, actor=request.actor),
        "attachment": found.attachment,
        "form": form,
    }
    return render_page(request, template, context, status=UNPROCESSABLE if form.is_bound else 200)


def _photo_page(
    request: KithRequest, contact: Contact, form: PhotoForm, *, status: int = 200
) -> HttpResponse:
    context = {"contact": contact, "form": form, "photo_url": photo_url(contact.pk)}
    return render_page(request, "attachments/photo_form.html", context, status=status)
