"""The form of a new shadow run: any combination of what could be published."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from kith.access.actors import Actor
from kith.golden.models import GoldenRules as GoldenVersion
from kith.golden.rules import Rules as GoldenRules
from kith.grouping.models import MatchingGuards, MatchingModel, MatchingRules, WhatIf
from kith.grouping.recipe import actions as recipe
from kith.grouping.recipe import guard_draft
from kith.grouping.recipe.model_draft import as_text, number
from kith.grouping.recipe.versions import (
    guards_from,
    model_in_force,
    rules_of_version,
)
from kith.grouping.what_if.candidate import Candidate, models_of
from kith.kernel.errors import NotFound, Refused
from kith.matching.clusters import Guards
from kith.matching.evidence import Recipe
from kith.matching.model import Model
from kith.matching.records import COMPANY, PERSON
from kith.matching.rules import RuleSet

MOST_OFFERED: Final = 20
KINDS: Final = (PERSON, COMPANY)
SHIPPED: Final = "shipped"


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChoice:
    kind: str
    options: tuple[Option, ...]
    chosen: str
    group_at: str
    review_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    rules: tuple[Option, ...]
    golden: tuple[Option, ...]
    guards: tuple[Option, ...]
    models: tuple[ModelChoice, ...]


def offered(posted: Mapping[str, str]) -> Offered:
    """`posted`: what was said in a form that comes back; empty for a new one."""
    rules = MatchingRules.objects.order_by("-id").values_list("pk", "note")
    golden = GoldenVersion.objects.order_by("-id").values_list("pk", "note")
    return Offered(
        rules=(*_tried("rules"), *_versions(list(rules[: MOST_OFFERED + 1]))),
        golden=(*_tried("golden"), *_versions(list(golden[: MOST_OFFERED + 1]))),
        guards=_guard_versions(),
        models=tuple(_models(kind, posted) for kind in KINDS),
    )


def _tried(part: str) -> tuple[Option, ...]:
    found = WhatIf.objects.filter(candidate__has_key=part).order_by("-id").values_list("pk", "note")
    return tuple(
        Option(f"tried-{pk}", f"As in shadow run {pk}{f': {note}' if note else ''}")
        for pk, note in found[:MOST_OFFERED]
    )


def _versions(found: list[tuple[int, str]]) -> tuple[Option, ...]:
    """But for the newest, which is in force."""
    return tuple(
        Option(f"version-{pk}", f"Version {pk}{f': {note}' if note else ''}") for pk, note in found[1:]
    )


def _guard_versions() -> tuple[Option, ...]:
    """Earlier ones, and those that Kith ships where they are not in force."""
    found = list(MatchingGuards.objects.order_by("-id")[: MOST_OFFERED + 1])
    versions = (
        Option(str(one.pk), f"Version {one.pk}: {_said(guards_from(one.guards))}") for one in found[1:]
    )
    shipped = (Option(SHIPPED, f"As they came with Kith: {_said(Recipe.shipped().guards)}"),) if found else ()
    return (*versions, *shipped)


def _said(guards: Guards) -> str:
    return f"weak below {guards.bridge_at:g} bits, at most {guards.most_records}"


def _guards(posted: Mapping[str, str]) -> Guards:
    chosen = posted.get("guards", "")
    if not chosen:
        wanted = guard_draft.read(posted)
    elif chosen == SHIPPED:
        wanted = Recipe.shipped().guards
    else:
        version = MatchingGuards.objects.filter(pk=int(chosen)).first() if _is_number(chosen) else None
        if version is None:
            raise NotFound("There is no such version of the guards.")
        wanted = guards_from(version.guards)
    return wanted


def _models(kind: str, posted: Mapping[str, str]) -> ModelChoice:
    found = MatchingModel.objects.filter(kind=kind).exclude(state=MatchingModel.State.PUBLISHED)
    rows = found.order_by("-id").values_list("pk", "state", "note")[:MOST_OFFERED]
    model = model_in_force(kind).model
    return ModelChoice(
        kind=kind,
        options=tuple(
            Option(str(pk), f"{'Draft' if state == 'draft' else 'Version'} {pk}{f': {note}' if note else ''}")
            for pk, state, note in rows
        ),
        chosen=posted.get(f"{kind}_model", ""),
        group_at=posted.get(f"{kind}_group_at", as_text(model.group_at)),
        review_at=posted.get(f"{kind}_review_at", as_text(model.review_at)),
    )


def read(posted: Mapping[str, str], *, actor: Actor) -> Candidate:
    """Raises Refused or NotFound. Changed thresholds become a draft of their model."""
    return Candidate(
        rules=_rules(posted.get("rules", "")),
        person_model_id=_model(PERSON, posted, actor=actor),
        company_model_id=_model(COMPANY, posted, actor=actor),
        guards=_guards(posted),
        golden=_golden(posted.get("golden", "")),
    )


def _rules(value: str) -> RuleSet | None:
    kind, pk = _named(value)
    if kind == "tried":
        return _candidate(pk).rules
    if kind == "version":
        if not MatchingRules.objects.filter(pk=pk).exists():
            raise NotFound("There is no such version of the matching rules.")
        return rules_of_version(pk)
    return None


def _golden(value: str) -> GoldenRules | None:
    kind, pk = _named(value)
    if kind == "tried":
        return _candidate(pk).golden
    if kind == "version":
        version = GoldenVersion.objects.filter(pk=pk).first()
        if version is None:
            raise NotFound("There is no such version of the golden record rules.")
        return GoldenRules.from_json(version.rules)
    return None


def _candidate(pk: int) -> Candidate:
    made = WhatIf.objects.filter(pk=pk).defer("result").first()
    if made is None:
        raise NotFound("There is no such shadow run.")
    return Candidate.from_json(made.candidate)


def _named(value: str) -> tuple[str, int]:
    """`tried-7`, `version-3`; ('', 0) for what is in force."""
    if not value:
        return "", 0
    kind, _, pk = value.partition("-")
    if kind not in {"tried", "version"} or not _is_number(pk):
        raise Refused("The form was not understood. Open the page again.")
    return kind, int(pk)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _model(kind: str, posted: Mapping[str, str], *, actor: Actor) -> int | None:
    chosen = posted.get(f"{kind}_model", "")
    if chosen and not _is_number(chosen):
        raise Refused("The form was not understood. Open the page again.")
    in_force = model_in_force(kind)
    model = models_of((int(chosen),))[0] if chosen else in_force.model
    if model.kind != kind:
        raise NotFound("There is no such version of the matching model.")
    wanted = _with_thresholds(model, kind, posted, in_force.model)
    if wanted == model:
        return int(chosen) if chosen else None
    note = f"Groups from {wanted.group_at:g}, review from {wanted.review_at:g} bits"
    saved = recipe.save_model_draft(actor=actor, model=wanted, note=note, based_on=in_force.model_id)
    return saved.pk


def _with_thresholds(model: Model, kind: str, posted: Mapping[str, str], in_force: Model) -> Model:
    """Numbers that were changed in the form; the others stay those of the model."""
    group_at = _bits(posted, f"{kind}_group_at", unless=in_force.group_at)
    review_at = _bits(posted, f"{kind}_review_at", unless=in_force.review_at)
    return replace(
        model,
        group_at=model.group_at if group_at is None else group_at,
        review_at=model.review_at if review_at is None else review_at,
    )


_PLACES: Final = {
    "person_group_at": "Model of persons, group from",
    "person_review_at": "Model of persons, review from",
    "company_group_at": "Model of companies, group from",
    "company_review_at": "Model of companies, review from",
}


def _bits(posted: Mapping[str, str], name: str, *, unless: float) -> float | None:
    """None for nothing, and for what the form had offered."""
    text = posted.get(name, "").strip()
    bits = number(text) if text else unless
    if math.isnan(bits):
        raise Refused(f"{_PLACES[name]}: write a number of bits, such as 12.5.")
    return None if bits == unless else bits
