"""Training the two Splink models, and what the tuned one is corrected by."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypedDict

import duckdb
from splink import Linker, block_on
from splink.internals.splink_dataframe import SplinkDataFrame

from bench.peers.splink_models import (
    FULL_NAME,
    PERSON_BLOCKS,
    PLACE,
    TUTORIAL_BLOCKS,
    deterministic_rules,
    settings,
)

RECALL: Final = 0.75
"""Guess of the share of true pairs that the deterministic rules find."""
SAMPLED_PAIRS: Final = {"tutorial": 1e6, "tuned": 3e6}
SMALLEST_SHARE: Final = 0.01
"""However much the correction takes away, this share of the observed u stays."""
UNSEEN: Final = 1e-6
"""u of a level that no sampled pair had; Splink would fall back to a default far too high."""
SEED: Final = 1


class Level(TypedDict, total=False):
    """The part of Splink's JSON that is corrected here."""

    label_for_charts: str
    m_probability: float
    u_probability: float


@dataclass(frozen=True, slots=True)
class Shared:
    """Of a level whose u can be counted over all pairs rather than sampled."""

    comparison: str
    level: int
    """Place among the levels that are not null levels."""
    values: str
    """SQL: the values by which two records share the level, one row each, as column `value`."""


COUNTED: Final = (
    Shared("first_name", 0, "SELECT first_name AS value FROM prepared"),
    Shared("last_name", 0, "SELECT last_name AS value FROM prepared"),
    Shared("dob", 0, "SELECT dob AS value FROM prepared"),
    Shared("emails", 0, "SELECT unnest(emails) AS value FROM prepared"),
    Shared("phones", 0, "SELECT unnest(phones) AS value FROM prepared"),
    Shared("identity", 0, "SELECT identity AS value FROM prepared"),
    Shared("postcode", 0, "SELECT street || postcode AS value FROM prepared"),
)


def trained(table: SplinkDataFrame, *, style: str, connection: duckdb.DuckDBPyConnection) -> str:
    """The model as Splink's JSON."""
    linker = Linker(table, settings(style), log_level=None)
    linker.training.estimate_probability_two_random_records_match(list(deterministic_rules()), recall=RECALL)
    linker.training.estimate_u_using_random_sampling(
        max_pairs=SAMPLED_PAIRS[style], seed=SEED, min_count_per_level=None
    )
    for columns in _with_pairs(TUTORIAL_BLOCKS if style == "tutorial" else PERSON_BLOCKS, connection):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*columns))
    return json.dumps(linker.misc.save_model_to_json())


def _with_pairs(
    blocks: tuple[tuple[str, ...], ...], connection: duckdb.DuckDBPyConnection
) -> list[tuple[str, ...]]:
    """EM fails on a block without pairs, as where a data set has no e-mails; then full names serve."""
    told = [
        columns
        for columns in blocks
        if connection.execute(
            f"SELECT 1 FROM prepared WHERE {' AND '.join(f'{name} IS NOT NULL' for name in columns)} "
            f"GROUP BY {', '.join(columns)} HAVING count(*) > 1 LIMIT 1"
        ).fetchall()
    ]
    return told if len(told) == len(blocks) else list(dict.fromkeys([*told, FULL_NAME, PLACE]))


def corrected(model: str, *, connection: duckdb.DuckDBPyConnection) -> str:
    """u without the true matches among random pairs: u = u_observed - lambda * m, never below a floor."""
    settings = json.loads(model)
    prior = float(settings["probability_two_random_records_match"])
    comparisons = {made["output_column_name"]: made["comparison_levels"] for made in settings["comparisons"]}
    for shared in COUNTED:
        _levels(comparisons[shared.comparison])[shared.level]["u_probability"] = _counted(shared, connection)
    for level in _trained_levels(comparisons):
        observed = level.get("u_probability", UNSEEN)
        level["u_probability"] = max(observed - prior * level["m_probability"], SMALLEST_SHARE * observed)
    return json.dumps(settings)


def _levels(levels: list[Level]) -> list[Level]:
    return [level for level in levels if not level.get("is_null_level")]


def _trained_levels(comparisons: dict[str, list[Level]]) -> Iterator[Level]:
    for levels in comparisons.values():
        yield from (level for level in levels if "m_probability" in level)


def _counted(shared: Shared, connection: duckdb.DuckDBPyConnection) -> float:
    """Share of all pairs with something in the field that agree on it."""
    agreeing, present = connection.execute(
        f"""
        SELECT sum(n * (n - 1)) / 2.0, sum(n)::DOUBLE
        FROM (SELECT value, count(*) AS n FROM ({shared.values}) WHERE value IS NOT NULL GROUP BY value)
        """
    ).fetchall()[0]
    pairs = (present or 0.0) * ((present or 0.0) - 1) / 2
    return float(agreeing) / pairs if agreeing and pairs else 1e-9
