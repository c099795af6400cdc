"""One peer in a process of its own: run, watched, timed by its own stages, and scored against the truth."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from bench.hub import watch
from bench.peers.peer import Peer
from bench.people import PopulationFiles
from kith.matching.evaluate import Scores, evaluate

ROOT = Path(__file__).parent.parent
TIME_LIMIT = int(os.environ.get("BENCH_TIME_LIMIT", "600"))
"""Seconds after which a peer is stopped and reported so."""


@dataclass(frozen=True, slots=True)
class Run:
    """`seconds` of all stages; `resolve_seconds` of those that lead from cleaned columns to clusters."""

    seconds: dict[str, float]
    resolve_seconds: float
    peak_mb: float
    scores: Scores

    @property
    def figures(self) -> dict[str, float]:
        return {
            "P": round(self.scores.precision, 4),
            "R": round(self.scores.recall, 4),
            "F1": round(self.scores.f1, 4),
            "B-cubed F1": round(self.scores.bcubed_f1, 4),
            "peak MB": round(self.peak_mb),
            **{f"s {stage}": round(seconds, 2) for stage, seconds in self.seconds.items()},
        }


@dataclass(frozen=True, slots=True)
class Failed:
    why: str


def measure(peer: Peer, *, files: PopulationFiles) -> Run | Failed:
    with TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        words = [sys.executable, "-m", "bench.peers", peer.name, str(files.records), str(files.truth), name]
        with (folder / "output.txt").open("w") as output:
            process = subprocess.Popen(words, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
            peak = [0.0]
            watcher = threading.Thread(target=watch, args=(process.pid, peak), daemon=True)
            watcher.start()
            try:
                process.wait(timeout=TIME_LIMIT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                return Failed(f"stopped after {TIME_LIMIT} s")
        watcher.join(timeout=1)
        if process.returncode:
            return Failed(_last_line(folder / "output.txt"))
        return _run(folder, peak_mb=peak[0], files=files)


def _run(folder: Path, *, peak_mb: float, files: PopulationFiles) -> Run:
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    seconds: dict[str, float] = result["seconds"]
    return Run(
        seconds=seconds,
        resolve_seconds=sum(seconds[stage] for stage in result["counted"]),
        peak_mb=peak_mb,
        scores=evaluate(pq.read_table(files.truth), pq.read_table(folder / "clusters.parquet")),
    )


def _last_line(path: Path) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1][:200] if lines else "no output"


def medians(runs: list[Run]) -> Run:
    """Of times and memory, each by itself. Scores are those of the last run: they should all be the same."""
    stages = runs[0].seconds
    return Run(
        seconds={stage: median(run.seconds[stage] for run in runs) for stage in stages},
        resolve_seconds=median(run.resolve_seconds for run in runs),
        peak_mb=median(run.peak_mb for run in runs),
        scores=runs[-1].scores,
    )
