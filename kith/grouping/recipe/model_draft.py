"""A matching model in the form of the editor: all as text until it is understood.

What is switched off stays in the form with its numbers, those of the model or else of the one Kith ships.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol

from kith.grouping.recipe.model_table import words_of
from kith.kernel.errors import Refused
from kith.matching.model import (
    WITH_FREQUENCY,
    WITH_THRESHOLD,
    Compared,
    Comparison,
    Level,
    Model,
    Test,
    validate,
)
from kith.matching.shipped import shipped_model

_MOST_BITS: Final = 60.0


class Posted(Protocol):
    """What of a QueryDict is used here."""

    def get(self, key: str, default: str) -> str | None: ...
    def getlist(self, key: str) -> list[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLevel:
    test: Test
    on: bool
    m: str
    u: str
    bits: str = ""
    """When given, u is made to say so much."""
    threshold: str = ""
    by_frequency: bool = False
    by_size: bool = False

    def level(self, *, system_refs: int) -> Level:
        """What cannot be read is not a number, which `model.validate` refuses."""
        m, u = number(self.m), number(self.u)
        least = number(self.threshold) if self.test in WITH_THRESHOLD else None
        plain = Level(self.test, m, u, least, self.by_frequency, self.by_size)
        if not self.bits.strip():
            return plain
        return _saying(plain, number(self.bits), system_refs=system_refs)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftComparison:
    field: Compared
    on: bool
    levels: tuple[DraftLevel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDraft:
    kind: str
    group_at: str
    review_at: str
    pairs_per_record: str
    comparisons: tuple[DraftComparison, ...]

    def model(self, *, system_refs: int) -> Model:
        comparisons = (
            Comparison(
                one.field, tuple(level.level(system_refs=system_refs) for level in one.levels if level.on)
            )
            for one in self.comparisons
            if one.on
        )
        return Model(
            kind=self.kind,
            comparisons=tuple(comparisons),
            pairs_per_record=number(self.pairs_per_record),
            group_at=number(self.group_at),
            review_at=number(self.review_at),
        )


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong, beside what it is about."""

    general: tuple[str, ...]
    of_comparison: dict[Compared, tuple[str, ...]]
    of_level: dict[tuple[Compared, Test], tuple[str, ...]]

    def __bool__(self) -> bool:
        return bool(self.general or self.of_comparison or self.of_level)


def _saying(level: Level, bits: float, *, system_refs: int) -> Level:
    """The level with other shares. For a level that speaks against, m gives way: u is near 1 there."""
    ratio = 2.0 ** max(min(bits, _MOST_BITS), -_MOST_BITS) if not math.isnan(bits) else math.nan
    by_size = level.u_among(system_refs) / level.u if level.u > 0 else 1.0
    m, u = (level.m, level.m / ratio / by_size) if bits >= 0 else (level.u * by_size * ratio, level.u)
    return Level(level.test, m, u, level.threshold, level.by_frequency, level.by_size)


def number(text: str) -> float:
    try:
        return float(text.strip().replace("−", "-").replace(",", "."))
    except ValueError:
        return math.nan


def as_text(value: float) -> str:
    """Exact, without an exponent: 0.0000001."""
    return f"{Decimal(repr(value)).normalize():f}"


def of_model(model: Model) -> ModelDraft:
    shipped = shipped_model(model.kind)
    fields = [one.field for one in model.comparisons]
    fields += [one.field for one in shipped.comparisons if one.field not in fields]
    return ModelDraft(
        kind=model.kind,
        group_at=as_text(model.group_at),
        review_at=as_text(model.review_at),
        pairs_per_record=as_text(model.pairs_per_record),
        comparisons=tuple(
            _of_comparison(model.comparison(field), shipped.comparison(field)) for field in fields
        ),
    )


def _of_comparison(now: Comparison | None, shipped: Comparison | None) -> DraftComparison:
    known = now or shipped
    assert known is not None, "a field comes from one of the two"
    on = tuple(_of_level(level, on=True) for level in known.levels)
    tests = {level.test for level in known.levels}
    off = tuple(
        _of_level(level, on=False) for level in (shipped.levels if shipped else ()) if level.test not in tests
    )
    # What is switched on again comes last but for "different", so that no other level loses pairs to it.
    return DraftComparison(field=known.field, on=now is not None, levels=(*on[:-1], *off, on[-1]))


def _of_level(level: Level, *, on: bool) -> DraftLevel:
    return DraftLevel(
        test=level.test,
        on=on,
        m=as_text(level.m),
        u=as_text(level.u),
        threshold="" if level.threshold is None else as_text(level.threshold),
        by_frequency=level.by_frequency,
        by_size=level.by_size,
    )


def read(posted: Posted, *, kind: str) -> ModelDraft:
    """Raises Refused for what no form of ours would send."""
    try:
        comparisons = tuple(_read_comparison(posted, Compared(field)) for field in posted.getlist("field"))
    except ValueError as error:
        raise Refused("The model was not understood. Open the page again.") from error
    return ModelDraft(
        kind=kind,
        group_at=_text(posted, "group_at"),
        review_at=_text(posted, "review_at"),
        pairs_per_record=_text(posted, "pairs_per_record"),
        comparisons=comparisons,
    )


def _read_comparison(posted: Posted, field: Compared) -> DraftComparison:
    tests = [Test(test) for test in posted.getlist(field.value)]
    return DraftComparison(
        field=field,
        on=bool(_text(posted, f"{field}.on")),
        levels=tuple(_read_level(posted, f"{field}.{n}", test) for n, test in enumerate(tests)),
    )


def _read_level(posted: Posted, prefix: str, test: Test) -> DraftLevel:
    return DraftLevel(
        test=test,
        on=test is Test.ELSE or bool(_text(posted, f"{prefix}.on")),
        m=_text(posted, f"{prefix}.m"),
        u=_text(posted, f"{prefix}.u"),
        bits=_text(posted, f"{prefix}.bits"),
        threshold=_text(posted, f"{prefix}.least"),
        by_frequency=bool(_text(posted, f"{prefix}.rare")),
        by_size=bool(_text(posted, f"{prefix}.size")),
    )


def _text(posted: Posted, name: str) -> str:
    return (posted.get(name, "") or "")[:40]


def may_count_values(field: Compared, test: Test) -> bool:
    """Whether "rare values say more" can be asked of a level."""
    return field in WITH_FREQUENCY and test is (Test.POSTCODE if field is Compared.ADDRESS else Test.EXACT)


def findings(model: Model) -> Findings:
    """`model.validate`, each sentence beside what it names: a level, a comparison, or neither."""
    general: list[str] = []
    of_comparison: dict[Compared, tuple[str, ...]] = {}
    of_level: dict[tuple[Compared, Test], tuple[str, ...]] = {}
    for problem in validate(model):
        subject, _, words = problem.partition(": ")
        field, _, level = subject.partition(", level ")
        if field not in list(Compared):
            general.append(problem)
            continue
        sentence = words[:1].upper() + words[1:]
        if level:
            key = Compared(field), Test(level.strip("'"))
            of_level[key] = (*of_level.get(key, ()), sentence)
            continue
        of_comparison[Compared(field)] = (*of_comparison.get(Compared(field), ()), sentence)
    return Findings(tuple(general), of_comparison, of_level)


def label(field: Compared, level: DraftLevel) -> str:
    """The level in words, without its threshold: that is an input of its own."""
    return words_of(field, Level(level.test, 1, 1)).partition(" (")[0]
