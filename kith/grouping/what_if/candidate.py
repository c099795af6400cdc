"""What a shadow run tries in the place of what is in force."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Final, Self

from django.db import connection

from kith.golden.rules import Rules as GoldenRules
from kith.golden.versions import rules_in_force as golden_in_force
from kith.grouping.models import MatchingModel
from kith.grouping.recipe.versions import RecipeInForce, as_stored, guards_from, recipe_in_force
from kith.kernel.errors import NotFound
from kith.matching.clusters import Guards
from kith.matching.evidence import Recipe
from kith.matching.model import Model
from kith.matching.records import COMPANY
from kith.matching.rules import RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """None: as in force."""

    rules: RuleSet | None = None
    person_model_id: int | None = None
    company_model_id: int | None = None
    guards: Guards | None = None
    golden: GoldenRules | None = None

    @property
    def changes_matching(self) -> bool:
        parts = (self.rules, self.person_model_id, self.company_model_id, self.guards)
        return any(part is not None for part in parts)

    @property
    def is_empty(self) -> bool:
        return not self.changes_matching and self.golden is None

    def beside(self, now: RecipeInForce, golden: GoldenRules) -> Self:
        """Without what is in force anyway."""
        return replace(
            self,
            rules=None if self.rules == now.recipe.rules else self.rules,
            person_model_id=None if self.person_model_id == now.person_model_id else self.person_model_id,
            company_model_id=None if self.company_model_id == now.company_model_id else self.company_model_id,
            guards=None if self.guards == now.recipe.guards else self.guards,
            golden=None if self.golden == golden else self.golden,
        )

    @property
    def model_ids(self) -> tuple[int, ...]:
        return tuple(pk for pk in (self.person_model_id, self.company_model_id) if pk is not None)

    def to_json(self) -> dict[str, object]:
        said: dict[str, object] = {
            "rules": None if self.rules is None else as_stored(self.rules),
            "person_model_id": self.person_model_id,
            "company_model_id": self.company_model_id,
            "guards": None if self.guards is None else asdict(self.guards),
            "golden": None if self.golden is None else self.golden.to_json(),
        }
        return {name: value for name, value in said.items() if value is not None}

    @classmethod
    def from_json(cls, said: Mapping[str, object]) -> Self:
        rules, guards, golden = said.get("rules"), said.get("guards"), said.get("golden")
        return cls(
            rules=None if rules is None else RuleSet.from_json(json.dumps(rules)),
            person_model_id=_id(said.get("person_model_id")),
            company_model_id=_id(said.get("company_model_id")),
            guards=guards_from(guards) if isinstance(guards, dict) else None,
            golden=GoldenRules.from_json(golden) if isinstance(golden, dict) else None,
        )

    def recipe(self, in_force: Recipe) -> Recipe:
        """What would decide; one query, none without a model. Raises NotFound."""
        changed = replace(
            in_force,
            rules=in_force.rules if self.rules is None else self.rules,
            guards=in_force.guards if self.guards is None else self.guards,
        )
        for model in models_of(self.model_ids):
            is_company = model.kind == COMPANY
            changed = replace(changed, company=model) if is_company else replace(changed, person=model)
        return changed


def _id(value: object) -> int | None:
    return value if isinstance(value, int) else None


def models_of(ids: tuple[int, ...]) -> tuple[Model, ...]:
    if not ids:
        return ()
    found = MatchingModel.objects.in_bulk(ids)
    if len(found) != len(ids):
        raise NotFound("There is no such version of the matching model.")
    return tuple(Model.from_json(found[pk].body) for pk in ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """Names what was in force when something was tried against it; equal where the same decides."""

    recipe: str
    """`Recipe.version`."""
    golden: str

    def to_json(self) -> dict[str, object]:
        return asdict(self)

    @classmethod
    def from_json(cls, said: Mapping[str, object]) -> Self:
        return cls(recipe=str(said.get("recipe", "")), golden=str(said.get("golden", "")))


def base_in_force() -> Base:
    return base_of(recipe_in_force().recipe, golden_in_force())


def base_of(recipe: Recipe, golden: GoldenRules) -> Base:
    said = json.dumps(golden.to_json(), sort_keys=True)
    return Base(recipe=recipe.version, golden=hashlib.sha256(said.encode()).hexdigest()[:16])


_STATE: Final = """
SELECT concat_ws('.',
    (SELECT last_value FROM sources_change_seq),
    (SELECT coalesce(max(id), 0) FROM grouping_move),
    (SELECT coalesce(max(id), 0) FROM grouping_operation))
"""


def state_of_data() -> str:
    """Another one when a claim, a GroupID or a decision changed."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        return str(cursor.fetchall()[0][0])
