"""`python -m bench [NAME ...]`: run benchmarks, keep their figures in bench/results, print the ratios."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import bench
from bench.benchmark import BENCHMARKS, Benchmark, Measurement
from bench.machine import this_machine

RESULTS = Path(__file__).parent / "results"
NOT_BENCHMARKS = {"__main__", "benchmark", "hub", "machine", "peers", "population"}


def main(names: list[str]) -> int:
    for module in pkgutil.iter_modules(bench.__path__):
        if module.name not in NOT_BENCHMARKS:
            importlib.import_module(f"bench.{module.name}")
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(
            f"No benchmark is called {', '.join(unknown)}. There are: {', '.join(BENCHMARKS) or 'none yet'}."
        )
        return 2
    for name in names or list(BENCHMARKS):
        report(BENCHMARKS[name])
    return 0


def report(benchmark: Benchmark) -> None:
    print(f"\n{benchmark.name}: {benchmark.question}")
    measurements = benchmark.run()
    keep(benchmark, measurements)
    for group in dict.fromkeys(measurement.group for measurement in measurements):
        compared = [measurement for measurement in measurements if measurement.group == group]
        baseline = next((m for m in compared if m.what == benchmark.baseline), compared[-1])
        if group:
            print(f" {group}")
        for measurement in compared:
            print(line(measurement, baseline=baseline))


def line(measurement: Measurement, *, baseline: Measurement) -> str:
    if measurement.failure:
        return f"  {measurement.what:<28} {measurement.failure}"
    ratio = baseline.seconds / measurement.seconds if measurement.seconds else 0.0
    rate = f"{measurement.rows / measurement.seconds:>12,.0f} rows/s" if measurement.rows else ""
    others = "  ".join(f"{name} {value:g}" for name, value in measurement.figures.items())
    return f"  {measurement.what:<28} {measurement.seconds:>9.3f} s {ratio:>7.2f}x {rate}  {others}".rstrip()


def keep(benchmark: Benchmark, measurements: list[Measurement]) -> None:
    RESULTS.mkdir(exist_ok=True)
    at = datetime.now(tz=UTC)
    result = {
        "benchmark": benchmark.name,
        "question": benchmark.question,
        "measured_at": at.isoformat(timespec="seconds"),
        "machine": asdict(this_machine()),
        "measurements": [asdict(measurement) for measurement in measurements],
    }
    path = RESULTS / f"{benchmark.name}-{at:%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
