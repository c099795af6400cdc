"""Whether a run would bring two sets of System Refs together at all: by which match keys they meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kith.grouping.engine.evidence_store import PostgresStore
from kith.matching.comparable import Comparable, as_table
from kith.matching.evidence import EngineOptions
from kith.matching.keys import caps_of, match_keys_of
from kith.matching.pairs import Facts
from kith.matching.prepared import prepare
from kith.matching.rule_keys import rule_key_columns
from kith.matching.rules import RuleSet


@dataclass(frozen=True, slots=True)
class Meeting:
    shared: frozenset[int]
    """Match keys that both sides have."""
    cut: frozenset[int]
    """Of these, keys that so many System Refs share that runs compare nothing by them."""
    by_rule: bool
    """They meet by a key of an edited rule, which is not stored."""

    @property
    def meets(self) -> bool:
        return self.by_rule or self.shared > self.cut


def meeting(left: Sequence[Comparable], right: Sequence[Comparable], *, rules: RuleSet) -> Meeting:
    """One query, or none where they share nothing."""
    ours, theirs = ({key for one in side for key in match_keys_of(one)} for side in (left, right))
    shared = ours & theirs
    return Meeting(frozenset(shared), _cut(shared), _by_rule(left, right, rules=rules))


def _cut(shared: set[int]) -> frozenset[int]:
    if not shared:
        return frozenset()
    keys = np.array(sorted(shared), dtype=np.int64)
    members = PostgresStore().members(keys, caps_of(keys, cap=EngineOptions().max_block_size))
    return frozenset(members.filter(members["record_id"].is_null())["key"].to_list())


def _by_rule(left: Sequence[Comparable], right: Sequence[Comparable], *, rules: RuleSet) -> bool:
    facts = Facts(prepare(as_table((*left, *right))))
    for column in rule_key_columns(facts, rules):
        mine = column.owners < len(left)
        if np.intersect1d(column.keys[mine], column.keys[~mine]).size:
            return True
    return False
