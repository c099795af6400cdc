"""A recipe as one JSON text, so that a cluster that knows no Kith database matches by the rules in force."""

from __future__ import annotations

import json
from dataclasses import asdict, fields

from kith.matching.clusters import Guards
from kith.matching.evidence import Recipe
from kith.matching.model import Model, UnreadableModel
from kith.matching.records import COMPANY, PERSON
from kith.matching.rules import RuleSet, UnreadableRules


class UnreadableRecipe(ValueError):
    """The text is not a recipe; the sentence may be shown to the user."""


def recipe_as_json(recipe: Recipe) -> str:
    body = {
        "rules": json.loads(recipe.rules.to_json()),
        "models": {kind: recipe.model(kind).to_json() for kind in (PERSON, COMPANY)},
        "guards": asdict(recipe.guards),
    }
    return json.dumps(body, ensure_ascii=False, indent=2)


def recipe_from_json(text: str) -> Recipe:
    try:
        body = json.loads(text)
        person, company = (Model.from_json(body["models"][kind]) for kind in (PERSON, COMPANY))
        rules = RuleSet.from_json(json.dumps(body["rules"]))
        return Recipe(rules=rules, person=person, company=company, guards=_guards(body["guards"]))
    except json.JSONDecodeError as error:
        raise UnreadableRecipe(f"The recipe is not JSON: {error.msg} in line {error.lineno}.") from error
    except (KeyError, TypeError) as error:
        raise UnreadableRecipe("A recipe has rules, a model for each kind, and guards.") from error
    except (UnreadableModel, UnreadableRules) as error:
        raise UnreadableRecipe(f"The recipe cannot be used: {error}") from error


def _guards(body: dict[str, float]) -> Guards:
    unknown = sorted(set(body) - {field.name for field in fields(Guards)})
    if unknown:
        raise UnreadableRecipe(f"There is no guard '{unknown[0]}'.")
    return Guards(**body)  # type: ignore[arg-type]  # numbers and flags, by name
