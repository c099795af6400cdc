"""GoldenMatch, offline: by itself (zero-config), and with fields and blocks that we chose for it."""

from __future__ import annotations

from typing import Final

import goldenmatch
import polars as pl
import pyarrow as pa
from goldenmatch.config.schemas import (
    BlockingConfig,
    BlockingKeyConfig,
    GoldenMatchConfig,
    MatchkeyConfig,
    MatchkeyField,
)

from bench.peers.flat import flat
from bench.peers.peer import Resolved, Stopwatch

COUNTED: Final = ("resolving",)
BLOCKS: Final = (
    ("first_name", "email"), ("first_name", "phone"), ("identity",), ("last_name", "birth_date"),
    ("last_name", "first_name"), ("first_name", "postcode"),
)  # fmt: skip
"""Each with a field of the person: blocks of e-mail or phone alone taught it households (precision 0.5)."""


def resolve_by_itself(records: pa.Table, _truth: pa.Table) -> Resolved:
    return _resolve(records, config=None)


def resolve_configured(records: pa.Table, _truth: pa.Table) -> Resolved:
    return _resolve(records, config=_configuration())


def _resolve(records: pa.Table, *, config: GoldenMatchConfig | None) -> Resolved:
    watch = Stopwatch()
    with watch.stage("registration"):
        frame = flat(records)
    with watch.stage("resolving"):
        result = goldenmatch.dedupe_df(frame.drop("record_id"), config=config, confidence_required=False)
    return Resolved(_clusters(result.clusters, ids=frame["record_id"]), watch.seconds, COUNTED)


def _clusters(clusters: dict[int, dict[str, list[int]]], *, ids: pl.Series) -> pa.Table:
    """Its members are row numbers; rows in no cluster stand alone."""
    label = [-1 - row for row in range(len(ids))]
    for number, cluster in clusters.items():
        for row in cluster["members"]:
            label[row] = number
    return pa.table({"record_id": ids.to_arrow(), "cluster": pa.array(label, pa.int64())})


def _configuration() -> GoldenMatchConfig:
    fields = [
        MatchkeyField(
            field="first_name", scorer="jaro_winkler", levels=3, partial_threshold=0.85, tf_adjustment=True
        ),
        MatchkeyField(
            field="last_name", scorer="jaro_winkler", levels=3, partial_threshold=0.88, tf_adjustment=True
        ),
        MatchkeyField(field="birth_date", scorer="levenshtein", levels=3, partial_threshold=0.89),
        MatchkeyField(field="street", scorer="jaro_winkler", levels=3, partial_threshold=0.92),
        *(
            MatchkeyField(field=name, scorer="exact", levels=2)
            for name in ("email", "phone", "postcode", "identity")
        ),
    ]
    return GoldenMatchConfig(
        matchkeys=[MatchkeyConfig(name="person", type="probabilistic", fields=fields, missing="unobserved")],
        blocking=BlockingConfig(
            strategy="multi_pass",
            keys=[BlockingKeyConfig(fields=list(BLOCKS[0]))],
            passes=[BlockingKeyConfig(fields=list(block)) for block in BLOCKS],
        ),
    )
