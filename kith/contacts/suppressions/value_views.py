"""Suppressed e-mails and phones: found, added, unflagged."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts.standing_forms import LiftForm
from kith.contacts.suppressions import actions, value_queries
from kith.contacts.suppressions.forms import ValueForm, ValueSearchForm
from kith.kernel.errors import Refused
from kith.web.paging import page_of
from kith.web.rendering import render_page

UNPROCESSABLE: Final = 422


@needs(Permission.PRIVACY_VIEW)
@require_GET
def value_list(request: KithRequest) -> HttpResponse:
    form = ValueSearchForm(request.GET)
    may = {"may_suppress": request.actor.may(Permission.CONTACT_SUPPRESS)}
    if not form.is_valid():
        return render_page(request, "suppressions/values.html", {"form": form, **may}, status=UNPROCESSABLE)
    page = page_of(value_queries.values(form.asked(), actor=request.actor), request)
    context = {"form": form, "page": page, "rows": value_queries.rows_of(page.rows), **may}
    return render_page(request, "suppressions/values.html", context)


@needs(Permission.CONTACT_SUPPRESS)
@require_http_methods(["GET", "HEAD", "POST"])
def add_value(request: KithRequest) -> HttpResponse:
    form = ValueForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = actions.suppress_value(
                actor=request.actor, value=form.cleaned_data["value"], because=form.because()
            )
        except Refused as error:
            form.add_error("value" if error.fields else None, error.message)
        else:
            (row,) = value_queries.rows_of([made])
            messages.success(request, f"Suppressed: {_contacts(row.contacts)}; so is whoever gets it later.")
            return redirect("suppressions:values")
    status = UNPROCESSABLE if form.errors else 200
    return render_page(request, "suppressions/value_form.html", {"form": form}, status=status)


def _contacts(number: int) -> str:
    if not number:
        return "no contact has it yet"
    return "1 contact has it" if number == 1 else f"{number:,} contacts have it"


@needs(Permission.CONTACT_SUPPRESS)
@require_http_methods(["GET", "HEAD", "POST"])
def lift_value(request: KithRequest, value_id: int) -> HttpResponse:
    value = value_queries.value_of(value_id, actor=request.actor)
    form = LiftForm(request.POST if request.method == "POST" else None)
    form.fields["sure"].label = "I am sure: whoever has it may be reached again"
    if form.is_valid():
        try:
            actions.lift_value(actor=request.actor, value_id=value_id, note=form.cleaned_data["note"])
        except Refused as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "Unflagged.")
            return redirect("suppressions:values")
    (row,) = value_queries.rows_of([value])
    status = UNPROCESSABLE if form.errors else 200
    context = {"form": form, "row": row, "value": value}
    return render_page(request, "suppressions/value_lift.html", context, status=status)
