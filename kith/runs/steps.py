"""What a step of the overnight run is. The steps themselves are listed in `kith.config.overnight`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kith.access.actors import Actor
from kith.jobs.progress import Tracker

Counts = Mapping[str, int]


class Held(Exception):
    """The circuit breaker: the step would change more than it may unasked. The message is for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepContext:
    run_id: int
    actor: Actor
    tracker: Tracker
    approved: bool
    """A person has seen what the circuit breaker saw and lets the run go on."""
    everything: bool = False
    """Somebody asked to compare all anew, not only what changed."""
    said: list[str] = field(default_factory=list)

    def say(self, sentence: str) -> None:
        """For the run's page, beside the figures."""
        self.said.append(sentence)


@dataclass(frozen=True, slots=True)
class Step:
    """`work` commits its own transactions and may be done again after a crash: it must then end the same."""

    name: str
    label: str
    work: Callable[[StepContext], Counts]
