"""The golden record rules in force: the newest saved version, or the shipped ones."""

from __future__ import annotations

from kith.golden.models import GoldenRules
from kith.golden.rules import Rules


def rules_in_force() -> Rules:
    newest = GoldenRules.objects.order_by("-id").first()
    return Rules.from_json(newest.rules) if newest else Rules.shipped()


def version_in_force() -> int | None:
    """None while nothing but the shipped rules was ever in force."""
    return GoldenRules.objects.order_by("-id").values_list("id", flat=True).first()


def rules_of_version(version_id: int) -> Rules | None:
    version = GoldenRules.objects.filter(pk=version_id).first()
    return Rules.from_json(version.rules) if version else None
