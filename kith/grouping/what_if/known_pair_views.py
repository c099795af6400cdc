"""Known pairs: what shadow runs are held against."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.grouping.what_if import actions, queries
from kith.grouping.what_if.actions import PairSaid
from kith.kernel.errors import DomainError, NotFound, Refused
from kith.sources.models import SourceRecord, SourceSystem
from kith.web.paging import page_of
from kith.web.rendering import render_page


@needs(Permission.RULES_VIEW)
@require_GET
def known_pairs(request: KithRequest) -> HttpResponse:
    return _page(request)


def _page(request: KithRequest, *, problem: str = "") -> HttpResponse:
    page = page_of(queries.known_pairs(actor=request.actor), request)
    context = {
        "page": page,
        "pairs": queries.shown_pairs(page.rows),
        "sources": SourceSystem.objects.order_by("priority", "code").values_list("code", "name"),
        "posted": request.POST,
        "problem": problem,
        "may_add": request.actor.may(Permission.CONTACT_GROUP),
    }
    status = 422 if problem else 200
    return render_page(request, "grouping/what_if_known_pairs.html", context, region="rows", status=status)


@needs(Permission.CONTACT_GROUP)
@require_POST
def add(request: KithRequest) -> HttpResponse:
    try:
        said = PairSaid(
            left_id=_record(request, "left"),
            right_id=_record(request, "right"),
            same=_same(request.POST.get("verdict", "")),
            note=request.POST.get("note", ""),
        )
        actions.add_known_pairs(actor=request.actor, pairs=[said])
    except DomainError as refused:
        return _page(request, problem=refused.message)
    messages.success(request, "Every shadow run says from now on whether it gets this pair right.")
    return redirect("grouping:known-pairs")


def _same(verdict: str) -> bool:
    if verdict not in {"same", "different"}:
        raise Refused("Say whether the two are one.")
    return verdict == "same"


def _record(request: KithRequest, side: str) -> int:
    code, ref = request.POST.get(f"{side}_source", ""), request.POST.get(f"{side}_ref", "").strip()
    found = SourceRecord.objects.filter(source__code=code, system_ref=ref).values_list("pk", flat=True)
    record_id = found.first()
    if record_id is None:
        place = "first" if side == "left" else "second"
        raise NotFound(f"There is no such System Ref in this source: look at the {place} one.")
    return record_id


@needs(Permission.CONTACT_GROUP)
@require_POST
def from_decisions(request: KithRequest) -> HttpResponse:
    number = actions.know_what_was_decided(actor=request.actor)
    messages.success(request, f"{number:,} pairs were added." if number else "There was nothing to add.")
    return redirect("grouping:known-pairs")


@needs(Permission.CONTACT_GROUP)
@require_POST
def remove(request: KithRequest, pair_id: int) -> HttpResponse:
    actions.remove_known_pair(actor=request.actor, pair_id=pair_id)
    messages.success(request, "The pair was removed.")
    return redirect("grouping:known-pairs")
