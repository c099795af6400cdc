"""`kith reclean`"""

from __future__ import annotations

import sys
import time
from typing import Final, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from tqdm import tqdm

from kith.access.actors import COMMAND_LINE
from kith.jobs.progress import Cancelled, Listener
from kith.sources import actions

STOPPED: Final = 1
DATABASE: Final = 3
_PLAIN_EVERY_SECONDS: Final = 5.0


class Command(BaseCommand):
    help = (
        "Clean every stored claim again, as this version of Kith does it, and make its match keys anew."
        " For after an upgrade; stopped half-way, the next start goes on."
        " Then `kith run` matches what changed."
    )

    def handle(self, *args: object, **options: object) -> None:
        try:
            found = actions.reclean(actor=COMMAND_LINE, listener=self._listener())
        except Cancelled as stop:
            raise CommandError("Cancelled; start it again to go on.", returncode=STOPPED) from stop
        except DatabaseError as error:
            raise CommandError("The database failed; see its log.", returncode=DATABASE) from error
        self.stdout.write(
            f"{found.records:,} System Refs looked at, {found.changed:,} changed."
            + (" `kith run` matches them again." if found.changed else "")
        )

    def _listener(self) -> Listener:
        if not sys.stderr.isatty():
            return self._plain_lines()
        bar: tqdm[NoReturn] = tqdm(unit=" refs", unit_scale=True)

        def draw(done: int, total: int | None, note: str) -> None:
            bar.total = total
            bar.update(done - bar.n)

        return draw

    def _plain_lines(self) -> Listener:
        said_at = time.monotonic()

        def say(done: int, total: int | None, note: str) -> None:
            nonlocal said_at
            if time.monotonic() - said_at >= _PLAIN_EVERY_SECONDS:
                said_at = time.monotonic()
                self.stderr.write(f"{done:,} of {total or 0:,} System Refs")

        return say
