"""Records for tests: keyword arguments for what matters, nothing known for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from kith.matching.comparable import Comparable, as_table
from kith.matching.evidence import EngineOptions, Evidence, Recipe, facts_of, find_evidence, in_id_order
from kith.matching.figures import Figures
from kith.matching.pairs import Pairs
from kith.matching.rules import RuleSet


def frame(records: Sequence[Comparable]) -> pa.Table:
    return as_table(records)


def pair_of(left: Comparable, right: Comparable, *, figures: Figures | None = None) -> Pairs:
    facts = facts_of(frame([left, right]), figures or Figures.none())
    return Pairs(facts, np.array([0]), np.array([1]))


def all_pairs(records: Sequence[Comparable]) -> Pairs:
    """In the order of `itertools.combinations`."""
    left, right = np.triu_indices(len(records), k=1)
    return Pairs(facts_of(frame(records), Figures.none()), left, right)


def rules_only(rules: RuleSet) -> Recipe:
    """A recipe whose models never say anything."""
    shipped = Recipe.shipped()
    silent = (replace(model, group_at=100.0, review_at=100.0) for model in (shipped.person, shipped.company))
    person_model, company_model = silent
    return replace(shipped, rules=rules, person=person_model, company=company_model)


def evidence_of(
    records: Sequence[Comparable],
    *,
    recipe: Recipe | None = None,
    figures: Figures | None = None,
    options: EngineOptions | None = None,
) -> Evidence:
    figures = figures or Figures.none()
    facts = facts_of(in_id_order(frame(records)), figures)
    return find_evidence(facts, recipe=recipe or Recipe.shipped(), figures=figures, options=options)


def joined(evidence: Evidence) -> set[tuple[int, int]]:
    """Pairs that are strong enough to group."""
    pairs = evidence.pairs.filter(evidence.pairs.column("groups"))
    return set(zip(pairs.column("left_id").to_pylist(), pairs.column("right_id").to_pylist(), strict=True))


def person(record_id: int = 1, name: str = "", **known: object) -> Comparable:
    """`name` is 'first last'."""
    first, _, last = name.partition(" ")
    return Comparable(record_id=record_id, **_tupled({"first_key": first, "last_key": last, **known}))


def company(record_id: int = 1, name: str = "", **known: object) -> Comparable:
    return Comparable(record_id=record_id, kind="company", company_key=name, **_tupled(known))


def _tupled(known: dict[str, object]) -> dict[str, object]:
    """`email`, `phone` and `address=(street, postcode)` are short for lists of one."""
    values = dict(known)
    if "email" in values:
        values["emails"] = (values.pop("email"),)
    if "phone" in values:
        values["phones"] = (values.pop("phone"),)
    if "address" in values:
        street, postcode = values.pop("address")
        values |= {"street_keys": (street,), "postcode_keys": (postcode,)}
    return values


def careful() -> RuleSet:
    """The shipped rules with the switches of ADR 5 turned: an e-mail counts with a first name only."""
    turned = {"E-mail and last name", "E-mail and first name", "E-mail, last name and initial"}
    shipped = RuleSet.shipped()
    person = tuple(
        replace(rule, enabled=not rule.enabled) if rule.name in turned else rule for rule in shipped.person
    )
    return replace(shipped, person=person)
