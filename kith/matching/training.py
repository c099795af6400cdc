"""A model estimated from an installation's own records, by the rules that measuring taught.

Splink does the expectation maximisation (`splink_em`); the levels are those of our engine. Ours besides:

- m from blocks that hold a person-level field, never from a shared e-mail or phone alone: that teaches
  households;
- u from random pairs without those of one group, which is u = u_observed - lambda * m, and floored. A level
  whose pairs all share a match key (one e-mail) is counted over all of these: chance hardly meets them;
- pairs per record from the groups that the base model makes, with its rules and guards;
- e-mails and phones that are nobody's own are nothing, and have no frequencies;
- few pairs are weighed against the base model's numbers, too few leave them; the report says which.

Records are never sampled, because lambda falls as they grow: pairs are, and counts are scaled back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kith.matching.candidates import gather
from kith.matching.evidence import EngineOptions, Recipe, cluster_records, find_evidence, in_id_order
from kith.matching.figures import count, without_ignored
from kith.matching.keys import key_columns
from kith.matching.levels import Levels, levels_of
from kith.matching.model import SIZE_OF_U, Compared, Comparison, Level, Model, Test
from kith.matching.pairs import Facts, Pairs
from kith.matching.prepared import Ints, Mask, prepare
from kith.matching.records import COMPANY, PERSON
from kith.matching.splink_em import estimate_m, require_splink
from kith.matching.training_report import Doubt, TrainedLevel, TrainingReport

BLOCKS: Final = {
    PERSON: (
        (Compared.LAST_NAME, Compared.FIRST_NAME),
        (Compared.FIRST_NAME, Compared.EMAIL),
        (Compared.LAST_NAME, Compared.BIRTH_DATE),
    ),
    COMPANY: (
        (Compared.COMPANY_NAME, Compared.EMAIL),
        (Compared.COMPANY_NAME, Compared.PHONE),
        (Compared.IDENTITY_NUMBER,),
    ),
}
"""Fields that are exactly the same on every pair of an EM block; the block says nothing of their own m."""

_JOINT: Final = (Test.TRANSPOSED, Test.RENAMED, Test.OWN)
"""Levels that look at a second field: their bits are set beside that field's; a count tells nothing of it."""

_ALL_COMPARED: Final = {
    (Compared.EMAIL, Test.EXACT),
    (Compared.PHONE, Test.EXACT),
    (Compared.IDENTITY_NUMBER, Test.EXACT),
}
"""Every pair of such a level shares a match key."""

_LEAST_RECORDS: Final = 1000
_LEAST_IN_BLOCK: Final = 200
_AT_ONCE: Final = 1_000_000
"""Pairs compared at a time."""
_SMALLEST_M: Final = 0.001
_LEAST_LEFT: Final = 0.25
"""Of the m of a level that was hardly seen: this data may hold fewer slips than the next import brings."""
_SMALLEST_U_SHARE: Final = 0.01
"""Of the observed u, whatever is taken off."""


class TooLittleToTrain(ValueError):
    """The sentence may be shown to the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOptions:
    pairs: int = 1_000_000
    """Pairs that share a match key, at most so many are compared."""
    random_pairs: int = 2_000_000
    least_seen: int = 20
    """Fewer pairs at a level than this tell nothing."""
    seed: int = 1
    engine: EngineOptions = field(default_factory=EngineOptions)


@dataclass(frozen=True, slots=True)
class Training:
    model: Model
    report: TrainingReport


def train(
    records: pa.Table,
    *,
    base: Model,
    recipe: Recipe | None = None,
    options: TrainingOptions | None = None,
    progress: Callable[[str], None] | None = None,
) -> Training:
    """`records`: as `evidence.resolve` takes them; those of another kind than the base model's are left out.

    `recipe`: the rules and guards in force; its model for this kind is not looked at. Raises SplinkMissing
    and TooLittleToTrain.
    """
    require_splink()
    say = progress or (lambda sentence: None)
    options = options or TrainingOptions()
    chosen = records.filter(pc.equal(records.column("kind"), base.kind))
    if chosen.num_rows < _LEAST_RECORDS:
        raise TooLittleToTrain(
            f"Training needs {_LEAST_RECORDS:,} records of the kind at least; there are {chosen.num_rows:,}."
        )
    return _Trainer(chosen, base, recipe or Recipe.shipped(), options, say).train()


@dataclass(frozen=True, slots=True)
class _Seen:
    """Levels of some pairs by field, and whether the groups hold the two for one."""

    levels: Mapping[Compared, Levels]
    one: Mask
    scale: float
    """All such pairs there are, divided by those looked at."""

    def counts(self, comparison: Comparison, *, among: Mask) -> npt.NDArray[np.float64]:
        """How many pairs are at each level; unknown ones count nowhere."""
        levels = self.levels[comparison.field][among]
        counts = np.bincount(levels[levels >= 0], minlength=len(comparison.levels))
        return np.asarray(counts * self.scale, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Told:
    share: float
    rare: bool = False
    """Too few pairs were seen: the base model's number, or not far from it."""


