"""Linked items: added, edited, removed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.accounts import actions, queries
from kith.accounts.forms import ItemForm, of_item
from kith.accounts.views import active_contact
from kith.contacts.models import Contact
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.web.rendering import UNPROCESSABLE, render_page


@needs(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def add_item(request: KithRequest, contact_id: int) -> HttpResponse:
    contact = active_contact(request, contact_id)
    form = ItemForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.add_item(actor=request.actor, contact_id=contact_id, details=form.details())
        except Refused as refused:
            form.say(refused)
        else:
            messages.success(request, "Linked item added.")
            return redirect(_tab_of(contact_id))
    return _form(request, form, contact, heading="Add a linked item")


@needs(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_item(request: KithRequest, item_id: int) -> HttpResponse:
    item = queries.item_of(item_id, actor=request.actor)
    contact = active_contact(request, _contact_id(item.record_id))
    form = ItemForm(request.POST if request.method == "POST" else None, initial=of_item(item))
    if form.is_valid():
        try:
            actions.edit_item(
                actor=request.actor, item_id=item_id, details=form.details(), seen=form.cleaned_data["seen"]
            )
        except Conflict as conflict:
            item.refresh_from_db()
            form.meet(of_item(item), message=conflict.message)
        except Refused as refused:
            form.say(refused)
        else:
            messages.success(request, "Saved.")
            return redirect(_tab_of(contact.pk))
    remove = reverse("accounts:remove-item", args=[item_id])
    return _form(request, form, contact, heading=f"Edit {item.title}", remove=remove)


@needs(Permission.CONTACT_EDIT)
@require_POST
def remove_item(request: KithRequest, item_id: int) -> HttpResponse:
    contact_id = _contact_id(queries.item_of(item_id, actor=request.actor).record_id)
    actions.remove_item(actor=request.actor, item_id=item_id)
    messages.success(request, "Linked item removed.")
    return redirect(_tab_of(contact_id))


def _contact_id(record_id: int) -> int:
    contact_id = queries.contact_of(record_id)
    if contact_id is None:
        raise NotFound("Its System Ref has no GroupID yet.")
    return contact_id


def _tab_of(contact_id: int) -> str:
    return reverse("contacts:tab", args=[contact_id, "accounts"])


def _form(
    request: KithRequest, form: ItemForm, contact: Contact, *, heading: str, remove: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "contact": contact,
        "back": _tab_of(contact.pk),
        "remove": remove,
    }
    status = UNPROCESSABLE if form.is_bound else 200
    return render_page(request, "accounts/accounts_form.html", context, status=status)
