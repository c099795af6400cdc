"""The benchmarks' population: `python -m bench.people --size 100000 --folder var/bench/people/tried`."""

from __future__ import annotations

import argparse
from pathlib import Path

import pyarrow.parquet as pq

from bench.population.knobs import DEVELOPMENT_SEED, REPORT_SEED, Knobs, Source, Trouble, without_trouble
from bench.population.table import (
    RECORDS,
    TRUTH,
    Population,
    PopulationFiles,
    generate,
    write,
)
from bench.population.truth import Statistics, statistics

__all__ = [
    "DEVELOPMENT_SEED",
    "RECORDS",
    "REPORT_SEED",
    "TRUTH",
    "Knobs",
    "Population",
    "PopulationFiles",
    "Source",
    "Statistics",
    "Trouble",
    "files",
    "generate",
    "statistics",
    "without_trouble",
    "write",
]

FOLDER = Path(__file__).parent.parent / "var" / "bench" / "people"


def files(*, size: int, seed: int) -> PopulationFiles:
    """Made once, then kept."""
    return write(FOLDER / f"{seed}-{size}", size=size, seed=seed)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--size", type=int, default=100_000)
    words.add_argument("--seed", type=int, default=DEVELOPMENT_SEED)
    words.add_argument("--folder", type=Path)
    said = words.parse_args()
    folder = said.folder or FOLDER / f"{said.seed}-{said.size}"
    made = write(folder, size=said.size, seed=said.seed)
    print("\n".join(statistics(pq.read_table(made.records), truth=pq.read_table(made.truth)).lines()))


if __name__ == "__main__":
    main()
