"""The editor of a matching model: nothing decides anything before it is saved as a draft and published."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.grouping.models import MatchingModel
from kith.grouping.recipe import actions, model_draft, model_files, model_queries
from kith.grouping.recipe.model_draft import DraftComparison, DraftLevel, Findings, ModelDraft
from kith.grouping.recipe.model_table import Bar, bar, name_of, signed
from kith.grouping.recipe.model_views import known, named
from kith.grouping.recipe.versions import model_in_force
from kith.kernel.errors import Refused
from kith.matching.model import WITH_THRESHOLD, Level, Model, Test, UnreadableModel
from kith.matching.words import odds_words
from kith.web.rendering import render_page

_FORM = "grouping/matching_model_form.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLevel:
    draft: DraftLevel
    words: str
    bar: Bar | None
    """None while its numbers are not understood, or it is off."""
    problems: tuple[str, ...]
    has_threshold: bool
    may_count_values: bool
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FormComparison:
    draft: DraftComparison
    name: str
    levels: tuple[FormLevel, ...]
    problems: tuple[str, ...]


@needs(Permission.RULES_EDIT)
@require_GET
def edit(request: KithRequest, kind: str) -> HttpResponse:
    """`?from=`: begin with another version than the one in force."""
    kind = known(kind)
    begun = named(request.GET.get("from", ""), kind=kind, request=request)
    based_on = model_in_force(kind).model_id
    return _editor(
        request, model_draft.of_model(begun.model), based_on="" if based_on is None else str(based_on)
    )


@needs(Permission.RULES_EDIT)
@require_POST
def check(request: KithRequest, kind: str) -> HttpResponse:
    """While typing: what each level says now, and what is wrong with it. Nothing is saved."""
    return _editor(request, model_draft.read(request.POST, kind=known(kind)), region="said")


@needs(Permission.RULES_EDIT)
@require_POST
def save(request: KithRequest, kind: str) -> HttpResponse:
    kind = known(kind)
    draft = model_draft.read(request.POST, kind=kind)
    model = draft.model(system_refs=model_queries.system_refs(kind))
    if model_draft.findings(model):
        return _editor(request, draft, status=422)
    try:
        saved = _saved(request, model)
    except Refused as refused:
        return _editor(request, draft, status=422, problem=refused.message)
    messages.success(request, "The draft was saved. Try it, then publish it: until then nothing changes.")
    return redirect("grouping:model-version", saved.pk)


@needs(Permission.RULES_EDIT)
@require_GET
def upload_form(request: KithRequest, kind: str) -> HttpResponse:
    return _upload_page(request, known(kind))


@needs(Permission.RULES_EDIT)
@require_POST
def upload(request: KithRequest, kind: str) -> HttpResponse:
    kind = known(kind)
    given = request.FILES.get("file")
    if given is None:
        return _upload_page(request, kind, problem="Choose a file first.")
    try:
        content = given.read(model_files.MOST_BYTES + 1)
        model = model_files.read(content, kind=kind)
        saved = _saved(request, model, note=request.POST.get("note", "").strip() or "Uploaded from a file")
    except (UnreadableModel, Refused) as error:
        return _upload_page(request, kind, problem=str(error))
    messages.success(
        request, "The file was saved as a draft. Try it, then publish it: until then nothing changes."
    )
    return redirect("grouping:model-version", saved.pk)


def _saved(request: KithRequest, model: Model, *, note: str | None = None) -> MatchingModel:
    given = request.POST.get("based_on", "")
    return actions.save_model_draft(
        actor=request.actor,
        model=model,
        note=(request.POST.get("note", "").strip() if note is None else note)[:200],
        based_on=int(given[:18]) if given.isascii() and given.isdigit() else None,
    )


def _upload_page(request: KithRequest, kind: str, *, problem: str = "") -> HttpResponse:
    based_on = model_in_force(kind).model_id
    context = {"kind": kind, "problem": problem, "note": request.POST.get("note", ""), "based_on": based_on}
    status = 422 if problem else 200
    return render_page(request, "grouping/matching_model_upload.html", context, status=status)


def _editor(
    request: KithRequest,
    draft: ModelDraft,
    *,
    based_on: str | None = None,
    status: int = 200,
    problem: str = "",
    region: str = "",
) -> HttpResponse:
    system_refs = model_queries.system_refs(draft.kind)
    model = draft.model(system_refs=system_refs)
    found = model_draft.findings(model)
    context = {
        "kind": draft.kind,
        "draft": draft,
        "comparisons": [_form_comparison(one, found, system_refs=system_refs) for one in draft.comparisons],
        "found": found,
        "problem": problem,
        "group_odds": _odds(model.group_at),
        "review_odds": _odds(model.review_at),
        "needed": signed(model.group_at - model.prior(system_refs)) if not found.general else "",
        "system_refs": system_refs,
        "based_on": request.POST.get("based_on", "") if based_on is None else based_on,
        "note": request.POST.get("note", ""),
    }
    return render_page(request, _FORM, context, region=region, status=status)


def _odds(bits: float) -> str:
    return odds_words(bits) if abs(bits) <= 100 else ""


def _form_comparison(draft: DraftComparison, found: Findings, *, system_refs: int) -> FormComparison:
    return FormComparison(
        draft=draft,
        name=name_of(draft.field),
        levels=tuple(_form_level(draft, level, found, system_refs=system_refs) for level in draft.levels),
        problems=found.of_comparison.get(draft.field, ()),
    )


def _form_level(
    comparison: DraftComparison, draft: DraftLevel, found: Findings, *, system_refs: int
) -> FormLevel:
    field = comparison.field
    return FormLevel(
        draft=draft,
        words=model_draft.label(field, draft),
        bar=_bar(draft.level(system_refs=system_refs), system_refs) if comparison.on and draft.on else None,
        problems=found.of_level.get((field, draft.test), ()) if comparison.on and draft.on else (),
        has_threshold=draft.test in WITH_THRESHOLD,
        may_count_values=draft.by_frequency or model_draft.may_count_values(field, draft.test),
        is_last=draft.test is Test.ELSE,
    )


def _bar(level: Level, system_refs: int) -> Bar | None:
    return bar(level.weight(system_refs)) if 0 < level.m <= 1 and 0 < level.u <= 1 else None
