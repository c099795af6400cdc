"""The matching rules in force, and their versions."""

from __future__ import annotations

import json
from dataclasses import dataclass

from kith.grouping.models import MatchingRules
from kith.matching.rules import RuleSet


@dataclass(frozen=True, slots=True)
class RulesInForce:
    rules: RuleSet
    version_id: int | None
    """None while nothing but the shipped rules was ever in force."""


def rules_in_force() -> RulesInForce:
    newest = MatchingRules.objects.order_by("-id").first()
    if newest is None:
        return RulesInForce(RuleSet.shipped(), None)
    return RulesInForce(_read(newest), newest.pk)


def rules_of_version(version_id: int) -> RuleSet:
    return _read(MatchingRules.objects.get(pk=version_id))


def as_stored(rules: RuleSet) -> object:
    return json.loads(rules.to_json())


def _read(version: MatchingRules) -> RuleSet:
    return RuleSet.from_json(json.dumps(version.rules))
