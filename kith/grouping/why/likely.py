"""What two contacts may be to each other, if they are two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kith.contacts.models import Contact
from kith.matching.explainer import PairExplanation
from kith.matching.model import Compared, Test
from kith.matching.records import COMPANY

PARENT_YEARS: Final = range(16, 61)
"""Between two of one household: they may be parent and child."""
SLIP_YEARS: Final = 1
"""Birth dates no further apart may be one, written wrongly."""


@dataclass(frozen=True, slots=True)
class LikelyRelation:
    words: str
    code: str
    """What the right one then is to the left one; '' where nothing tells."""


def likely_relation(left: Contact, right: Contact, pair: PairExplanation) -> LikelyRelation | None:
    tests = {step.field: step.test for step in pair.steps}
    same_home = tests.get(Compared.ADDRESS) in {Test.EXACT, Test.STREET}
    if left.kind == COMPANY or not (same_home or tests.get(Compared.PHONE) is Test.EXACT):
        return None
    shared = "same household" if same_home else "same phone"
    if left.birth_date and right.birth_date:
        years = left.birth_date.year - right.birth_date.year
        if abs(years) in PARENT_YEARS:
            return LikelyRelation(f"Parent and child, {shared}", "PARENT" if years > 0 else "CHILD")
        if abs(years) > SLIP_YEARS:
            return LikelyRelation(f"Relatives, {shared}", "FAMILY_MEMBER")
    if tests.get(Compared.FIRST_NAME) is Test.ELSE:
        return LikelyRelation(f"Two persons, {shared}", "FAMILY_MEMBER" if same_home else "")
    return None
