"""Suppressing a contact and taking it back, and the card that tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts import actions, queries, rules
from kith.contacts.models import Contact, Suppression
from kith.contacts.panels import Opened
from kith.contacts.standing import Protection, carried_by
from kith.contacts.standing_forms import DeceasedForm, SuppressForm, lift_form_of
from kith.contacts.suppressions.asked import actions as asked
from kith.contacts.suppressions.asked.queries import waiting_by_suppression
from kith.contacts.suppressions.models import AskedLift
from kith.kernel.decision import Decision
from kith.kernel.errors import NotFound, Refused
from kith.web.rendering import UNPROCESSABLE, render_page


@dataclass(frozen=True, slots=True)
class Row:
    protection: Protection
    may_lift: Decision
    asked: AskedLift | None
    """It waits for the overnight run."""


def suppressions(opened: Opened) -> Mapping[str, object]:
    """Of the card on the contact's page."""
    waiting = waiting_by_suppression(opened.contact.pk) if opened.standing else {}
    return {
        "rows": [
            Row(one, rules.may_ask_to_lift(one, actor=opened.actor), waiting.get(one.suppression_id))
            for one in opened.standing
        ],
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
    messages.success(request, _SUPPRESSED.get(form.cleaned_data["reason"], _UNREACHED))
    return redirect("contacts:detail", contact_id)


@needs(Permission.CONTACT_SUPPRESS)
@require_http_methods(["GET", "HEAD", "POST"])
def flag_deceased(request: KithRequest, contact_id: int) -> HttpResponse:
    contact = _active(request, contact_id)
    form = DeceasedForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.suppress(
                actor=request.actor,
                contact_id=contact_id,
                reason=Suppression.Reason.DECEASED,
                **form.cleaned_data,
            )
        except Refused as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "Flagged deceased: nobody writes to this contact from now on.")
            return redirect("contacts:detail", contact_id)
    context = {"contact": contact, "form": form}
    status = UNPROCESSABLE if form.errors else 200
    return render_page(request, "contacts/flag_deceased.html", context, status=status)


@needs(Permission.CONTACT_SUPPRESS)
@require_http_methods(["GET", "HEAD", "POST"])
def lift_suppression(request: KithRequest, contact_id: int, suppression_id: int) -> HttpResponse:
    contact = _active(request, contact_id)
    protection = carried_by(contact_id, suppression_id)
    allowed = rules.may_ask_to_lift(protection, actor=request.actor)
    form_of = lift_form_of(protection)
    if request.method != "POST" or not allowed:
        status = UNPROCESSABLE if request.method == "POST" else 200
        return _page(request, contact, form_of(), protection=protection, allowed=allowed, status=status)
    form = form_of(request.POST)
    if not form.is_valid():
        return _page(request, contact, form, protection=protection, allowed=allowed, status=UNPROCESSABLE)
    try:
        waits = asked.ask_lift(
            actor=request.actor,
            contact_id=contact_id,
            suppression_id=suppression_id,
            note=form.cleaned_data["note"],
            person_told=form.cleaned_data.get("person_told", False),
        )
    except Refused as error:
        form.add_error(None, error.message)
        return _page(request, contact, form, protection=protection, allowed=allowed, status=UNPROCESSABLE)
    messages.success(request, _WAITS if waits else "Suppression unflagged.")
    return redirect("contacts:detail", contact_id)


_UNREACHED: Final = "Suppressed: nobody may reach this contact from now on."
_SUPPRESSED: Final = {
    Suppression.Reason.RESTRICTED.value: "Restricted: this contact is kept, and used for nothing from now on."
}
_WAITS: Final = "The next run unflags it; until then the contact stays suppressed."


def _active(request: KithRequest, contact_id: int) -> Contact:
    contact = queries.opened(contact_id, actor=request.actor)
    if contact.state != Contact.State.ACTIVE:
        raise NotFound("This GroupID is retired.")
    return contact


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
