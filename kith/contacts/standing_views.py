"""Suppressing a contact and taking it back, and the card that tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts import actions, queries, rules
from kith.contacts.models import Contact
from kith.contacts.panels import Opened
from kith.contacts.standing import Protection, standing_of
from kith.contacts.standing_forms import LiftForm, SuppressForm
from kith.kernel.decision import Decision
from kith.kernel.errors import NotFound, Refused
from kith.web.rendering import render_page

UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Row:
    protection: Protection
    may_lift: Decision


def suppressions(opened: Opened) -> Mapping[str, object]:
    """Of the card on the contact's page."""
    return {
        "rows": [Row(one, rules.may_ask_to_lift(one, actor=opened.actor)) for one in opened.standing],
        "may_suppress": opened.actor.may(Permission.CONTACT_SUPPRESS),
    }


@needs(Permission.CONTACT_SUPPRESS)
@require_http_methods(["GET", "HEAD", "POST"])
def suppress(request: KithRequest, contact_id: int) -> HttpResponse:
    contact = _active(request, contact_id)
    if request.method != "POST":
        return _page(request, contact, SuppressForm())
    form = SuppressForm(request.POST)
    if not form.is_valid():
        return _page(request, contact, form, status=UNPROCESSABLE)
    try:
        actions.suppress(actor=request.actor, contact_id=contact_id, **form.cleaned_data)
    except Refused as error:
        form.add_error(None, error.message)
        return _page(request, contact, form, status=UNPROCESSABLE)
    messages.success(request, "Suppressed: nobody may reach this contact from now on.")
    return redirect("contacts:detail", contact_id)


@needs(Permission.CONTACT_SUPPRESS)
@require_http_methods(["GET", "HEAD", "POST"])
def lift_suppression(request: KithRequest, contact_id: int, suppression_id: int) -> HttpResponse:
    contact = _active(request, contact_id)
    protection = _carried(contact_id, suppression_id)
    allowed = rules.may_ask_to_lift(protection, actor=request.actor)
    if request.method != "POST" or not allowed:
        status = UNPROCESSABLE if request.method == "POST" else 200
        return _page(request, contact, LiftForm(), protection=protection, allowed=allowed, status=status)
    form = LiftForm(request.POST)
    if not form.is_valid():
        return _page(request, contact, form, protection=protection, allowed=allowed, status=UNPROCESSABLE)
    actions.lift_suppression(
        actor=request.actor,
        contact_id=contact_id,
        suppression_id=suppression_id,
        note=form.cleaned_data["note"],
    )
    messages.success(request, "Suppression unflagged.")
    return redirect("contacts:detail", contact_id)


def _active(request: KithRequest, contact_id: int) -> Contact:
    contact = queries.opened(contact_id, actor=request.actor)
    if contact.state != Contact.State.ACTIVE:
        raise NotFound("This GroupID is retired.")
    return contact


def _carried(contact_id: int, suppression_id: int) -> Protection:
    for one in standing_of([contact_id])[contact_id]:
        if one.suppression_id == suppression_id:
            return one
    raise NotFound("This contact carries no such suppression.")


def _page(
    request: KithRequest,
    contact: Contact,
    form: forms.Form,
    *,
    protection: Protection | None = None,
    allowed: Decision | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"contact": contact, "form": form, "protection": protection, "allowed": allowed}
    return render_page(request, "contacts/suppression_form.html", context, status=status)
