"""What a peer is: cleaned records in, clusters out, with the seconds of each stage."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Resolved:
    """`clusters`: record_id, cluster. `seconds` by stage; those in `counted` make up the resolve time."""

    clusters: pa.Table
    seconds: dict[str, float]
    counted: tuple[str, ...]

    @property
    def resolve_seconds(self) -> float:
        return sum(self.seconds[stage] for stage in self.counted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """`largest`: records beyond which it is not asked, because it does not end in a reasonable time."""

    name: str
    package: str
    """The distribution that must be installed."""
    resolve: Callable[[pa.Table, pa.Table], Resolved]
    """Of the records and the truth; the truth is for those that need labels and for nothing else."""
    largest: int
    note: str = ""


@dataclass(slots=True)
class Stopwatch:
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started_at = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started_at
