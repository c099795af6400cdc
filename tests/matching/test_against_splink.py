"""The gate: a pair weighs the same by our engine and by Splink with the model that we write for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from splink import DuckDBAPI, Linker

from bench.people import Knobs, generate
from kith.matching.figures import Figures, count, without_ignored
from kith.matching.model import Compared, Comparison, Model
from kith.matching.model import Test as Kind
from kith.matching.pairs import Facts, Pairs
from kith.matching.prepared import prepare
from kith.matching.records import COMPANY, PERSON
from kith.matching.scoring import Scorer
from kith.matching.shipped import shipped_model
from kith.matching.splink_columns import splink_columns
from kith.matching.splink_json import to_splink

SIZE = 12_000
CLOSE = 1e-3

pytestmark = pytest.mark.slow


def _plain(model: Model) -> Model:
    """What Splink's own library has too."""
    return _only(model, {Kind.EXACT, Kind.SIMILAR, Kind.ELSE})


def _whole(model: Model) -> Model:
    """One edit, for us, must look like a slip; in SQL it is any."""
    return _only(model, set(Kind) - {Kind.EDIT})


def _only(model: Model, kinds: set[Kind]) -> Model:
    return replace(model, comparisons=tuple(_kept(one, kinds) for one in model.comparisons))


def _kept(comparison: Comparison, kinds: set[Kind]) -> Comparison:
    levels = [level for level in comparison.levels if level.test in kinds]
    if comparison.field is Compared.ADDRESS:
        # Splink counts how common a value is, not how common a value of a list is.
        levels = [replace(level, by_frequency=False) for level in levels]
    return replace(comparison, levels=tuple(levels))


@pytest.mark.parametrize("kind", [PERSON, COMPANY])
@pytest.mark.parametrize(("part", "least"), [(_plain, 0.999), (_whole, 0.99)])
def test_our_weights_are_splinks(kind: str, part: Callable[[Model], Model], least: float) -> None:
    model = part(shipped_model(kind))
    facts, figures = _sample(kind)
    left, right, splinks = _by_splink(model, facts, records=len(facts.records))
    ours = Scorer(model, facts, figures).weights(Pairs(facts, left, right))
    apart = np.abs(ours - splinks)
    assert len(apart) > 2000
    assert (apart < CLOSE).mean() >= least, f"{(apart >= CLOSE).sum()} of {len(apart)} pairs differ"


def _sample(kind: str) -> tuple[Facts, Figures]:
    records = generate(size=SIZE, seed=11, knobs=Knobs(companies=0.4)).records.sort_by("record_id")
    prepared = prepare(records.filter(pc.equal(records.column("kind"), kind)))
    figures = count(prepared, frequent_records=12, frequent_names=8)
    return Facts(without_ignored(prepared, figures)), figures


def _by_splink(
    model: Model, facts: Facts, *, records: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Positions and weights of the pairs that Splink compares."""
    linker = Linker(
        DuckDBAPI().register(splink_columns(facts)), to_splink(model, records=records), log_level=None
    )
    found: pa.Table = linker.inference.predict().as_pyarrow_table()
    ids = facts.records.ids
    sides = [np.searchsorted(ids, found.column(f"unique_id_{side}").to_numpy()) for side in ("l", "r")]
    weights = found.column("match_weight").to_numpy()
    return np.minimum(*sides), np.maximum(*sides), weights
