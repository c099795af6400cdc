"""Kith's own engine as the benchmarks call it: cleaned records in, clusters out."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from bench.peers.peer import Resolved, Stopwatch
from kith.matching.evidence import EngineOptions, Recipe, cluster_records, counted_facts_of, find_evidence

COUNTED: Final = ("preparing", "evidence", "clustering")


def resolve(records: pa.Table, _truth: pa.Table) -> Resolved:
    watch, recipe, options = Stopwatch(), Recipe.shipped(), EngineOptions()
    with watch.stage("preparing"):
        facts, figures = counted_facts_of(records, options=options)
    with watch.stage("evidence"):
        evidence = find_evidence(facts, recipe=recipe, figures=figures, options=options)
    with watch.stage("clustering"):
        made = cluster_records(facts, evidence.pairs, recipe=recipe)
    return Resolved(made.table, watch.seconds, COUNTED)
