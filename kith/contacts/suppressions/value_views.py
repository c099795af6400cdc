"""Suppressed e-mails and phones: found, added, unflagged. What is searched never stands in an address."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts.standing_forms import LiftForm
from kith.contacts.suppressions import actions, value_queries
from kith.contacts.suppressions.forms import ValueForm, ValueSearchForm
from kith.kernel.errors import Refused
from kith.web.paging import page_of
from kith.web.rendering import UNPROCESSABLE, render_page


@needs(Permission.PRIVACY_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def value_list(request: KithRequest) -> HttpResponse:
    """A POST without an e-mail or phone leads to the address of its filters."""
    form = ValueSearchForm(request.POST if request.method == "POST" else _filters(request.GET))
    if not form.is_valid():
        return _values_page(request, {"form": form}, status=UNPROCESSABLE)
    asked = form.asked()
    if request.method == "POST" and not asked.value:
        return redirect(f"{reverse('suppressions:values')}?{_filters(request.POST).urlencode()}")
    look = value_queries.find if asked.value else value_queries.values
    page = page_of(look(asked, actor=request.actor), request)
    return _values_page(
        request, {"form": form, "page": page, "rows": value_queries.rows_of(page.rows), "asked": asked}
    )


def _filters(said: QueryDict) -> QueryDict:
    """What may stand in an address: everything but the value."""
    kept = QueryDict(mutable=True)
    for name in ("kind", "reason", "list", "ended"):
        if text := said.get(name):
            kept[name] = text
    return kept


def _values_page(request: KithRequest, context: Mapping[str, object], *, status: int = 200) -> HttpResponse:
    may = {"may_suppress": request.actor.may(Permission.CONTACT_SUPPRESS)}
    return render_page(request, "suppressions/values.html", {**context, **may}, status=status)


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
