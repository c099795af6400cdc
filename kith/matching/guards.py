"""Who can never be one by evidence: records that contradict each other, looked for inside components only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from kith.matching.pairs import Facts, Pairs
from kith.matching.prepared import NO_DAY, Codes, Ints, Mask, Prepared
from kith.matching.rules import IDENTITY_FIELDS, Comparison, Field, Rule, Verdict

_ALL_PAIRS_UP_TO: Final = 2000
"""Beyond this many records a component is compared with its neighbours in id order only; it is cut anyway."""
_PAIRS_AT_ONCE: Final = 4_000_000


def contradicting(
    facts: Facts, *, never: Callable[[Pairs], Mask], rules: Sequence[Rule]
) -> Callable[[Ints, Ints], tuple[Ints, Ints]]:
    """For `clusters.cluster`. `never`: per pair, whether one of the `rules` forbids to group the two."""
    columns = _telling(facts.records, rules)

    def find(members: Ints, component: Ints) -> tuple[Ints, Ints]:
        left, right = _pairs_within(members, component, mixed=_mixed(columns, members, component))
        found = [
            _held(never, facts, left[start : start + _PAIRS_AT_ONCE], right[start : start + _PAIRS_AT_ONCE])
            for start in range(0, max(len(left), 1), _PAIRS_AT_ONCE)
        ]
        return np.concatenate([one for one, _ in found]), np.concatenate([other for _, other in found])

    return find


def _held(never: Callable[[Pairs], Mask], facts: Facts, left: Ints, right: Ints) -> tuple[Ints, Ints]:
    held = never(Pairs(facts, left, right))
    return left[held], right[held]


def _telling(records: Prepared, rules: Sequence[Rule]) -> list[tuple[Codes, int]] | None:
    """(codes, the code of nothing) of which a component must hold two for a rule of never to hold in it.

    None where a rule may hold in any component.
    """
    known = {
        Field.FIRST_NAME: (records.first, -1),
        Field.LAST_NAME: (records.last, -1),
        Field.BIRTH_DATE: (records.birth, NO_DAY),
        **{field: (codes, -1) for field, codes in zip(IDENTITY_FIELDS, records.numbers, strict=True)},
    }
    fields: set[Field] = set()
    for rule in rules:
        if not rule.enabled or rule.verdict is not Verdict.NEVER:
            continue
        different = {one.field for one in rule.criteria if one.comparison is Comparison.DIFFERENT}
        if not different:
            return None
        fields |= different
    if Field.IDENTITY_NUMBER in fields:
        fields = fields - {Field.IDENTITY_NUMBER} | set(IDENTITY_FIELDS)
    return [known[field] for field in Field if field in fields]


def _mixed(columns: list[tuple[Codes, int]] | None, members: Ints, component: Ints) -> Mask:
    """Per member: whether its component holds two values of a field that can contradict."""
    if columns is None:
        return np.ones(len(members), dtype=np.bool_)
    starts = np.flatnonzero(np.r_[True, component[1:] != component[:-1]])
    mixed = np.zeros(len(starts), dtype=np.bool_)
    for codes, nothing in columns:
        values = codes[members].astype(np.int64)
        highest = np.maximum.reduceat(values, starts)
        lowest = np.minimum.reduceat(np.where(values == nothing, np.iinfo(np.int64).max, values), starts)
        mixed |= (highest != nothing) & (highest != lowest)
    return np.repeat(mixed, np.diff(np.append(starts, len(members))))


def _pairs_within(members: Ints, component: Ints, *, mixed: Mask) -> tuple[Ints, Ints]:
    members, component = members[mixed], component[mixed]
    starts = np.flatnonzero(np.r_[np.ones(min(len(members), 1), bool), component[1:] != component[:-1]])
    sizes = np.diff(np.append(starts, len(members)))
    left, right = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for size in np.unique(sizes).tolist():
        block = np.sort(members[starts[sizes == size][:, None] + np.arange(size)], axis=1)
        if size <= _ALL_PAIRS_UP_TO:
            one, other = np.triu_indices(size, k=1)
        else:
            one, other = np.arange(size - 1), np.arange(1, size)
        left.append(block[:, one].ravel())
        right.append(block[:, other].ravel())
    return np.concatenate(left), np.concatenate(right)
