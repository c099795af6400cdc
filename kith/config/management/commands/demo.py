from __future__ import annotations

import logging
import time
from argparse import ArgumentParser

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from kith.config import database_check, demo_home
from kith.matching.evaluate import Scores

DEFAULT_SIZE = 30_000


class Command(BaseCommand):
    help = "Make a club of made-up contacts, load and group them, measure the result, and serve it."
    requires_system_checks = ()  # the tests run them; a start need not

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", type=int, default=DEFAULT_SIZE, help="System Refs (default: 30000)")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-serve", action="store_true", help="load and measure, then end")

    def handle(
        self, *args: object, size: int, host: str, port: int, no_serve: bool, **options: object
    ) -> None:
        logging.getLogger("kith").setLevel(logging.WARNING)
        database_check.migrate_if_needed()
        folder = demo_home.Folder.here()
        folder.require_ours()
        password = folder.password()
        users = demo_home.add_users(password)
        if folder.done.exists():
            self._say(f"The demo is loaded already, in {settings.HOME}.")
        else:
            self._load(folder, size=size)
        self._say(f"\nSign in as one of these, all with the password  {password}")
        for user in users:
            self._say(f"  {user.email:<34} {user.role_labels}")
        if no_serve:
            return
        self._say(f"\nOpen  http://{host}:{port}/   (Ctrl-C ends it)")
        call_command("serve", host=host, port=port)

    def _load(self, folder: demo_home.Folder, *, size: int) -> None:
        started_at = time.monotonic()
        self._say(f"Making up a club of {size:,} System Refs…")
        club = demo_home.make_club(folder, size=size)
        with demo_home.without_runs_of_their_own():
            for source in club.sources:
                job = demo_home.take_in(source)
                self._say(
                    f"  {source.name:<28} {job.new_count:>9,} taken in, {job.rejected_count:,} rejected"
                )
            bought = sum(job.new_count for job in demo_home.take_in_purchases(club, folder=folder))
            self._say(f"  {'Purchases':<28} {bought:>9,} taken in")
        self._say("The overnight run…")
        demo_home.group()
        self._report(demo_home.measure(club))
        demo_home.know_pairs(club)
        folder.done.write_text(f"{size}\n", encoding="ascii")
        self._say(f"Ready after {time.monotonic() - started_at:.0f} s.")

    def _report(self, scores: Scores) -> None:
        self._say(f"  Persons and companies        {scores.persons:>9,} in truth")
        self._say(f"  GroupIDs                     {scores.groups:>9,}")
        self._say(f"  Pairs      {_three(scores.precision, scores.recall, scores.f1)}")
        self._say(f"  B-cubed    {_three(scores.bcubed_precision, scores.bcubed_recall, scores.bcubed_f1)}")

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()


def _three(precision: float, recall: float, f1: float) -> str:
    return f"precision {precision:.4f}   recall {recall:.4f}   F1 {f1:.4f}"
