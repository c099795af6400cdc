"""Splink's expectation maximisation on levels that our engine found.

Our levels are not all functions of SQL, and need not be: Splink is given each pair as two rows that hold one
number and the levels of the pair, blocked on that number, with conditions that only read the level.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

import numpy as np
import pyarrow as pa

from kith.matching.levels import UNKNOWN, Levels
from kith.matching.model import Compared, Comparison

MISSING: Final = (
    "Training needs Splink, which is not installed. Install Kith with it: pip install 'kith-hub[train]'"
)
_ITERATIONS: Final = 50


class SplinkMissing(RuntimeError):
    """The sentence may be shown to the user."""


def require_splink() -> None:
    """Raises SplinkMissing."""
    try:
        import splink  # noqa: F401
    except ImportError as error:
        raise SplinkMissing(MISSING) from error


def estimate_m(
    comparisons: Sequence[Comparison], found: Mapping[Compared, Levels], *, share: float
) -> dict[Compared, tuple[float | None, ...]]:
    """m of each level, None where no pair is at it. The u of the comparisons hold; from their m it begins.

    `found`: the levels of the same pairs, by field. `share`: a guess of how many of them are of one person.
    """
    from splink import DuckDBAPI, Linker

    with _quiet():
        settings = {
            "link_type": "dedupe_only",
            "probability_two_random_records_match": min(max(share, 0.001), 0.999),
            "max_iterations": _ITERATIONS,
            "comparisons": [_settings(one) for one in comparisons],
            "blocking_rules_to_generate_predictions": [],
        }
        linker = Linker(DuckDBAPI().register(_twice(found)), settings, log_level=None)
        linker.training.estimate_parameters_using_expectation_maximisation(
            "l.pair = r.pair", estimate_without_term_frequencies=True, fix_u_probabilities=True
        )
        saved = linker.misc.save_model_to_json()
    trained = {entry["output_column_name"]: entry["comparison_levels"][1:] for entry in saved["comparisons"]}
    return {one.field: tuple(_estimates(one, trained[one.field.value], found)) for one in comparisons}


def _estimates(
    comparison: Comparison, trained: list[dict[str, float]], found: Mapping[Compared, Levels]
) -> Iterator[float | None]:
    seen = np.bincount(found[comparison.field] + 1, minlength=len(comparison.levels) + 1)[1:]
    for level, pairs in zip(trained, seen.tolist(), strict=True):
        yield level.get("m_probability") if pairs else None


def _settings(comparison: Comparison) -> dict[str, object]:
    column = comparison.field.value
    unknown = {
        "sql_condition": f"{column}_l = {UNKNOWN}",
        "label_for_charts": "not known",
        "is_null_level": True,
    }
    last = len(comparison.levels) - 1
    levels = [
        {
            "sql_condition": "ELSE" if place == last else f"{column}_l = {place}",
            "label_for_charts": level.test.value,
            "m_probability": level.m,
            "u_probability": level.u,
        }
        for place, level in enumerate(comparison.levels)
    ]
    return {"output_column_name": column, "comparison_levels": [unknown, *levels]}


def _twice(found: Mapping[Compared, Levels]) -> pa.Table:
    size = len(next(iter(found.values())))
    columns = {compared.value: np.concatenate((levels, levels)) for compared, levels in found.items()}
    pair = np.arange(size)
    return pa.table(
        {"unique_id": np.arange(2 * size), "pair": np.concatenate((pair, pair)), **columns},
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Splink tells of each level it did not see; the report says so in our words."""
    log = logging.getLogger("splink")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)
