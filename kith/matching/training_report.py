"""What training found, level by level, as numbers and as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kith.matching.model import Compared, Level


class Doubt(StrEnum):
    """Why a level's numbers are the base model's, or lean on them."""

    JOINT = "kept: looks at two fields"
    RARE = "kept: hardly seen"
    RARE_OF_TWO = "u: hardly seen on pairs of two"
    RARE_OF_ONE = "m: hardly seen on pairs of one"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedLevel:
    field: Compared
    before: Level
    after: Level
    records: int
    """Of the store: weights of levels that go by size depend on it."""
    doubt: Doubt | None = None

    @property
    def bits(self) -> tuple[float, float]:
        return self.before.weight(self.records), self.after.weight(self.records)

    @property
    def change(self) -> float:
        before, after = self.bits
        return after - before


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingReport:
    kind: str
    records: int
    random_pairs: int
    near_pairs: int
    """That share a match key and were compared."""
    block_pairs: tuple[tuple[str, int], ...]
    """By EM block, in the order of `training.BLOCKS`; 0 where it had too few pairs of one to learn from."""
    pairs_per_record: tuple[float, float]
    levels: tuple[TrainedLevel, ...]

    @property
    def most_changed(self) -> tuple[TrainedLevel, ...]:
        return tuple(sorted(self.levels, key=lambda level: -abs(level.change)))[:5]

    @property
    def doubtful(self) -> tuple[TrainedLevel, ...]:
        return tuple(level for level in self.levels if level.doubt is not None)

    def to_json(self) -> dict[str, object]:
        """Flat and worded: a page shows it as it is."""
        before, after = self.pairs_per_record
        return {
            "records": self.records,
            "random_pairs": self.random_pairs,
            "pairs_that_share_a_key": self.near_pairs,
            "learnt_from": dict(self.block_pairs),
            "true_pairs_per_record": f"{after:.3f} (before {before:.3f})",
            "changed_most": [f"{_name(level)} {level.change:+.1f} bits" for level in self.most_changed],
            "levels": {_name(level): _words(level) for level in self.levels},
        }

    def lines(self) -> Iterator[str]:
        before, after = self.pairs_per_record
        yield (
            f"{self.records:,} records; {self.random_pairs:,} random pairs; "
            f"{self.near_pairs:,} pairs that share a match key"
        )
        yield "Pairs to learn from: " + ", ".join(f"{name} {pairs:,}" for name, pairs in self.block_pairs)
        yield f"True pairs per record: {before:.3f} -> {after:.3f}"
        yield ""
        yield _HEAD
        yield from (_line(level) for level in self.levels)
        yield ""
        yield "Changed most: " + "; ".join(
            f"{_name(level)} {level.change:+.1f} bits" for level in self.most_changed
        )


_HEAD: Final = (
    f"{'field and level':<28}{'m before':>10}{'m after':>10}{'u before':>11}{'u after':>11}"
    f"{'bits before':>13}{'after':>8}"
)


def _name(level: TrainedLevel) -> str:
    threshold = "" if level.after.threshold is None else f" {level.after.threshold:g}"
    return f"{level.field.value} {level.after.test.value}{threshold}"


def _line(level: TrainedLevel) -> str:
    before, after = level.bits
    numbers = (
        f"{_name(level):<28}{level.before.m:>10.4f}{level.after.m:>10.4f}"
        f"{level.before.u:>11.2g}{level.after.u:>11.2g}{before:>13.1f}{after:>8.1f}"
    )
    return f"{numbers}  {level.doubt.value}" if level.doubt else numbers


def _words(level: TrainedLevel) -> str:
    before, after = level.bits
    said = (
        f"{after:+.1f} bits (before {before:+.1f}); m {level.after.m:.4f} (before {level.before.m:.4f}), "
        f"u {level.after.u:.2g} (before {level.before.u:.2g})"
    )
    return f"{said}; {level.doubt.value}" if level.doubt else said
