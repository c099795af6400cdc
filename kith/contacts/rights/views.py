"""Revealing a masked value, and the privacy level of one contact."""

from __future__ import annotations

from typing import Final

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts import queries
from kith.contacts.belongings import record_ids_of
from kith.contacts.models import Contact
from kith.contacts.rights import actions
from kith.contacts.rights.forms import FIELDS, LevelForm, RevealForm
from kith.contacts.rights.levels import level_of_contact
from kith.contacts.rights.models import PrivacyMark
from kith.contacts.rights.rules import field_of
from kith.contacts.rights.sections import privacy_levels
from kith.contacts.rights.seeing import sight_on
from kith.kernel.errors import NotFound, Refused
from kith.web.rendering import UNPROCESSABLE, render_page

_TO_RULES: Final = "rules"


@needs(Permission.CONTACT_REVEAL)
@require_http_methods(["GET", "HEAD", "POST"])
def reveal(request: KithRequest, contact_id: int, field: str) -> HttpResponse:
    contact = _active(request, contact_id)
    name = field_of(field)
    if not sight_on(contact).may_ask_to_see(name):
        raise NotFound("There is nothing masked to reveal here.")
    form = RevealForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.reveal(actor=request.actor, contact_id=contact_id, field=name, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            minutes = privacy_levels().reveal_minutes
            messages.success(request, f"Shown to you for {minutes} minutes. The history says so.")
            return redirect("contacts:detail", contact_id)
    context = {"contact": contact, "form": form, "label": _label(name)}
    status = UNPROCESSABLE if form.is_bound else 200
    return render_page(request, "contacts/rights/reveal.html", context, status=status)


@needs(Permission.CONTACT_LEVEL)
@require_http_methods(["GET", "HEAD", "POST"])
def set_level(request: KithRequest, contact_id: int) -> HttpResponse:
    contact = _active(request, contact_id)
    value, level = privacy_levels(), level_of_contact(contact_id)
    form = LevelForm(request.POST if request.method == "POST" else None, initial={"level": level})
    chosen = form.fields["level"]
    assert isinstance(chosen, django_forms.ChoiceField)
    offered = [(one.code, one.label) for one in value.levels if one.is_active]
    marks = PrivacyMark.objects.filter(record_id__in=record_ids_of(contact_id))
    by_hand = marks.order_by("-at").first()
    chosen.choices = [*offered, *([(_TO_RULES, "As the rules say")] if by_hand else [])]
    if form.is_valid():
        _save(request, contact_id, level=form.cleaned_data["level"], note=form.cleaned_data["note"])
        messages.success(request, "The privacy level is changed.")
        return redirect("contacts:detail", contact_id)
    context = {"contact": contact, "form": form, "level": value.label(level), "by_hand": by_hand}
    status = UNPROCESSABLE if form.is_bound else 200
    return render_page(request, "contacts/rights/level.html", context, status=status)


def _save(request: KithRequest, contact_id: int, *, level: str, note: str) -> None:
    if level == _TO_RULES:
        actions.leave_level_to_rules(actor=request.actor, contact_id=contact_id, note=note)
    else:
        actions.set_level(actor=request.actor, contact_id=contact_id, level=level, note=note)


def _active(request: KithRequest, contact_id: int) -> Contact:
    contact = queries.opened(contact_id, actor=request.actor)
    if contact.state != Contact.State.ACTIVE:
        raise NotFound("This GroupID is retired.")
    return contact


def _label(field: str) -> str:
    return dict(FIELDS).get(field, field.removeprefix("custom.").replace("_", " ").capitalize())
