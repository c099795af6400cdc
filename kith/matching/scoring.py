"""Pairs -> bits: the model's weights on the levels that hold, with the frequency of the values themselves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from kith.matching.figures import Figures, shares
from kith.matching.levels import UNKNOWN, Levels, levels_of
from kith.matching.model import Compared, Comparison, Model, Test
from kith.matching.pairs import Facts, Pairs
from kith.matching.records import COMPANY
from kith.matching.threads import in_threads

Bits: TypeAlias = npt.NDArray[np.float64]
_MANY: Final = 20_000
DECIMALS: Final = 3
"""Weights are rounded, so that sums made in another order or on another engine are the same number."""

_COUNTED_AS: Final = {
    Compared.FIRST_NAME: "first",
    Compared.LAST_NAME: "last",
    Compared.COMPANY_NAME: "company",
}


@dataclass(frozen=True, slots=True)
class Scored:
    weight: Bits
    """log2 odds after everything, the prior included; rounded."""
    levels: tuple[Levels, ...]
    """By comparison of the model."""
    bits: tuple[Bits, ...]
    """By comparison of the model; 0 where a field is not known."""


class Scorer:
    """A model on a set of records, with what was counted over all records."""

    def __init__(self, model: Model, facts: Facts, figures: Figures) -> None:
        self.model = model
        self.facts = facts
        self._figures = figures
        self.size = figures.companies if model.kind == COMPANY else figures.persons
        self.prior = model.prior(self.size)

    def weights(self, pairs: Pairs) -> Bits:
        return self._total([bits for _, bits in self._each(pairs)], len(pairs))

    def score(self, pairs: Pairs) -> Scored:
        found = self._each(pairs)
        bits = tuple(bits for _, bits in found)
        return Scored(self._total(list(bits), len(pairs)), tuple(levels for levels, _ in found), bits)

    def _total(self, bits: list[Bits], size: int) -> Bits:
        total = np.full(size, self.prior)
        for part in bits:
            total += part
        return np.round(total, DECIMALS)

    def _each(self, pairs: Pairs) -> list[tuple[Levels, Bits]]:
        def compare(comparison: Comparison) -> tuple[Levels, Bits]:
            levels = levels_of(comparison, pairs)
            return levels, self._bits(comparison, levels, pairs)

        return in_threads(compare, self.model.comparisons, worth_it=len(pairs) > _MANY)

    def _bits(self, comparison: Comparison, levels: Levels, pairs: Pairs) -> Bits:
        # UNKNOWN is -1: the first entry.
        table = np.array([0.0, *(level.weight(self.size) for level in comparison.levels)])
        assert UNKNOWN == -1
        bits: Bits = table.take(levels + 1)
        for place, level in enumerate(comparison.levels):
            if level.by_frequency:
                held = levels == place
                bits[held] = np.log2(level.m / self._share(comparison.field, level.test, pairs, held))
        return bits

    def _share(
        self, field: Compared, test: Test, pairs: Pairs, held: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.float64]:
        """How common the value is that the two agree on; of two values, the commoner."""
        if field is Compared.ADDRESS:
            return pairs.rarest_postcode(self._postcode_shares)[held]
        column = _COUNTED_AS[field]
        known = self._shares[column]
        codes = getattr(self.facts.records, column)
        one = known.take(codes.take(pairs.left[held]))
        other = known.take(codes.take(pairs.right[held]))
        return np.maximum(one, other).astype(np.float64)

    @cached_property
    def _shares(self) -> dict[str, npt.NDArray[np.float32]]:
        columns = {_COUNTED_AS[one.field] for one in self.model.comparisons if one.field in _COUNTED_AS}
        return {column: shares(self.facts.records, self._figures, column=column) for column in columns}

    @cached_property
    def _postcode_shares(self) -> npt.NDArray[np.float32]:
        return shares(self.facts.records, self._figures, column="postcodes")
