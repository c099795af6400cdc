"""What another system wants to try, read against what is in force."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Final

from pydantic import TypeAdapter

from kith.golden.draft import unknown_sources
from kith.golden.rules import Rules as GoldenRules
from kith.golden.versions import rules_in_force as golden_in_force
from kith.grouping.recipe.versions import as_stored, guards_in_force, recipe_in_force
from kith.grouping.what_if.candidate import Candidate
from kith.grouping.what_if.schemas import GoldenRuleSet, InForce, MatchingGuards, MatchingRuleSet, WhatIfIn
from kith.kernel.errors import Refused
from kith.matching.clusters import Guards
from kith.matching.rules import RuleSet, UnreadableRules
from kith.sources.models import SourceSystem

_GOLDEN: Final = TypeAdapter(GoldenRuleSet)


def candidate_of(asked: WhatIfIn) -> Candidate:
    """Raises Refused."""
    return Candidate(
        rules=None if asked.rules is None else _rules(asked.rules),
        person_model_id=asked.person_model_id,
        company_model_id=asked.company_model_id,
        guards=None if asked.guards is None else _guards(asked.guards, guards_in_force().guards),
        golden=None if asked.golden is None else _golden(asked.golden),
    )


def in_force() -> InForce:
    now = recipe_in_force()
    return InForce(
        rules=MatchingRuleSet.model_validate(as_stored(now.recipe.rules)),
        person_model_id=now.person_model_id,
        company_model_id=now.company_model_id,
        guards=MatchingGuards(**asdict(now.recipe.guards)),
        golden=_GOLDEN.validate_python(golden_in_force().to_json()),
    )


def _rules(said: MatchingRuleSet) -> RuleSet:
    try:
        return RuleSet.from_json(json.dumps(said.model_dump(exclude_none=True)))
    except UnreadableRules as error:
        raise Refused(str(error), fields={"rules": str(error)}) from error


def _guards(said: MatchingGuards, now: Guards) -> Guards:
    given = {name: value for name, value in said.model_dump().items() if value is not None}
    return Guards(**(asdict(now) | given))


def _golden(said: GoldenRuleSet) -> GoldenRules:
    given = GoldenRules.from_json(
        {field: [one.model_dump() for one in breakers] for field, breakers in said.items()}
    )
    codes = list(SourceSystem.objects.values_list("code", flat=True))
    unknown = unknown_sources(given, known=codes)
    if unknown:
        sentence = " ".join(unknown)
        raise Refused(sentence, fields={"golden": sentence})
    return GoldenRules({**golden_in_force().by_field, **given.by_field})
