"""What a benchmark is: a name, and runs whose figures can be compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Measurement:
    what: str
    """Who did the work: "kith", or the peer's name and version."""
    seconds: float
    rows: int | None = None
    figures: dict[str, float] = field(default_factory=dict)
    """Anything else worth keeping: precision, recall, peak memory in MB."""
    group: str = ""
    """What it may be compared within: the baseline is looked for among those of the same group."""
    failure: str = ""
    """Why there is no figure: not installed, out of time. `seconds` is 0 then."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    name: str
    question: str
    run: Callable[[], list[Measurement]]
    baseline: str = ""
    """The measurement that the ratios are taken against; the last one when empty."""


BENCHMARKS: dict[str, Benchmark] = {}


def benchmark(
    name: str, *, question: str, baseline: str = ""
) -> Callable[[Callable[[], list[Measurement]]], Callable[[], list[Measurement]]]:
    """Register a function of a module in this package under a name."""

    def register(run: Callable[[], list[Measurement]]) -> Callable[[], list[Measurement]]:
        BENCHMARKS[name] = Benchmark(name, question, run, baseline)
        return run

    return register
