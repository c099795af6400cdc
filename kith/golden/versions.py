"""The golden record rules in force: the newest saved version, or the shipped ones."""

from __future__ import annotations

from kith.golden.models import GoldenRules
from kith.golden.rules import Rules


def rules_in_force() -> Rules:
    newest = GoldenRules.objects.order_by("-id").first()
    return Rules.from_json(newest.rules) if newest else Rules.shipped()
