"""`python -m tests.backups.killed_backup FOLDER`: a backup into it, killed before it has its name."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import django

django.setup()

from kith.access.actors import BACKUPS  # noqa: E402  # settings first
from kith.backups import actions  # noqa: E402
from kith.backups.writing import name_now  # noqa: E402


def kill(size: int, doing: str) -> None:
    if doing == "Reading it through":
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    actions.make_backup(actor=BACKUPS, path=Path(sys.argv[1]) / name_now(), beside=True, heard=kill)
