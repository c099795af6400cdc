"""Shadow runs: how far, what they found, and putting into force what they tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from kith.access.actors import require
from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.golden.rules import FIELD_LABELS
from kith.grouping.engine.records import arrow_records
from kith.grouping.models import KnownPair, WhatIf
from kith.grouping.recipe.in_force import MatchingInForce, matching_in_force
from kith.grouping.what_if import actions, queries
from kith.grouping.what_if.candidate import Candidate
from kith.grouping.what_if.result import GOLDEN_PREFIX, LABELS, Result
from kith.grouping.what_if.shadow import STAGES
from kith.grouping.what_if.shown import shown
from kith.grouping.why.waterfalls import waterfall
from kith.kernel.errors import Conflict, NotFound
from kith.matching.comparable import comparables
from kith.web.paging import page_of
from kith.web.rendering import render_page

CONTACTS = ("joined", "split", "retired", "new")
PROTECTION = ("protected", "opted-out", "freed")
PAIRS = ("asked", "no-longer-asked", "doubted")


@dataclass(frozen=True, slots=True)
class Line:
    kind: str
    label: str
    count: int
    has_examples: bool


@dataclass(frozen=True, slots=True)
class StageLine:
    label: str
    milliseconds: int
    kept: int | None
    """Of the last run that compared everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A result as its page shows it."""

    result: Result
    contacts: tuple[Line, ...]
    golden: tuple[Line, ...]
    protection: tuple[Line, ...]
    pairs: tuple[Line, ...]
    stages: tuple[StageLine, ...]
    total: int
    kept_total: int


@needs(Permission.RULES_VIEW)
@require_GET
def what_if_list(request: KithRequest) -> HttpResponse:
    page = page_of(queries.what_ifs(actor=request.actor), request, size=25)
    context = {
        "page": page,
        "rows": [(made, queries.parts_of(made.candidate)) for made in page.rows],
        "may_edit": request.actor.may(Permission.RULES_EDIT),
    }
    return render_page(request, "grouping/what_if_list.html", context, region="rows")


@needs(Permission.RULES_VIEW)
@require_GET
def what_if(request: KithRequest, what_if_id: int) -> HttpResponse:
    return _page(request, what_if_id)


def _page(request: KithRequest, what_if_id: int, *, problem: str = "") -> HttpResponse:
    made = queries.opened(what_if_id, actor=request.actor)
    result = queries.result_of(made)
    goes_on = made.state in actions.GOES_ON
    may_edit = request.actor.may(Permission.RULES_EDIT)
    standing = queries.standing_of(made, result)
    context = {
        "made": made,
        "parts": queries.parts_of(made.candidate),
        "progress": queries.progress_of(made) if goes_on else None,
        "goes_on": goes_on,
        "found": None if result is None else found_in(result),
        "standing": standing,
        "problem": problem,
        "may_edit": may_edit,
        "may_publish": may_edit
        and made.state == WhatIf.State.DONE
        and made.published_at is None
        and not standing.base_changed,
    }
    status = 409 if problem else 200
    page = render_page(request, "grouping/what_if.html", context, region="standing", status=status)
    if request.htmx and not goes_on:
        # The page that watched it lacks what only a finished one has, above all the way to publish it.
        page["HX-Refresh"] = "true"
    return page


def found_in(result: Result) -> Found:
    by_count = sorted(result.fields.items(), key=lambda found: (-found[1], found[0]))
    fields = tuple(GOLDEN_PREFIX + field for field, _ in by_count)
    stages = tuple(
        StageLine(label, result.milliseconds[stage], result.kept_milliseconds.get(stage))
        for stage, label in STAGES.items()
        if stage in result.milliseconds
    )
    return Found(
        result=result,
        contacts=_lines(result, CONTACTS),
        golden=_lines(result, ("golden", *fields)),
        protection=_lines(result, PROTECTION),
        pairs=_lines(result, PAIRS),
        stages=stages,
        total=sum(result.milliseconds.values()),
        kept_total=sum(result.kept_milliseconds.values()),
    )


def _lines(result: Result, kinds: tuple[str, ...]) -> tuple[Line, ...]:
    return tuple(
        Line(kind, label_of(kind), result.count(kind), bool(result.examples.get(kind))) for kind in kinds
    )


def label_of(kind: str) -> str:
    if kind.startswith(GOLDEN_PREFIX):
        return FIELD_LABELS.get(kind.removeprefix(GOLDEN_PREFIX), kind)
    return LABELS.get(kind, kind)


@needs(Permission.RULES_VIEW)
@require_GET
def examples(request: KithRequest, what_if_id: int, kind: str) -> HttpResponse:
    made = queries.opened(what_if_id, actor=request.actor)
    result = queries.result_of(made)
    if result is None or (kind not in LABELS and kind.removeprefix(GOLDEN_PREFIX) not in FIELD_LABELS):
        raise NotFound("There is nothing of this kind.")
    candidate = Candidate.from_json(made.candidate)
    known = page_of(_known_ids(result, kind), request)
    context = {
        "made": made,
        "kind": kind,
        "label": label_of(kind),
        "count": result.count(kind),
        "examples": shown(result.examples.get(kind, ()), candidate=candidate, actor=request.actor),
        "page": known,
        "known": _known(known.rows, result),
        "standing": queries.standing_of(made, result),
        "may_see": request.actor.may(Permission.CONTACT_VIEW),
        "tries_matching": candidate.changes_matching,
    }
    return render_page(request, "grouping/what_if_examples.html", context)


def _known_ids(result: Result, kind: str) -> tuple[int, ...]:
    return {"wrong": result.known_wrong, "changed": result.known_changed}.get(kind, ())


def _known(ids: Sequence[int], result: Result) -> list[queries.ShownPair]:
    pairs = KnownPair.objects.select_related("added_by").filter(pk__in=ids).order_by("id")
    return queries.shown_pairs(list(pairs), wrong_then=frozenset(result.known_wrong)) if ids else []


@needs(Permission.RULES_VIEW)
@require_GET
def pair(request: KithRequest, what_if_id: int, left_id: int, right_id: int) -> HttpResponse:
    """Two System Refs bit by bit, by what is in force and by what was tried."""
    require(request.actor, Permission.CONTACT_VIEW)
    made = queries.opened(what_if_id, actor=request.actor)
    records = queries.records_of({left_id, right_id})
    if len(records) != 2:
        raise NotFound("There is no such pair of System Refs.")
    said = {one.record_id: one for one in comparables(arrow_records(ids=[left_id, right_id]))}
    in_force = matching_in_force()
    tried = MatchingInForce(
        recipe=Candidate.from_json(made.candidate).recipe(in_force.recipe), figures=in_force.figures
    )
    context = {
        "made": made,
        "left": records[left_id],
        "right": records[right_id],
        "now": waterfall(said[left_id], said[right_id], in_force=in_force),
        "then": waterfall(said[left_id], said[right_id], in_force=tried),
    }
    return render_page(request, "grouping/what_if_pair.html", context)


@needs(Permission.RULES_EDIT)
@require_POST
def cancel(request: KithRequest, what_if_id: int) -> HttpResponse:
    actions.cancel_what_if(actor=request.actor, what_if_id=what_if_id)
    messages.success(request, "It stops at its next safe point. Nothing was changed.")
    return redirect("grouping:what-if", what_if_id)


@needs(Permission.RULES_EDIT)
@require_POST
def publish(request: KithRequest, what_if_id: int) -> HttpResponse:
    try:
        actions.publish_what_if(actor=request.actor, what_if_id=what_if_id)
    except Conflict as conflict:
        return _page(request, what_if_id, problem=conflict.message)
    messages.success(request, "It is in force. The next run goes by it; earlier versions can be put back.")
    return redirect("grouping:what-if", what_if_id)
