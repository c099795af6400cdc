"""Rules on pairs: which of them hold, what the first says, and what rules and model make of a pair together.

The criteria read the same comparisons as the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from kith.matching.clusters import Guards
from kith.matching.model import Model
from kith.matching.pairs import Pairs
from kith.matching.prepared import Mask
from kith.matching.rules import ADDRESS_FIELDS, IDENTITY_FIELDS, Comparison, Criterion, Field, Rule, Verdict

NO_RULE: Final = -1

_COLUMNS: Final = {
    Field.FIRST_NAME: "first",
    Field.MIDDLE_NAME: "middle",
    Field.LAST_NAME: "last",
    Field.FULL_NAME: "full",
    Field.COMPANY_NAME: "company",
}
# As alike as this, two first names are not called different: a typing error may lie between them.
_PERHAPS_THE_SAME: Final = np.float32(0.75)
# Slips in the first letter are rare: Ichiro and Jiro are brothers.
_PERHAPS_FROM_THE_FIRST_LETTER: Final = np.float32(0.85)


@dataclass(frozen=True, slots=True)
class Decided:
    """Per pair."""

    rule: npt.NDArray[np.int16]
    """As `first_rule` gives it."""
    never: Mask
    groups: Mask
    asks: Mask
    """A person is asked."""


def decide(
    rules: Sequence[Rule],
    pairs: Pairs,
    *,
    weight: npt.NDArray[np.float64],
    model: Model,
    guards: Guards,
) -> Decided:
    """Where a rule holds it decides, else the model; a rule of never stands above both."""
    rule, forbidden = first_rule(rules, pairs), never(rules, pairs)
    by_model = weight >= model.group_at
    if not guards.names_alone and by_model.any():
        by_model &= pairs.agree_beyond_names
    if not guards.details_alone and by_model.any():
        by_model &= pairs.agree_on_a_name | pairs.agree_on_two_details
    # NO_RULE is -1: the last entry, never read.
    of_rule = np.array([*(one.verdict is Verdict.GROUP for one in rules), False], dtype=np.bool_)
    groups = np.where(rule == NO_RULE, by_model, of_rule[rule]) & ~forbidden
    # Two who contradict each other are two; but one number on both is an error that a person should see.
    speaks = ((rule != NO_RULE) | (weight >= model.review_at)) & (~forbidden | pairs.shares_number)
    return Decided(rule, forbidden, groups, speaks & ~groups)


def first_rule(rules: Sequence[Rule], pairs: Pairs) -> npt.NDArray[np.int16]:
    """Per pair the place, in `rules`, of the first enabled rule that groups or asks, or NO_RULE."""
    found = np.full(len(pairs), NO_RULE, dtype=np.int16)
    for place in reversed(range(len(rules))):
        if rules[place].enabled and rules[place].verdict is not Verdict.NEVER:
            found[rule_holds(rules[place], pairs)] = place
    return found


def never(rules: Sequence[Rule], pairs: Pairs) -> Mask:
    """Per pair, whether a rule forbids that evidence brings the two into one group."""
    found = np.zeros(len(pairs), dtype=np.bool_)
    for rule in rules:
        if rule.enabled and rule.verdict is Verdict.NEVER:
            found |= rule_holds(rule, pairs)
    return found


def rule_holds(rule: Rule, pairs: Pairs) -> Mask:
    held = np.full(len(pairs), bool(rule.criteria), dtype=np.bool_)
    on_address = [criterion for criterion in rule.criteria if criterion.field in ADDRESS_FIELDS]
    for criterion in rule.criteria:
        if not held.any():
            return held
        if criterion.field not in ADDRESS_FIELDS:
            held &= criterion_holds(criterion, pairs)
    if on_address:
        held &= pairs.on_any_address(
            np.logical_and.reduce([holds_on_addresses(one, pairs) for one in on_address])
        )
    return held


def criterion_holds(criterion: Criterion, pairs: Pairs) -> Mask:
    """Of an address criterion alone: on any two addresses."""
    field = criterion.field
    if field in ADDRESS_FIELDS:
        return pairs.on_any_address(holds_on_addresses(criterion, pairs))
    if criterion.comparison is Comparison.DIFFERENT:
        return _different(field, pairs)
    if field is Field.BIRTH_DATE:
        return _dates(criterion, pairs)
    if field in _COLUMNS:
        return _names(criterion, pairs, column=_COLUMNS[field])
    return _values(criterion, pairs)


def _names(criterion: Criterion, pairs: Pairs, *, column: str) -> Mask:
    names = pairs.names(column)
    match criterion.comparison:
        case Comparison.SIMILAR:
            return names.similarity >= np.float32(criterion.threshold or 1.0)
        case Comparison.NICKNAME if criterion.threshold is not None:
            return names.nickname | (names.similarity >= np.float32(criterion.threshold))
        case Comparison.NICKNAME:
            return names.nickname | names.same
        case Comparison.FIRST_LETTERS:
            return pairs.same_beginning(column, letters=criterion.letters)
        case Comparison.PHONETIC:
            return names.same_sound_key
        case _:
            return names.same


def _dates(criterion: Criterion, pairs: Pairs) -> Mask:
    near = pairs.births.known & (pairs.births.days_apart <= criterion.days)
    return near | pairs.births.day_month_swapped if criterion.comparison is Comparison.NEAR_DATE else near


def _values(criterion: Criterion, pairs: Pairs) -> Mask:
    field = criterion.field
    if field is Field.EMAIL and criterion.comparison is Comparison.SIMILAR:
        return pairs.email_similarity >= np.float32(criterion.threshold or 1.0)
    if field is Field.EMAIL:
        return pairs.shares_email
    if field is Field.PHONE:
        return pairs.shares_phone
    if field is Field.IDENTITY_NUMBER:
        return pairs.shares_number
    return pairs.same_number(IDENTITY_FIELDS.index(field))


def holds_on_addresses(criterion: Criterion, pairs: Pairs) -> Mask:
    """Per crossed pair of addresses."""
    part = 0 if criterion.field is Field.ADDRESS_LINE else 1
    match criterion.comparison:
        case Comparison.SIMILAR:
            return pairs.address_similarity(part) >= np.float32(criterion.threshold or 1.0)
        case Comparison.FIRST_LETTERS:
            return pairs.addresses_begin_alike(part, letters=criterion.letters)
        case _:
            one, other = pairs.address_sides[part]
            return (one == other) & (one >= 0)


def _different(field: Field, pairs: Pairs) -> Mask:
    match field:
        case Field.FIRST_NAME:
            return _first_names_differ(pairs)
        case Field.LAST_NAME:
            differ = _names_differ(pairs, "last")
            return differ & ~pairs.names("last").same_stem(differ)
        case Field.BIRTH_DATE:
            return _births_differ(pairs)
        case Field.IDENTITY_NUMBER:
            return pairs.numbers_known & ~pairs.shares_number & ~pairs.any_number_nearly
        case _:
            kind = IDENTITY_FIELDS.index(field)
            return pairs.number_known(kind) & ~pairs.same_number(kind) & ~pairs.number_nearly(kind)


def _first_names_differ(pairs: Pairs) -> Mask:
    """Anna and Anne may be a slip, Daniel and Daniela are two; who goes by a middle name may be one."""
    differ = _names_differ(pairs, "first") | (pairs.names("first").of_two_genders & ~pairs.transposed)
    return differ & ~pairs.goes_by_middle_name & ~pairs.half_transposed


def _births_differ(pairs: Pairs) -> Mask:
    """Not one digit, not day and month swapped, not a year misread, not the year alone known (1 January)."""
    differ = pairs.births.known & (pairs.births.digits_apart > 1) & ~pairs.births.day_month_swapped
    return differ & ~pairs.births.same_day_and_month & ~(pairs.births.same_year & pairs.births.any_new_year)


def _names_differ(pairs: Pairs, column: str) -> Mask:
    """Known, and neither spelling, nickname, initial, part, sound nor a swap of names explains it."""
    names = pairs.names(column)
    least = np.where(names.same_first_letter, _PERHAPS_THE_SAME, _PERHAPS_FROM_THE_FIRST_LETTER)
    differ = names.known & (names.similarity < least) & ~pairs.transposed
    differ &= ~names.nickname & ~names.perhaps_initial & ~names.sounds_alike
    return differ & ~names.part(differ)
