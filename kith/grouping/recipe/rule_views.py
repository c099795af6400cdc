"""Matching rules: everybody sees them; power users edit, try and save them (K7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.grouping import queries
from kith.grouping.recipe import actions
from kith.grouping.recipe import rule_draft as draft
from kith.grouping.recipe.rule_draft import Choice
from kith.grouping.recipe.trying import Tried, try_out
from kith.grouping.recipe.versions import RulesInForce, rules_in_force, rules_of_version
from kith.kernel.errors import Conflict, NotFound
from kith.matching.records import COMPANY, PERSON
from kith.matching.rule_keys import needs_all_records
from kith.matching.rules import Criterion, Rule, RuleSet, describe_criterion, validate
from kith.web.paging import page_of
from kith.web.rendering import render_page

LABELS = {PERSON: "Persons", COMPANY: "Companies"}


@dataclass(frozen=True, slots=True)
class ShownCriterion:
    words: str
    fields: Sequence[Choice]
    comparisons: Sequence[Choice]
    thresholds: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class ShownRule:
    number: int
    token: int
    """Of the form."""
    rule: Rule
    verdict: str
    verdicts: Sequence[Choice]
    compares_everything: bool
    criteria: tuple[ShownCriterion, ...]


@dataclass(frozen=True, slots=True)
class ShownKind:
    kind: str
    label: str
    rules: tuple[ShownRule, ...]

    @property
    def never(self) -> tuple[ShownRule, ...]:
        return tuple(shown for shown in self.rules if draft.is_never(shown.rule))

    @property
    def deciding(self) -> tuple[ShownRule, ...]:
        return tuple(shown for shown in self.rules if not draft.is_never(shown.rule))


@needs(Permission.RULES_VIEW)
@require_GET
def show(request: KithRequest) -> HttpResponse:
    in_force = rules_in_force()
    page = page_of(queries.versions(actor=request.actor), request, size=10)
    context = {
        "kinds": _shown(in_force.rules),
        "version": in_force.version_id,
        "page": page,
        "may_edit": request.actor.may(Permission.RULES_EDIT),
    }
    return render_page(request, "grouping/matching_rules.html", context)


@needs(Permission.RULES_VIEW)
@require_GET
def show_version(request: KithRequest, version_id: int) -> HttpResponse:
    version = queries.versions(actor=request.actor).filter(pk=version_id).first()
    if version is None:
        raise NotFound("There is no such version of the matching rules.")
    context = {
        "kinds": _shown(rules_of_version(version_id)),
        "shown_version": version,
        "is_in_force": rules_in_force().version_id == version_id,
        "may_edit": request.actor.may(Permission.RULES_EDIT),
    }
    return render_page(request, "grouping/matching_rules_version.html", context)


@needs(Permission.RULES_EDIT)
@require_POST
def restore(request: KithRequest, version_id: int) -> HttpResponse:
    saved = actions.restore_matching_rules(actor=request.actor, version_id=version_id)
    messages.success(request, f"The rules of version {version_id} are in force again, as version {saved.pk}.")
    return redirect("grouping:rules")


@needs(Permission.RULES_EDIT)
@require_GET
def edit(request: KithRequest) -> HttpResponse:
    in_force = rules_in_force()
    return editor(request, in_force.rules, based_on=_as_text(in_force))


@needs(Permission.RULES_EDIT)
@require_POST
def change(request: KithRequest) -> HttpResponse:
    """A button of the editor: the draft comes back changed, nothing is saved."""
    read = draft.read(request.POST)
    return editor(request, draft.changed(read, order=request.POST.get("do", "")))


@needs(Permission.RULES_EDIT)
@require_POST
def try_it(request: KithRequest) -> HttpResponse:
    rules = draft.read(request.POST).rules
    problems = validate(rules)
    if problems:
        return editor(request, rules, problems=problems)
    return editor(request, rules, tried=try_out(rules, actor=request.actor))


@needs(Permission.RULES_EDIT)
@require_POST
def save(request: KithRequest) -> HttpResponse:
    rules = draft.read(request.POST).rules
    problems: Sequence[str] = validate(rules)
    if not problems:
        try:
            actions.save_matching_rules(
                actor=request.actor,
                rules=rules,
                note=request.POST.get("note", "").strip()[:200],
                based_on=_version(request.POST.get("based_on", "")),
            )
        except Conflict as conflict:
            problems = [conflict.message]
        else:
            messages.success(request, "The rules were saved; the next run groups by them.")
            return redirect("grouping:rules")
    return editor(request, rules, problems=problems)


def editor(
    request: KithRequest,
    rules: RuleSet,
    *,
    problems: Sequence[str] = (),
    tried: Tried | None = None,
    based_on: str | None = None,
) -> HttpResponse:
    context = {
        "kinds": _shown(draft.mended(rules)),
        "problems": problems,
        "tried": tried,
        "based_on": request.POST.get("based_on", "") if based_on is None else based_on,
        "note": request.POST.get("note", ""),
    }
    status = 422 if problems else 200
    return render_page(request, "grouping/matching_rules_form.html", context, region="editor", status=status)


def _as_text(in_force: RulesInForce) -> str:
    return "" if in_force.version_id is None else str(in_force.version_id)


def _version(text: str) -> int | None:
    return int(text[:18]) if text.isascii() and text.isdigit() else None


def _shown(rules: RuleSet) -> tuple[ShownKind, ...]:
    costly = needs_all_records(rules)
    return tuple(ShownKind(kind, LABELS[kind], _shown_rules(rules, kind, costly)) for kind in draft.KINDS)


def _shown_rules(rules: RuleSet, kind: str, costly: Sequence[Rule]) -> tuple[ShownRule, ...]:
    return tuple(
        ShownRule(
            number=number,
            token=number - 1,
            rule=rule,
            verdict=draft.VERDICTS[rule.verdict],
            verdicts=draft.verdicts_offered(rule),
            compares_everything=rule in costly,
            criteria=tuple(_shown_criterion(kind, one) for one in rule.criteria),
        )
        for number, rule in enumerate(rules.of_kind(kind), start=1)
    )


def _shown_criterion(kind: str, criterion: Criterion) -> ShownCriterion:
    return ShownCriterion(
        describe_criterion(criterion),
        draft.fields_offered(kind, criterion),
        draft.comparisons_offered(criterion),
        draft.thresholds_offered(criterion),
    )
