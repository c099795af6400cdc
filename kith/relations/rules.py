from __future__ import annotations

from collections.abc import Collection
from typing import Final

from kith.contacts.settings.relation_types import RelationTypes
from kith.kernel.decision import Decision

_ARTICLE: Final = {"person": "a person", "company": "a company"}


def may_be_related(
    types: RelationTypes, code: str, *, kind: str, other: str, present: Collection[str], was: str = ""
) -> Decision:
    """Whether a contact of kind `other` may be `code` to one of `kind`. `present`: what it is to it already;
    `was`: what a relation that is being changed says now, which may stay though it is inactive.
    """
    chosen, inverse = types.of(code), types.inverse_of(code)
    if chosen is None or inverse is None or (not chosen.active and code != was):
        return Decision(("choose one of the types of relations",))
    reasons = []
    if other not in chosen.kinds:
        reasons.append(f"{_ARTICLE[other]} cannot be “{chosen.label}”")
    if kind not in inverse.kinds:
        reasons.append(f"{_ARTICLE[kind]} cannot be “{inverse.label}”")
    if code in present:
        reasons.append("they are related so already")
    return Decision(tuple(reasons))
