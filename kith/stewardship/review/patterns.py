"""What a pair of System Refs has in common with others: which level of each comparison holds on it."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from kith.grouping.engine.records import arrow_records
from kith.grouping.recipe.in_force import MatchingInForce, matching_in_force
from kith.grouping.recipe.model_table import words_of
from kith.matching.evidence import facts_of, in_id_order
from kith.matching.levels import UNKNOWN
from kith.matching.model import Model
from kith.matching.pairs import Facts, Pairs
from kith.matching.prepared import Ints
from kith.matching.records import COMPANY, PERSON
from kith.matching.scoring import Scorer

_PAIR: Final = ["left_record_id", "right_record_id"]
_PATTERNS: Final = {**dict.fromkeys(_PAIR, pl.Int64()), "pattern": pl.String()}


def patterns_of(pairs: pl.DataFrame) -> pl.DataFrame:
    """`pairs`: left_record_id, right_record_id, of one kind each. With `pattern` beside them."""
    if pairs.is_empty():
        return pl.DataFrame(schema=_PATTERNS)
    ids = pl.concat([pairs[name] for name in _PAIR]).unique().to_list()
    in_force = matching_in_force()
    facts = facts_of(in_id_order(arrow_records(ids=ids)), in_force.figures)
    left, right = (np.searchsorted(facts.records.ids, pairs[name].to_numpy()) for name in _PAIR)
    of_company = facts.records.is_company[left]
    found = np.full(len(left), "", dtype=object)
    for kind, chosen in ((PERSON, ~of_company), (COMPANY, of_company)):
        if chosen.any():
            found[chosen] = _patterns(facts, left[chosen], right[chosen], kind=kind, in_force=in_force)
    return pairs.select(_PAIR).with_columns(pattern=pl.Series(found.tolist(), dtype=pl.String()))


def _patterns(facts: Facts, left: Ints, right: Ints, *, kind: str, in_force: MatchingInForce) -> list[str]:
    model = in_force.recipe.model(kind)
    levels = Scorer(model, facts, in_force.figures).score(Pairs(facts, left, right)).levels
    said = [
        # UNKNOWN is -1: the last entry.
        np.array([*(f"{one.field}:{level.test}" for level in one.levels), ""], dtype=object)[held]
        for one, held in zip(model.comparisons, levels, strict=True)
    ]
    assert UNKNOWN == -1
    return [" ".join(filter(None, row)) for row in zip(*said, strict=True)]


def pattern_words(pattern: str, *, model: Model) -> tuple[str, ...]:
    """('same first name', 'different birth dates'); what the model no longer knows is left out."""
    wanted = set(pattern.split())
    return tuple(
        words_of(one.field, level)
        for one in model.comparisons
        for level in one.levels
        if f"{one.field}:{level.test}" in wanted
    )
