"""The guards somebody edits, and what is wrong with them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from kith.grouping.recipe.model_draft import number
from kith.kernel.errors import Refused
from kith.matching.clusters import Guards

MOST_BITS: Final = 100
MOST_RECORDS: Final = 100_000


def problems(guards: Guards) -> tuple[str, ...]:
    reasons = []
    if not 0 <= guards.bridge_at <= MOST_BITS:
        reasons.append(f"a weak link is one below a number of bits from 0 to {MOST_BITS}")
    if not 2 <= guards.most_records <= MOST_RECORDS:
        reasons.append(f"evidence alone groups at most a number of System Refs from 2 to {MOST_RECORDS:,}")
    return tuple(reasons)


def read(posted: Mapping[str, str]) -> Guards:
    """Raises Refused."""
    bridge_at = number(posted.get("bridge_at", ""))
    if math.isnan(bridge_at):
        raise Refused("Guards, a weak link: write a number of bits, such as 8.")
    try:
        most_records = int(posted.get("most_records", ""))
    except ValueError as error:
        raise Refused("Guards, System Refs that evidence alone groups: write a whole number.") from error
    return Guards(
        bridge_at=bridge_at,
        most_records=most_records,
        names_alone=bool(posted.get("names_alone")),
        details_alone=bool(posted.get("details_alone")),
    )
