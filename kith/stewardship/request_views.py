"""Requests that wait, and what became of the others."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts.choosing import number
from kith.contacts.panels import Opened
from kith.grouping.intents import from_json
from kith.grouping.outcome import Outcome
from kith.grouping.previewing import preview
from kith.kernel.errors import Conflict, Refused
from kith.stewardship import requests
from kith.stewardship.models import Request
from kith.stewardship.request_forms import RequestFilterForm
from kith.stewardship.showing import shown
from kith.web.paging import page_of
from kith.web.rendering import render_page


@needs(Permission.CONTACT_GROUP)
@require_GET
def request_list(request: KithRequest) -> HttpResponse:
    form = RequestFilterForm(request.GET)
    found = requests.requests(actor=request.actor, state=form.state_asked(), kind=form.kind_asked())
    page = page_of(found, request)
    context = {
        "form": form,
        "page": page,
        "rows": [requests.shown(one, actor=request.actor) for one in page.rows],
        "is_filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render_page(request, "stewardship/request_list.html", context, region="rows")


@needs(Permission.CONTACT_GROUP)
@require_GET
def request_detail(request: KithRequest, request_id: int) -> HttpResponse:
    found = requests.request_of(request_id, actor=request.actor)
    row = requests.shown(found, actor=request.actor)
    would = _outcome(found, request) if row.waits else None
    context = {
        "row": row,
        "asked": found,
        "outcome": would,
        "shown": shown(would) if would else None,
        "waits": found.state,
        "cases": found.cases.order_by("-pk")[:10],
    }
    return render_page(request, "stewardship/request_detail.html", context)


def _outcome(found: Request, request: KithRequest) -> Outcome:
    """What it would do to the contacts as they stand now."""
    return preview(actor=request.actor, intent=from_json(found.intent))


@needs(Permission.CONTACT_GROUP)
@require_POST
def cancel(request: KithRequest, request_id: int) -> HttpResponse:
    return _decided(request, request_id, _cancel)


@needs(Permission.CONTACT_GROUP)
@require_POST
def approve(request: KithRequest, request_id: int) -> HttpResponse:
    return _decided(request, request_id, _approve)


@needs(Permission.CONTACT_GROUP)
@require_POST
def reject(request: KithRequest, request_id: int) -> HttpResponse:
    return _decided(request, request_id, _reject)


def _cancel(request: KithRequest, request_id: int) -> str:
    requests.cancel(actor=request.actor, request_id=request_id)
    return "The request was cancelled. Nothing was changed."


def _approve(request: KithRequest, request_id: int) -> str:
    seen = request.POST.get("seen", "")
    return requests.approve(actor=request.actor, request_id=request_id, seen=seen).words


def _reject(request: KithRequest, request_id: int) -> str:
    requests.reject(actor=request.actor, request_id=request_id)
    return "The request was rejected. Nothing was changed."


def _decided(
    request: KithRequest, request_id: int, decide: Callable[[KithRequest, int], str]
) -> HttpResponse:
    """Back to where the button stood: the contact, or the request."""
    try:
        messages.success(request, decide(request, request_id))
    except (Refused, Conflict) as error:
        messages.error(request, error.message)
    contact_id = number(request.POST.get("contact", ""))
    if contact_id is not None:
        return redirect("contacts:detail", contact_id)
    return redirect("requests:detail", request_id)


def waiting_panel(opened: Opened) -> dict[str, object]:
    """What waits for a contact, for everybody who sees it; cancelling is for those who may group."""
    waiting = requests.waiting_for(opened.contact.pk) if opened.tally["waiting"] else None
    if waiting is None:
        return {}
    request, words = waiting
    row = requests.shown(request, actor=opened.actor)
    return {
        "request": request,
        "words": words,
        "needs_second": row.needs_second,
        "may_decide": row.may_decide,
        "may_group": opened.actor.may(Permission.CONTACT_GROUP),
    }