class _Trainer:
    def __init__(
        self,
        records: pa.Table,
        base: Model,
        recipe: Recipe,
        options: TrainingOptions,
        say: Callable[[str], None],
    ) -> None:
        self._base, self._options, self._say = base, options, say
        self._recipe = replace(recipe, company=base) if base.kind == COMPANY else replace(recipe, person=base)
        prepared = prepare(in_id_order(records))
        engine = options.engine
        self._figures = count(
            prepared, frequent_records=engine.frequent_records, frequent_names=engine.frequent_names
        )
        self._facts = Facts(without_ignored(prepared, self._figures))
        self._size = len(prepared)
        self._random = np.random.default_rng(options.seed)

    def train(self) -> Training:
        self._say("Grouping by the base model, for what is one and what is two")
        groups = self._groups()
        sizes = np.bincount(groups).astype(np.int64)
        pairs_per_record = _rounded(float((sizes * (sizes - 1) // 2).sum()) / self._size)
        if not pairs_per_record:
            raise TooLittleToTrain(
                "No two records are one by the base model: there is nothing to learn from."
            )
        self._say("Comparing random pairs")
        apart = self._compared(*self._random_pairs(), groups=groups, scale=1.0)
        self._say("Comparing pairs that share a match key")
        near = self._near(groups)
        us = {one.field: self._us(one, apart, near) for one in self._base.comparisons}
        ms, block_pairs = self._ms(near, us)
        levels = [
            self._trained(one, place, us[one.field][place], ms[one.field][place])
            for one in self._base.comparisons
            for place in range(len(one.levels))
        ]
        report = TrainingReport(
            kind=self._base.kind,
            records=self._size,
            random_pairs=len(apart.one),
            near_pairs=len(near.one),
            block_pairs=block_pairs,
            pairs_per_record=(self._base.pairs_per_record, pairs_per_record),
            levels=tuple(levels),
        )
        return Training(self._model(levels, pairs_per_record), report)

    def _model(self, levels: list[TrainedLevel], pairs_per_record: float) -> Model:
        comparisons = (
            replace(one, levels=tuple(level.after for level in levels if level.field is one.field))
            for one in self._base.comparisons
        )
        return replace(self._base, comparisons=tuple(comparisons), pairs_per_record=pairs_per_record)

    # Pairs

    def _groups(self) -> Ints:
        """A number per record; those of one group share it."""
        evidence = find_evidence(
            self._facts, recipe=self._recipe, figures=self._figures, options=self._options.engine
        )
        table = cluster_records(self._facts, evidence.pairs, recipe=self._recipe).table.sort_by("record_id")
        _, groups = np.unique(table.column("cluster").to_numpy(), return_inverse=True)
        return np.asarray(groups, dtype=np.int64)

    def _random_pairs(self) -> tuple[Ints, Ints]:
        left, right = self._random.integers(0, self._size, size=(2, self._options.random_pairs))
        two = left != right
        return np.minimum(left, right)[two], np.maximum(left, right)[two]

    def _near(self, groups: Ints) -> _Seen:
        engine = self._options.engine
        candidates = gather(key_columns(self._facts), records=self._size, cap=engine.max_block_size)
        parts = [candidates.pairs(low=low, high=high) for low, high in candidates.ranges(most=_AT_ONCE)]
        left, right = (np.concatenate(sides) for sides in zip(*parts, strict=True))
        every = len(left)
        if every > self._options.pairs:
            chosen = np.sort(self._random.choice(every, self._options.pairs, replace=False))
            left, right = left[chosen], right[chosen]
        return self._compared(left, right, groups=groups, scale=every / max(len(left), 1))

    def _compared(self, left: Ints, right: Ints, *, groups: Ints, scale: float) -> _Seen:
        levels: dict[Compared, list[Levels]] = {one.field: [] for one in self._base.comparisons}
        for start in range(0, len(left), _AT_ONCE):
            pairs = Pairs(self._facts, left[start : start + _AT_ONCE], right[start : start + _AT_ONCE])
            for one in self._base.comparisons:
                levels[one.field].append(levels_of(one, pairs))
        joined = {compared: np.concatenate(parts) for compared, parts in levels.items()}
        return _Seen(joined, groups[left] == groups[right], scale)

    # u

    def _us(self, comparison: Comparison, apart: _Seen, near: _Seen) -> tuple[_Told, ...]:
        """In a store of this size."""
        seen = apart.counts(comparison, among=np.ones_like(apart.one))
        two = apart.counts(comparison, among=~apart.one)
        two_near = near.counts(comparison, among=~near.one)
        every = self._size * (self._size - 1) / 2 * seen.sum() / max(len(apart.one), 1)
        found = []
        for place, level in enumerate(comparison.levels):
            if (comparison.field, level.test) in _ALL_COMPARED:
                found.append(self._u(level, counted=two_near[place], known=every))
            else:
                counted = max(two[place], _SMALLEST_U_SHARE * seen[place])
                found.append(self._u(level, counted=counted, known=float(seen.sum())))
        return tuple(found)

    def _u(self, level: Level, *, counted: float, known: float) -> _Told:
        if counted >= self._options.least_seen:
            return _Told(counted / known)
        # So few cannot tell how many there are, but that there are not more than this.
        before = min(level.u_among(self._size), 1.0)
        most = self._options.least_seen / known if known else 1.0
        return _Told(most if most < before else before, rare=True)

    # m

    def _ms(
        self, near: _Seen, us: Mapping[Compared, tuple[_Told, ...]]
    ) -> tuple[dict[Compared, tuple[_Told, ...]], tuple[tuple[str, int], ...]]:
        """The mean of all blocks that can tell, by the pairs of one that know the field."""
        sums = {one.field: np.zeros(len(one.levels)) for one in self._base.comparisons}
        used = []
        for block in BLOCKS[self._base.kind]:
            inside = self._inside(block, near)
            used.append((" and ".join(compared.value for compared in block), int(inside.sum())))
            if inside.sum() < _LEAST_IN_BLOCK or not near.one[inside].any():
                continue
            self._say(f"Learning from pairs with the same {used[-1][0].replace('_', ' ')}: {used[-1][1]:,}")
            for compared, estimates in self._by_em(block, near, inside, us).items():
                known = near.counts(self._of(compared), among=inside & near.one).sum() / near.scale
                sums[compared] += known * np.array([0.0 if one is None else one for one in estimates])
        return {one.field: self._m(one, sums[one.field]) for one in self._base.comparisons}, tuple(used)

    def _m(self, comparison: Comparison, pairs: npt.NDArray[np.float64]) -> tuple[_Told, ...]:
        """`pairs` of one at each level. The base model counts as some pairs more."""
        known = pairs.sum()
        if known < self._options.least_seen:
            return tuple(_Told(level.m, rare=True) for level in comparison.levels)
        before = np.array([level.m for level in comparison.levels])
        weight = float(self._options.least_seen)
        shares = (pairs + weight * before / before.sum()) / (known + weight)
        rare = pairs < self._options.least_seen
        return tuple(_Told(float(m), rare=bool(few)) for m, few in zip(shares, rare, strict=True))

    def _by_em(
        self,
        block: tuple[Compared, ...],
        near: _Seen,
        inside: Mask,
        us: Mapping[Compared, tuple[_Told, ...]],
    ) -> dict[Compared, tuple[float | None, ...]]:
        open_ones = [
            self._begin(one, us[one.field]) for one in self._base.comparisons if one.field not in block
        ]
        known = {one.field: near.levels[one.field][inside] for one in open_ones}
        return estimate_m(open_ones, known, share=float(near.one[inside].mean()))

    def _begin(self, comparison: Comparison, us: tuple[_Told, ...]) -> Comparison:
        """The comparison with the u of this store."""
        levels = (
            replace(level, u=u.share, by_size=False) for level, u in zip(comparison.levels, us, strict=True)
        )
        return replace(comparison, levels=tuple(levels))

    def _inside(self, block: tuple[Compared, ...], near: _Seen) -> Mask:
        inside = np.ones_like(near.one)
        for compared in block:
            comparison = self._base.comparison(compared)
            if comparison is None:
                return np.zeros_like(near.one)
            exact = [place for place, level in enumerate(comparison.levels) if level.test is Test.EXACT]
            inside &= np.isin(near.levels[compared], exact)
        return inside

    def _of(self, compared: Compared) -> Comparison:
        return next(one for one in self._base.comparisons if one.field is compared)

    # Both

    def _trained(self, comparison: Comparison, place: int, u: _Told, m: _Told) -> TrainedLevel:
        before = comparison.levels[place]
        after = before
        doubt = _doubt(before, m, u)
        if doubt not in (Doubt.JOINT, Doubt.RARE):
            least = max(before.m * _LEAST_LEFT, _SMALLEST_M) if m.rare else _SMALLEST_M
            after = replace(
                before,
                m=_rounded(min(max(m.share, least), 1.0)),
                u=_rounded(self._as_stored(before, u.share)),
            )
        return TrainedLevel(
            field=comparison.field,
            before=before,
            after=after,
            records=self._size,
            doubt=doubt,
        )

    def _as_stored(self, level: Level, u: float) -> float:
        """Of a store of the size that a level's u is said for."""
        return min(u * max(self._size, 1000) / SIZE_OF_U if level.by_size else u, 1.0)


def _rounded(number: float) -> float:
    """Sums made by several threads differ in their last digits."""
    return float(f"{number:.4g}")


def _doubt(level: Level, m: _Told, u: _Told) -> Doubt | None:
    if level.test in _JOINT:
        return Doubt.JOINT
    if m.rare and u.rare:
        return Doubt.RARE
    if m.rare:
        return Doubt.RARE_OF_ONE
    return Doubt.RARE_OF_TWO if u.rare else None
