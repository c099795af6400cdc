"""The matching rules and models in force, and their versions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import connection

from kith.grouping.models import MatchingGuards, MatchingModel, MatchingRules
from kith.matching.clusters import Guards
from kith.matching.evidence import Recipe
from kith.matching.model import Model
from kith.matching.records import COMPANY, PERSON
from kith.matching.rules import RuleSet
from kith.matching.shipped import shipped_model

_LOCK: Final = 5_287_414_903


def hold() -> None:
    """Until the transaction ends nobody else puts rules, models or guards in force."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


@dataclass(frozen=True, slots=True)
class RulesInForce:
    rules: RuleSet
    version_id: int | None
    """None while nothing but the shipped rules was ever in force."""


@dataclass(frozen=True, slots=True)
class ModelInForce:
    model: Model
    model_id: int | None
    """None while the model Kith ships is in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeInForce:
    """All that decides now, and the versions of its parts; None where Kith's own is in force."""

    recipe: Recipe
    rules_version_id: int | None
    person_model_id: int | None
    company_model_id: int | None
    guards_version_id: int | None = None


def recipe_in_force() -> RecipeInForce:
    """Three queries."""
    rules = rules_in_force()
    published = {
        one.kind: one
        for one in MatchingModel.objects.filter(state=MatchingModel.State.PUBLISHED).only("kind", "body")
    }
    person, company = (_in_force(published.get(kind), kind=kind) for kind in (PERSON, COMPANY))
    guards = guards_in_force()
    return RecipeInForce(
        recipe=Recipe(rules=rules.rules, person=person.model, company=company.model, guards=guards.guards),
        rules_version_id=rules.version_id,
        person_model_id=person.model_id,
        company_model_id=company.model_id,
        guards_version_id=guards.version_id,
    )


@dataclass(frozen=True, slots=True)
class GuardsInForce:
    guards: Guards
    version_id: int | None
    """None while the guards Kith ships are in force."""


def guards_in_force() -> GuardsInForce:
    newest = MatchingGuards.objects.order_by("-id").first()
    if newest is None:
        return GuardsInForce(Recipe.shipped().guards, None)
    return GuardsInForce(guards_from(newest.guards), newest.pk)


def guards_from(said: Mapping[str, object]) -> Guards:
    """What is not said stands as Kith ships it."""
    shipped = Recipe.shipped().guards
    return Guards(
        bridge_at=float(str(said.get("bridge_at", shipped.bridge_at))),
        most_records=int(str(said.get("most_records", shipped.most_records))),
        names_alone=bool(said.get("names_alone", shipped.names_alone)),
        details_alone=bool(said.get("details_alone", shipped.details_alone)),
    )


def model_in_force(kind: str) -> ModelInForce:
    found = MatchingModel.objects.filter(kind=kind, state=MatchingModel.State.PUBLISHED).only("body").first()
    return _in_force(found, kind=kind)


def _in_force(found: MatchingModel | None, *, kind: str) -> ModelInForce:
    if found is None:
        return ModelInForce(shipped_model(kind), None)
    return ModelInForce(Model.from_json(found.body), found.pk)


def rules_in_force() -> RulesInForce:
    newest = MatchingRules.objects.order_by("-id").first()
    if newest is None:
        return RulesInForce(RuleSet.shipped(), None)
    return RulesInForce(said_by(newest), newest.pk)


def rules_of_version(version_id: int) -> RuleSet:
    return said_by(MatchingRules.objects.get(pk=version_id))


def as_stored(rules: RuleSet) -> object:
    return json.loads(rules.to_json())


def said_by(version: MatchingRules) -> RuleSet:
    return RuleSet.from_json(json.dumps(version.rules))
