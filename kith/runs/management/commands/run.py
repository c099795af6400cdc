from __future__ import annotations

import sys
from argparse import ArgumentParser
from dataclasses import dataclass
from typing import NoReturn, TextIO

from django.core.management.base import BaseCommand
from tqdm import tqdm

from kith.access.actors import COMMAND_LINE
from kith.jobs.progress import Listener
from kith.kernel.errors import Refused
from kith.runs import actions, queries
from kith.runs.models import Run

NOT_DONE = 1
"""Held, cancelled or refused; wrong usage is 2, interrupted 130 (`kith.config.exit_codes`)."""


class Command(BaseCommand):
    help = (
        "Do the overnight run now: compare what changed, give GroupIDs, assemble golden records. "
        "A run that was cut off goes on where it stopped."
    )
    requires_system_checks = []  # the tests run them; a start need not

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--approve",
            action="store_true",
            help="let the run go on that the circuit breaker stopped",
        )
        parser.add_argument(
            "--full", action="store_true", help="compare all System Refs anew, not only what changed"
        )

    def handle(self, *args: object, approve: bool, full: bool, **options: object) -> None:
        if approve:
            _approve()
        run = actions.execute_run(
            actor=COMMAND_LINE,
            trigger=Run.Trigger.COMMAND,
            everything=full,
            listener=_listener(sys.stderr),
        )
        self._report(run)
        if run.state != Run.State.DONE:
            sys.exit(NOT_DONE)

    def _report(self, run: Run) -> None:
        shown = queries.shown(queries.run_of(run.pk, actor=COMMAND_LINE))
        for one in shown.steps:
            self.stdout.write(f"{one.step.label}: {one.words or one.step.get_state_display().lower()}")
        self.stdout.write(f"Run {run.pk}: {run.get_state_display().lower()}.")
        if run.state == Run.State.HELD:
            self.stdout.write(f"{run.hold_reason} To let it go on: kith run --approve")


def _approve() -> None:
    run_id = queries.held_run_id()
    if run_id is None:
        raise Refused("No run waits for approval.")
    actions.approve_run(actor=COMMAND_LINE, run_id=run_id)


def _listener(stream: TextIO) -> Listener:
    return _Bar() if stream.isatty() else _Lines(stream)


class _Bar:
    """One bar for the step that is going on."""

    def __init__(self) -> None:
        self.bar: tqdm[NoReturn] = tqdm(bar_format="{desc} {percentage:3.0f}% |{bar}| {n_fmt}")

    def __call__(self, done: int, total: int | None, note: str) -> None:
        self.bar.set_description_str(note, refresh=False)
        self.bar.total = total or 0
        self.bar.n = done
        self.bar.refresh()


@dataclass
class _Lines:
    """A line when something else begins: for logs."""

    stream: TextIO
    said: str = ""

    def __call__(self, done: int, total: int | None, note: str) -> None:
        if note and note != self.said:
            self.said = note
            self.stream.write(f"{note} …\n")
