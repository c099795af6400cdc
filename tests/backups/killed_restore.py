"""`python -m tests.backups.killed_restore sentence|statement N [FILE LEDGER]`: restore, killed when it is
about to say its Nth sentence, or before its Nth statement. With a file it begins; else it goes on."""

from __future__ import annotations

import os
import signal
import sys
from itertools import count
from pathlib import Path

import django

django.setup()

from kith.backups import restoring  # noqa: E402  # settings first
from tests.processes import killed_before  # noqa: E402


def killed_at(number: int) -> restoring.Tell:
    numbers = count(1)

    def tell(sentence: str) -> None:
        if next(numbers) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    return tell


if __name__ == "__main__":
    kind, number, *files = sys.argv[1:]
    of_sentence, of_statement = (int(number), 0) if kind == "sentence" else (0, int(number))
    with killed_before(of_statement):
        if files:
            restoring.begin(
                file=Path(files[0]),
                keys=None,
                ledger_file=Path(files[1]),
                of_backup=False,
                tell=killed_at(of_sentence),
            )
        else:
            restoring.go_on(killed_at(of_sentence))
