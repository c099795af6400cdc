"""From cleaned columns to clusters: Kith against every peer, on the same file, in the same run.

`BENCH_RESOLVE_SIZES` ("100000,1000000"), `BENCH_RUNS` (3, medians), `BENCH_PEERS` (names apart by ";", all).
The peers' packages are in requirements-bench.txt; one that is not there is reported so.
"""

from __future__ import annotations

import os

from bench.benchmark import Measurement, benchmark
from bench.measured import Failed, Run, measure, medians
from bench.peers.known import PEERS, TUNED, installed
from bench.peers.peer import Peer
from bench.people import REPORT_SEED, files

SIZES = tuple(int(size) for size in os.environ.get("BENCH_RESOLVE_SIZES", "100000,1000000").split(","))
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
SEED = int(os.environ.get("BENCH_SEED", str(REPORT_SEED)))
CHOSEN = tuple(filter(None, os.environ.get("BENCH_PEERS", "").split(";")))


@benchmark(
    "resolve",
    question=f"cleaned records to clusters, {', '.join(f'{size:,}' for size in SIZES)}, median of {RUNS}",
    baseline=TUNED,
)
def resolve() -> list[Measurement]:
    return [measurement for size in SIZES for measurement in _at(size)]


def _at(size: int) -> list[Measurement]:
    peers = [peer for peer in PEERS if not CHOSEN or peer.name in CHOSEN]
    return [_measurement(peer.name, _runs(peer, size=size), size=size) for peer in peers]


def _runs(peer: Peer, *, size: int) -> Run | Failed:
    if installed(peer) is None:
        return Failed("not installed")
    if size > peer.largest:
        return Failed(f"not asked beyond {peer.largest:,} records")
    found: list[Run] = []
    for _ in range(RUNS):
        run = measure(peer, files=files(size=size, seed=SEED))
        if isinstance(run, Failed):
            return run
        found.append(run)
    return medians(found)


def _measurement(name: str, run: Run | Failed, *, size: int) -> Measurement:
    group = f"{size:,} records"
    if isinstance(run, Failed):
        return Measurement(name, 0.0, group=group, failure=run.why)
    return Measurement(name, run.resolve_seconds, size, run.figures, group=group)
