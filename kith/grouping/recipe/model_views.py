"""Matching models: everybody sees them; power users put drafts in force or bring earlier ones back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.grouping.models import MatchingModel
from kith.grouping.recipe import actions, model_files, model_queries
from kith.grouping.recipe.model_differences import Difference, differences
from kith.grouping.recipe.model_table import shown
from kith.grouping.recipe.report import Line, lines_of
from kith.grouping.recipe.trying import Tried, try_recipe
from kith.grouping.recipe.versions import ModelInForce, model_in_force, recipe_in_force
from kith.kernel.errors import Conflict, NotFound
from kith.matching.evidence import Recipe
from kith.matching.model import Model
from kith.matching.records import COMPANY
from kith.matching.shipped import shipped_model
from kith.web.paging import page_of
from kith.web.rendering import render_page

SHIPPED = "shipped"


@dataclass(frozen=True, slots=True)
class Option:
    """A version to compare, in a list to choose from."""

    value: str
    label: str


@needs(Permission.RULES_VIEW)
@require_GET
def show(request: KithRequest, kind: str) -> HttpResponse:
    kind = known(kind)
    in_force = model_in_force(kind)
    page = page_of(model_queries.versions(kind, actor=request.actor), request, size=10)
    context = {
        "kind": kind,
        "model": shown(in_force.model, system_refs=model_queries.system_refs(kind)),
        "version": in_force.model_id,
        "page": page,
        "options": [*(_option(one) for one in page.rows), Option(SHIPPED, "As it came with Kith")],
        "may_edit": request.actor.may(Permission.RULES_EDIT),
    }
    return render_page(request, "grouping/matching_model.html", context)


def _option(version: MatchingModel) -> Option:
    return Option(str(version.pk), f"Version {version.pk}{' (draft)' if version.state == 'draft' else ''}")


@needs(Permission.RULES_VIEW)
@require_GET
def show_version(request: KithRequest, model_id: int) -> HttpResponse:
    return _version_page(request, model_queries.opened(model_id, actor=request.actor))


def _version_page(
    request: KithRequest, version: MatchingModel, *, tried: Tried | None = None, problem: str = ""
) -> HttpResponse:
    in_force = model_in_force(version.kind)
    said, system_refs = model_queries.said_by(version), model_queries.system_refs(version.kind)
    context = {
        "kind": version.kind,
        "shown_version": version,
        "model": shown(said, system_refs=system_refs),
        "differences": differences(in_force.model, said, system_refs=system_refs),
        "version": in_force.model_id,
        "report": _report(version),
        "tried": tried,
        "problem": problem,
        "is_overtaken": version.state == "draft" and version.based_on_id != in_force.model_id,
        "may_edit": request.actor.may(Permission.RULES_EDIT),
    }
    status = 409 if problem else 200
    return render_page(
        request, "grouping/matching_model_version.html", context, region="tried", status=status
    )


def _report(version: MatchingModel) -> tuple[Line, ...]:
    return () if version.report is None else lines_of(version.report)


@needs(Permission.RULES_VIEW)
@require_GET
def show_shipped(request: KithRequest, kind: str) -> HttpResponse:
    kind = known(kind)
    in_force, system_refs = model_in_force(kind), model_queries.system_refs(kind)
    context = {
        "kind": kind,
        "model": shown(shipped_model(kind), system_refs=system_refs),
        "differences": differences(in_force.model, shipped_model(kind), system_refs=system_refs),
        "version": in_force.model_id,
        "may_edit": request.actor.may(Permission.RULES_EDIT),
    }
    return render_page(request, "grouping/matching_model_version.html", context)


@needs(Permission.RULES_VIEW)
@require_GET
def compare(request: KithRequest, kind: str) -> HttpResponse:
    kind = known(kind)
    names = request.GET.get("one", SHIPPED), request.GET.get("other", "")
    one, other = (named(name, kind=kind, request=request) for name in names)
    found: tuple[Difference, ...] = differences(
        one.model, other.model, system_refs=model_queries.system_refs(kind)
    )
    context = {
        "kind": kind,
        "one": one.model_id,
        "other": other.model_id,
        "before": _title(one),
        "after": _title(other),
        "differences": found,
    }
    return render_page(request, "grouping/matching_model_compare.html", context)


def _title(version: ModelInForce) -> str:
    return "As it came with Kith" if version.model_id is None else f"Version {version.model_id}"


@needs(Permission.RULES_VIEW)
@require_GET
def file(request: KithRequest, kind: str) -> HttpResponse:
    """`?version=`: an id, 'shipped', or nothing for the one in force; `?as=splink`."""
    kind = known(kind)
    model = named(request.GET.get("version", ""), kind=kind, request=request).model
    as_splink = request.GET.get("as") == "splink"
    text = (
        model_files.as_splink(model, system_refs=model_queries.system_refs(kind))
        if as_splink
        else model_files.as_kith(model)
    )
    name = f"kith-{kind}-model-{model.version}{'-splink' if as_splink else ''}.json"
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@needs(Permission.RULES_EDIT)
@require_POST
def try_it(request: KithRequest, model_id: int) -> HttpResponse:
    version = model_queries.opened(model_id, actor=request.actor)
    tried = try_recipe(_with(recipe_in_force().recipe, model_queries.said_by(version)), actor=request.actor)
    return _version_page(request, version, tried=tried)


def _with(recipe: Recipe, model: Model) -> Recipe:
    return replace(recipe, company=model) if model.kind == COMPANY else replace(recipe, person=model)


@needs(Permission.RULES_EDIT)
@require_POST
def publish(request: KithRequest, model_id: int) -> HttpResponse:
    try:
        published = actions.publish_model(actor=request.actor, model_id=model_id)
    except Conflict as conflict:
        version = model_queries.opened(model_id, actor=request.actor)
        return _version_page(request, version, problem=conflict.message)
    messages.success(
        request, f"Version {published.pk} is in force; the next run compares everything again by it."
    )
    return redirect("grouping:model", published.kind)


@needs(Permission.RULES_EDIT)
@require_POST
def discard(request: KithRequest, model_id: int) -> HttpResponse:
    discarded = actions.discard_draft(actor=request.actor, model_id=model_id)
    messages.success(request, f"Draft {discarded.pk} was discarded. It stays in the history.")
    return redirect("grouping:model", discarded.kind)


@needs(Permission.RULES_EDIT)
@require_POST
def restore(request: KithRequest, model_id: int) -> HttpResponse:
    restored = actions.restore_model(actor=request.actor, model_id=model_id)
    return _restored(request, restored)


@needs(Permission.RULES_EDIT)
@require_POST
def restore_shipped(request: KithRequest, kind: str) -> HttpResponse:
    return _restored(request, actions.restore_shipped_model(actor=request.actor, kind=known(kind)))


def _restored(request: KithRequest, version: MatchingModel) -> HttpResponse:
    messages.success(request, f"It is in force again, as version {version.pk}.")
    return redirect("grouping:model", version.kind)


def known(kind: str) -> str:
    if kind not in MatchingModel.Kind.values:
        raise NotFound("There is no such kind of contact.")
    return kind


def named(name: str, *, kind: str, request: KithRequest) -> ModelInForce:
    """The version of that name: an id, 'shipped', or '' for the one in force."""
    if not name:
        return model_in_force(kind)
    if name == SHIPPED:
        return ModelInForce(shipped_model(kind), None)
    if not (name.isascii() and name.isdigit()):
        raise NotFound("There is no such version of the matching model.")
    version = model_queries.opened(int(name[:18]), actor=request.actor)
    if version.kind != kind:
        raise NotFound("There is no such version of the matching model.")
    return ModelInForce(model_queries.said_by(version), version.pk)
