"""The package `recordlinkage`: blocks, similarities cut to yes and no, and its ECM classifier."""

from __future__ import annotations

from typing import Final

import pyarrow as pa
import recordlinkage

from bench.peers.flat import components, flat
from bench.peers.peer import Resolved, Stopwatch

BLOCKS: Final = (
    ("first_name", "email"), ("first_name", "phone"), ("identity",), ("last_name", "birth_date"),
    ("last_name", "first_name"), ("first_name", "postcode", "street"),
)  # fmt: skip
"""Each with a field of the person: blocks of e-mail or phone alone taught it households (precision 0.5)."""
COUNTED: Final = ("blocking", "comparing", "classifying", "clustering")


def resolve(records: pa.Table, _truth: pa.Table) -> Resolved:
    watch = Stopwatch()
    with watch.stage("registration"):
        frame = flat(records).to_pandas().set_index("record_id")
    with watch.stage("blocking"):
        pairs = None
        for columns in BLOCKS:
            # the package joins missing with missing, so only rows with all of the columns take part
            told = frame.dropna(subset=list(columns))
            found = recordlinkage.index.Block(list(columns)).index(told)
            pairs = found if pairs is None else pairs.union(found)
    with watch.stage("comparing"):
        vectors = _comparison().compute(pairs, frame)
    with watch.stage("classifying"):
        links = recordlinkage.ECMClassifier(binarize=0.5).fit_predict(vectors)
    with watch.stage("clustering"):
        clusters = components(
            records, left=links.get_level_values(0).to_numpy(), right=links.get_level_values(1).to_numpy()
        )
    return Resolved(clusters, watch.seconds, COUNTED)


def _comparison() -> recordlinkage.Compare:
    """The package knows no missing: read as agreement it finds .70 of the pairs, as disagreement .25."""
    compare = recordlinkage.Compare()
    for name, threshold in (("first_name", 0.88), ("last_name", 0.9), ("street", 0.9)):
        compare.string(name, name, method="jarowinkler", threshold=threshold, label=name, missing_value=1)
    for name in ("birth_date", "email", "phone", "postcode", "identity"):
        compare.exact(name, name, label=name, missing_value=1)
    return compare
