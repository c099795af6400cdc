"""Legal holds of a contact, and all that are in force."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts import queries as contacts
from kith.contacts.models import Contact
from kith.kernel.errors import DomainError, NotFound
from kith.privacy.holds import actions, queries
from kith.web.paging import page_of
from kith.web.rendering import UNPROCESSABLE, render_page


class HoldForm(forms.Form):
    reason = forms.CharField(
        label="Why it must be kept",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A claim, a lawsuit, an audit; with its file number.",
    )
    review_on = forms.DateField(
        label="Look again on", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class LiftForm(forms.Form):
    note = forms.CharField(label="Why it is lifted", max_length=500)


@needs(Permission.PRIVACY_VIEW)
@require_GET
def hold_list(request: KithRequest) -> HttpResponse:
    show_all = request.GET.get("show") == "all"
    page = page_of(queries.holds(actor=request.actor, show_all=show_all), request)
    return render_page(request, "holds/list.html", {"page": page, "show_all": show_all})


@needs(Permission.PRIVACY_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def contact_holds(request: KithRequest, contact_id: int) -> HttpResponse:
    contact = _active(request, contact_id)
    form = HoldForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.place_hold(actor=request.actor, contact_id=contact_id, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "Held: it can be neither anonymised nor deleted.")
            return redirect("holds:contact", contact_id)
    return _contact_page(request, contact, form=form, status=UNPROCESSABLE if form.errors else 200)


@needs(Permission.PRIVACY_EDIT)
@require_POST
def lift(request: KithRequest, contact_id: int, hold_id: int) -> HttpResponse:
    contact = _active(request, contact_id)
    if not queries.of_contact(contact_id, actor=request.actor).filter(pk=hold_id).exists():
        raise NotFound("This contact has no such hold.")
    form = _lift_form(hold_id, request.POST)
    if not form.is_valid():
        return _contact_page(request, contact, lifting={hold_id: form}, status=UNPROCESSABLE)
    try:
        actions.lift_hold(actor=request.actor, hold_id=hold_id, note=form.cleaned_data["note"])
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "The hold is lifted.")
    return redirect("holds:contact", contact_id)


def _active(request: KithRequest, contact_id: int) -> Contact:
    contact = contacts.opened(contact_id, actor=request.actor)
    if contact.state != Contact.State.ACTIVE:
        raise NotFound("There is no such contact.")
    return contact


def _lift_form(hold_id: int, posted: QueryDict | None = None) -> LiftForm:
    return LiftForm(posted, auto_id=f"lift-{hold_id}-%s")


def _contact_page(
    request: KithRequest,
    contact: Contact,
    *,
    form: HoldForm | None = None,
    lifting: Mapping[int, LiftForm] | None = None,
    status: int,
) -> HttpResponse:
    holds, said = queries.of_contact(contact.pk, actor=request.actor), lifting or {}
    context = {
        "contact": contact,
        "form": form or HoldForm(),
        "holds": [(one, said.get(one.pk) or _lift_form(one.pk)) for one in holds],
    }
    return render_page(request, "holds/contact.html", context, status=status)
