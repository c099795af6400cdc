"""Relations of a contact: listed, added, changed, removed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts import choosing
from kith.contacts import queries as contacts
from kith.contacts.models import Contact
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.relations import actions, queries
from kith.relations.forms import RelationForm, adding, changing
from kith.relations.queries import Related
from kith.web.paging import page_of
from kith.web.rendering import UNPROCESSABLE, render_page


@needs(Permission.CONTACT_VIEW)
@require_GET
def relation_list(request: KithRequest, contact_id: int) -> HttpResponse:
    contact = _active(request, contact_id)
    page = page_of(queries.keys_of(contact_id, actor=request.actor), request)
    context = {
        "contact": contact,
        "page": page,
        "rows": queries.related(contact_id, [one.id for one in page.rows], actor=request.actor),
        "within": queries.within(contact_id, actor=request.actor)
        if request.actor.may(Permission.CONTACT_GROUP)
        else [],
        "may_edit": request.actor.may(Permission.CONTACT_EDIT),
    }
    return render_page(request, "relations/relation_list.html", context)


@needs(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: KithRequest, contact_id: int) -> HttpResponse:
    """Whom it is related to. What is typed is posted: names do not belong in addresses."""
    contact = _active(request, contact_id)
    chosen = choosing.number(request.POST.get("other", ""))
    if chosen is not None:
        url = reverse("relations:add", args=(contact_id, chosen))
        return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
    text = request.POST.get("q", "")
    context = {
        "contact": contact,
        "text": text,
        "found": choosing.find(text, taken=(contact.pk,), actor=request.actor),
        "sources": contacts.sources_by_id(),
    }
    return render_page(request, "relations/relation_choose.html", context, region="chooser")


@needs(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: KithRequest, contact_id: int, other_id: int) -> HttpResponse:
    """`?type=`: the code of a type that is likely; the form comes with it chosen."""
    contact, other = _active(request, contact_id), _active(request, other_id)
    if contact.pk == other.pk:
        raise NotFound("No contact is related to itself.")
    data = request.POST if request.method == "POST" else None
    form = adding(data, suggested=request.GET.get("type", ""))
    form.offer(kind=contact.kind, other_kind=other.kind, name=contact.name, other=other.name)
    if form.is_bound and form.is_valid():
        try:
            actions.add_relation(
                actor=request.actor,
                contact_id=contact_id,
                other_id=other_id,
                code=form.cleaned_data["type"],
                note=form.cleaned_data["note"],
            )
        except Refused as error:
            _show(form, error)
        else:
            messages.success(request, "Relation saved. It shows on both contacts.")
            return redirect(reverse("contacts:detail", args=(contact_id,)) + "#relations")
    context = {"contact": contact, "other": other, "form": form}
    status = UNPROCESSABLE if form.is_bound else 200
    return render_page(request, "relations/relation_form.html", context, status=status)


@needs(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: KithRequest, contact_id: int, relation_id: int) -> HttpResponse:
    contact = _active(request, contact_id)
    relation = queries.relation_of(contact_id, relation_id, actor=request.actor)
    form = _change_form(request.POST if request.method == "POST" else None, contact, relation)
    if not form.is_bound or not form.is_valid():
        status = UNPROCESSABLE if form.is_bound else 200
        return _change_page(request, contact, relation, form, status=status)
    try:
        actions.change_relation(
            actor=request.actor,
            relation_id=relation_id,
            contact_id=contact_id,
            code=form.cleaned_data["type"],
            note=form.cleaned_data["note"],
            seen=form.cleaned_data["seen"] or 0,
        )
    except Refused as error:
        _show(form, error)
        return _change_page(request, contact, relation, form, status=error.status)
    except Conflict as error:
        again = _again(request.POST, contact, relation)
        again.add_error(None, error.message)
        return _change_page(request, contact, relation, again, is_theirs=True, status=error.status)
    messages.success(request, "Relation saved.")
    return redirect("relations:list", contact_id)


@needs(Permission.CONTACT_EDIT)
@require_POST
def remove(request: KithRequest, contact_id: int, relation_id: int) -> HttpResponse:
    try:
        actions.remove_relation(actor=request.actor, relation_id=relation_id, contact_id=contact_id)
    except Refused as error:
        messages.error(request, error.message)
        return redirect("relations:change", contact_id, relation_id)
    messages.success(request, "Relation removed, from both contacts. Add it again to undo this.")
    return redirect("relations:list", contact_id)


def _active(request: KithRequest, contact_id: int) -> Contact:
    contact = contacts.opened(contact_id, actor=request.actor)
    if contact.state != Contact.State.ACTIVE:
        raise NotFound("This GroupID is retired.")
    return contact


def _change_form(data: QueryDict | None, contact: Contact, relation: Related) -> RelationForm:
    form = changing(data, code=relation.code, note=relation.note, seen=relation.edits)
    form.offer(
        kind=contact.kind,
        other_kind=relation.kind,
        name=contact.name,
        other=relation.name,
        was=relation.code,
    )
    return form


def _again(typed: QueryDict, contact: Contact, relation: Related) -> RelationForm:
    """What was typed, as an answer to what somebody else saved meanwhile."""
    data = typed.copy()
    data["seen"] = str(relation.edits)
    form = _change_form(data, contact, relation)
    form.is_valid()
    return form


def _show(form: RelationForm, error: Refused) -> None:
    for name, words in (error.fields or {"": error.message}).items():
        form.add_error(name if name in form.fields else None, words)


def _change_page(
    request: KithRequest,
    contact: Contact,
    relation: Related,
    form: RelationForm,
    *,
    is_theirs: bool = False,
    status: int,
) -> HttpResponse:
    context = {"contact": contact, "relation": relation, "form": form, "is_theirs": is_theirs}
    return render_page(request, "relations/relation_form.html", context, status=status)
