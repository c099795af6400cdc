"""The package `dedupe`, taught with labels drawn from the truth: it learns actively and needs an oracle."""

from __future__ import annotations

import random
from itertools import combinations, pairwise
from typing import Final

import dedupe
import pyarrow as pa
from dedupe import variables

from bench.peers.flat import components, flat
from bench.peers.peer import Resolved, Stopwatch

LABELS: Final = 750
SEED: Final = 1
COUNTED: Final = ("partitioning",)
FIELDS: Final = ("first_name", "last_name", "birth_date", "email", "phone", "street", "postcode")

Row = dict[str, str | None]


def resolve(records: pa.Table, truth: pa.Table) -> Resolved:
    watch = Stopwatch()
    random.seed(SEED)
    rows: dict[int, Row] = {row["record_id"]: row for row in flat(records).to_dicts()}
    # one core: its worker processes cost more than they save at the sizes it manages
    matcher = dedupe.Dedupe([variables.String(field, has_missing=True) for field in FIELDS], num_cores=0)
    with watch.stage("training"):
        matcher.prepare_training(rows, sample_size=min(len(rows), 1500))
        matcher.mark_pairs(_labels(rows, truth=truth))
        matcher.train()
    with watch.stage("partitioning"):
        found = matcher.partition(rows, 0.5)
    links = [(ids[0], other) for ids, _ in found for other in ids[1:]]
    left, right = (pa.array([link[side] for link in links], pa.int64()) for side in (0, 1))
    return Resolved(components(records, left=left, right=right), watch.seconds, COUNTED)


def _labels(rows: dict[int, Row], *, truth: pa.Table) -> dict[str, list[tuple[Row, Row]]]:
    """Half true pairs, half pairs of different people of whom some share a last name."""
    person = dict(zip(truth["record_id"].to_pylist(), truth["person"].to_pylist(), strict=True))
    same: dict[int, list[int]] = {}
    for record_id in rows:
        same.setdefault(person[record_id], []).append(record_id)
    matches = [pair for ids in same.values() for pair in combinations(ids, 2)]
    random.shuffle(matches)
    by_name = sorted(rows, key=lambda record_id: rows[record_id]["last_name"] or "")
    neighbours = [pair for pair in pairwise(by_name) if person[pair[0]] != person[pair[1]]]
    strangers = [tuple(random.sample(by_name, 2)) for _ in range(LABELS // 4)]
    distinct = random.sample(neighbours, min(LABELS // 4, len(neighbours))) + [
        (one, other) for one, other in strangers if person[one] != person[other]
    ]
    return {
        "match": [(rows[one], rows[other]) for one, other in matches[: LABELS // 2]],
        "distinct": [(rows[one], rows[other]) for one, other in distinct],
    }
