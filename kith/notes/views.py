"""Notes of a contact: read, write, edit, remove."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts import queries as contacts
from kith.contacts import trail
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.notes import actions, queries
from kith.notes.forms import NoteForm
from kith.notes.models import Note
from kith.web.paging import page_of
from kith.web.rendering import UNPROCESSABLE, render_page


@needs(Permission.CONTACT_VIEW)
@require_GET
def note_list(request: KithRequest, contact_id: int) -> HttpResponse:
    return _list_page(request, contact_id, NoteForm())


@needs(Permission.CONTACT_EDIT)
@require_POST
def add(request: KithRequest, contact_id: int) -> HttpResponse:
    """Refused, the list comes with what was typed in its form."""
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            actions.add_note(actor=request.actor, contact_id=contact_id, text=form.cleaned_data["text"])
        except Refused as error:
            form.add_error("text", error.message)
        else:
            messages.success(request, "Note saved.")
            return redirect(reverse("contacts:detail", args=(contact_id,)) + "#notes")
    return _list_page(request, contact_id, form, status=UNPROCESSABLE)


@needs(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: KithRequest, note_id: int) -> HttpResponse:
    note, contact_id = queries.note(note_id, actor=request.actor)
    if request.method != "POST":
        return _edit_page(request, note, contact_id, _form_of(note))
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, note, contact_id, form, status=UNPROCESSABLE)
    try:
        actions.edit_note(
            actor=request.actor,
            note_id=note_id,
            text=form.cleaned_data["text"],
            seen=form.cleaned_data["seen"] or 0,
        )
    except Conflict as error:
        again = NoteForm({"text": form.cleaned_data["text"], "seen": note.edits})
        again.is_valid()
        again.add_error(None, error.message)
        return _edit_page(request, note, contact_id, again, theirs=note.text, status=error.status)
    messages.success(request, "Note saved.")
    return redirect("notes:list", contact_id)


@needs(Permission.CONTACT_EDIT)
@require_POST
def remove(request: KithRequest, note_id: int) -> HttpResponse:
    contact_id = actions.remove_note(actor=request.actor, note_id=note_id)
    messages.success(request, "Note removed.")
    return redirect("notes:list", contact_id)


def _form_of(note: Note) -> NoteForm:
    return NoteForm(initial={"text": note.text, "seen": note.edits})


def _list_page(request: KithRequest, contact_id: int, form: NoteForm, *, status: int = 200) -> HttpResponse:
    contact = contacts.opened(contact_id, actor=request.actor)
    if contact.state != contact.State.ACTIVE:
        raise NotFound("This GroupID is retired.")
    trail.viewed(contact_id, by=request.actor, through="page")
    page = page_of(queries.notes_of(contact_id, actor=request.actor), request)
    context = {
        "contact": contact,
        "page": page,
        "rows": queries.with_edits(page.rows),
        "form": form,
        "may_edit": request.actor.may(Permission.CONTACT_EDIT),
    }
    return render_page(request, "notes/note_list.html", context, status=status)


def _edit_page(
    request: KithRequest, note: Note, contact_id: int, form: NoteForm, *, theirs: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "contact": contacts.opened(contact_id, actor=request.actor),
        "note": note,
        "form": form,
        "theirs": theirs,
    }
    return render_page(request, "notes/note_form.html", context, status=status)
