"""“Why are these two not one?”, for any two contacts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts import queries
from kith.contacts.models import Contact
from kith.contacts.queries import ContactSearch
from kith.grouping.why.not_one import not_one
from kith.kernel.errors import NotFound
from kith.web.formats import group_id as shown_group_id
from kith.web.rendering import UNPROCESSABLE, render_page

MOST_OFFERED: Final = 20


@dataclass(frozen=True, slots=True)
class _Both:
    left: Contact
    right: Contact
    moved: bool
    """A GroupID that was asked for is retired."""


@needs(Permission.CONTACT_VIEW)
@require_GET
def why_not(request: KithRequest, contact_id: int, other_id: int) -> HttpResponse:
    both = _both(request, contact_id, other_id)
    if both.left.pk == both.right.pk:
        messages.info(request, f"They are one contact: GroupID {shown_group_id(both.left.pk)}.")
        return redirect("grouping:why", both.left.pk)
    if both.moved:
        return redirect("grouping:why-not", both.left.pk, both.right.pk)
    context = {
        "found": not_one(both.left, both.right),
        "may_group": request.actor.may(Permission.CONTACT_GROUP),
        "may_relate": request.actor.may(Permission.CONTACT_EDIT),
        "are_of_one_kind": both.left.kind == both.right.kind,
        "may_see_rules": request.actor.may(Permission.RULES_VIEW),
    }
    return render_page(request, "grouping/why_not.html", context)


@needs(Permission.CONTACT_VIEW)
@require_GET
def choose_other(request: KithRequest, contact_id: int) -> HttpResponse:
    """The other contact, by GroupID, System Ref, name, or whatever else finds it."""
    contact = _survivor(request, contact_id)
    text = request.GET.get("other", "").strip()
    context: dict[str, object] = {"contact": contact, "text": text, "sources": {}}
    if not text:
        return render_page(request, "grouping/why_not_choose.html", context)
    found = ContactSearch(text=text).found(actor=request.actor, most=MOST_OFFERED)
    others = tuple(pk for pk in found.ids if pk != contact.pk)
    if found.ids == (contact.pk,):
        return redirect("grouping:why-not", contact.pk, contact.pk)
    if len(others) == 1:
        return redirect("grouping:why-not", contact.pk, others[0])
    context |= {
        "is_cut": found.is_cut,
        "offered": queries.in_order(others, actor=request.actor),
        "sources": queries.sources_by_id(),
    }
    status = 200 if others else UNPROCESSABLE
    return render_page(request, "grouping/why_not_choose.html", context, status=status)


def _both(request: KithRequest, contact_id: int, other_id: int) -> _Both:
    left, right = _survivor(request, contact_id), _survivor(request, other_id)
    return _Both(left, right, moved=(left.pk, right.pk) != (contact_id, other_id))


def _survivor(request: KithRequest, contact_id: int) -> Contact:
    """A retired GroupID leads to its successor."""
    contact = queries.opened(contact_id, actor=request.actor)
    if contact.state == Contact.State.ACTIVE:
        return contact
    successor = queries.successor_of(contact_id)
    if successor is None:
        raise NotFound("There is no such contact.")
    return queries.opened(successor, actor=request.actor)
