"""The criteria of rules on pairs, one by one and in words; each is compared once for all pairs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from kith.matching import deciding
from kith.matching.model import Compared
from kith.matching.pairs import Facts, Pairs
from kith.matching.prepared import NO_DAY, Mask, Prepared
from kith.matching.rules import ADDRESS_FIELDS, IDENTITY_FIELDS, NAMES, Comparison, Criterion, Field, Rule
from kith.matching.words import SHARED_BY_MANY, absent_words, criterion_words, date_words


@dataclass(frozen=True, slots=True)
class Held:
    criterion: Criterion
    held: bool
    words: str
    similarity: float | None = None


_TEXT_COLUMNS: Final = {
    Field.FIRST_NAME: "first",
    Field.MIDDLE_NAME: "middle",
    Field.LAST_NAME: "last",
    Field.FULL_NAME: "full",
    Field.COMPANY_NAME: "company",
}
_WITH_SCORE: Final = (Comparison.SIMILAR, Comparison.NICKNAME)


class Sight:
    """Pairs, and beside them what the same records say before switchboards are taken out."""

    def __init__(self, facts: Facts, pairs: Pairs, *, before: Prepared) -> None:
        self.facts = facts
        self.pairs = pairs
        self._before = before
        self._known: dict[str, Mask] = {}
        self._held: dict[Criterion, Mask] = {}
        self._shared: dict[str, Mask] = {}

    def shared_by_many(self, column: str, place: int) -> bool:
        """`column`: emails or phones. Whether the two share one that is nobody's own, and no other."""
        before, after = getattr(self._before, column), getattr(self.facts.records, column)
        if before is after:
            return False
        if column not in self._shared:
            unfiltered = Pairs(Facts(self._before), self.pairs.left, self.pairs.right)
            self._shared["emails"] = unfiltered.shares_email & ~self.pairs.shares_email
            self._shared["phones"] = unfiltered.shares_phone & ~self.pairs.shares_phone
        return bool(self._shared[column][place])

    def knows(self, field: Field | Compared, place: int) -> tuple[bool, bool]:
        """Left, right."""
        if field.value not in self._known:
            self._known[field.value] = _known(field, self.facts)
        known = self._known[field.value]
        return bool(known[self.pairs.left[place]]), bool(known[self.pairs.right[place]])

    def rule(self, rule: Rule, place: int) -> tuple[Held, ...]:
        on_address = [criterion for criterion in rule.criteria if criterion.field in ADDRESS_FIELDS]
        addresses = iter(self._on_best_address(on_address, place))
        return tuple(
            next(addresses) if criterion.field in ADDRESS_FIELDS else self._criterion(criterion, place)
            for criterion in rule.criteria
        )

    def holds(self, rule: Rule, place: int) -> bool:
        held = self.rule(rule, place)
        return bool(held) and all(one.held for one in held)

    def _criterion(self, criterion: Criterion, place: int) -> Held:
        """Not of an address."""
        field = criterion.field
        column = {Field.EMAIL: "emails", Field.PHONE: "phones"}.get(field)
        if column and self.shared_by_many(column, place):
            return Held(criterion, held=False, words=SHARED_BY_MANY.format(NAMES[field]))
        known = self.knows(field, place)
        if not all(known):
            return Held(criterion, held=False, words=absent_words(NAMES[field], both=not any(known)))
        if criterion not in self._held:
            self._held[criterion] = deciding.criterion_holds(criterion, self.pairs)
        held = bool(self._held[criterion][place])
        if field is Field.BIRTH_DATE and criterion.comparison is not Comparison.DIFFERENT:
            return Held(criterion, held, self._date_words(place, criterion=criterion))
        score = self._similarity(criterion, place) if criterion.comparison in _WITH_SCORE else None
        return Held(criterion, held, criterion_words(criterion, held=held, similarity=score), score)

    def _date_words(self, place: int, *, criterion: Criterion) -> str:
        days = int(self.pairs.births.days_apart[place])
        return date_words(
            same=days == 0,
            swapped=bool(self.pairs.births.day_month_swapped[place]),
            days=days,
            near=criterion.comparison is Comparison.NEAR_DATE,
        )

    def _similarity(self, criterion: Criterion, place: int) -> float:
        found = (
            self.pairs.email_similarity
            if criterion.field is Field.EMAIL
            else self.pairs.names(_TEXT_COLUMNS[criterion.field]).similarity
        )
        return float(found[place])

    def _on_best_address(self, criteria: list[Criterion], place: int) -> tuple[Held, ...]:
        """The pair of addresses on which most criteria hold; one rule never mixes two addresses."""
        if not criteria:
            return ()
        crossed = self.crossed_at(place)
        if not len(crossed):
            known = (self.knows(criterion.field, place) for criterion in criteria)
            return tuple(
                Held(one, held=False, words=absent_words(NAMES[one.field], both=not any(sides)))
                for one, sides in zip(criteria, known, strict=True)
            )
        held = np.array([deciding.holds_on_addresses(one, self.pairs)[crossed] for one in criteria])
        best = int(held.sum(axis=0).argmax())
        return tuple(
            self._address(criterion, int(crossed[best]), held=bool(row[best]))
            for criterion, row in zip(criteria, held, strict=True)
        )

    def crossed_at(self, place: int) -> npt.NDArray[np.int64]:
        """Places among the crossed addresses of all pairs."""
        order, starts = self._crossed
        return order[starts[place] : starts[place + 1]]

    @cached_property
    def _crossed(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        pair = self.pairs.addresses.pair
        order = np.argsort(pair, kind="stable")
        return order, np.searchsorted(pair[order], np.arange(len(self.pairs) + 1))

    def _address(self, criterion: Criterion, crossed: int, *, held: bool) -> Held:
        part = 0 if criterion.field is Field.ADDRESS_LINE else 1
        one, other = (int(side[crossed]) for side in self.pairs.address_sides[part])
        if one < 0 or other < 0:
            both = one < 0 and other < 0
            return Held(criterion, held=False, words=absent_words(NAMES[criterion.field], both=both))
        with_score = criterion.comparison in _WITH_SCORE
        score = float(self.pairs.address_similarity(part)[crossed]) if with_score else None
        return Held(criterion, held, criterion_words(criterion, held=held, similarity=score), score)


def _known(field: Field | Compared, facts: Facts) -> Mask:
    """Per record."""
    records = facts.records
    match field:
        case Field.BIRTH_DATE | Compared.BIRTH_DATE:
            return np.asarray(records.birth != NO_DAY)
        case Field.EMAIL | Compared.EMAIL:
            return records.emails.counts > 0
        case Field.PHONE | Compared.PHONE:
            return records.phones.counts > 0
        case Compared.GENDER:
            return records.gender > 0
        case Field.IDENTITY_NUMBER | Compared.IDENTITY_NUMBER:
            return np.asarray(np.logical_or.reduce([codes >= 0 for codes in records.numbers]))
        case Field.ADDRESS_LINE:
            return _on_any(records, records.streets >= 0)
        case Field.POSTCODE | Compared.ADDRESS:
            return _on_any(records, records.postcodes >= 0)
        case _:
            return _one_text(Field(field.value), facts)


def _one_text(field: Field, facts: Facts) -> Mask:
    if field in _TEXT_COLUMNS:
        return facts.codes(_TEXT_COLUMNS[field]) >= 0
    return facts.records.numbers[IDENTITY_FIELDS.index(field)] >= 0


def _on_any(records: Prepared, known: Mask) -> Mask:
    return np.asarray(np.bincount(records.address_owners[known], minlength=len(records)) > 0)
