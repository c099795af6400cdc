from __future__ import annotations

import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from kith.backups import restoring


class Command(BaseCommand):
    help = (
        "Make a new installation from a backup: a data folder with nothing in it but the master key, and an "
        "empty database. Whoever was anonymised since the backup is anonymised again before Kith opens."
    )
    requires_system_checks = []  # the tests run them; a start need not

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("file", nargs="?", type=Path, help="a backup")
        which.add_argument("--resume", action="store_true", help="go on where it was cut off")
        parser.add_argument("--keys", type=Path, metavar="NEWER", help="a newer backup, for its keys")
        ledger = parser.add_mutually_exclusive_group()
        ledger.add_argument(
            "--ledger", type=Path, metavar="FILE", help="the newest ledger of erasures, where it is not here"
        )
        ledger.add_argument(
            "--ledger-of-backup",
            action="store_true",
            help="take the one in the backup: whoever was anonymised later comes back",
        )

    def handle(
        self,
        *args: object,
        file: Path | None,
        resume: bool,
        keys: Path | None,
        ledger: Path | None,
        ledger_of_backup: bool,
        **options: object,
    ) -> None:
        if resume and (keys or ledger or ledger_of_backup):
            raise CommandError("--resume goes on with what was said at the beginning.", returncode=2)
        if file is not None:
            restoring.begin(
                file=file, keys=keys, ledger_file=ledger, of_backup=ledger_of_backup, tell=self._tell
            )
        elif restoring.go_on(self._tell):
            self._tell("Restored. Look at it with: kith doctor")
            return
        # The keys that were laid down are in force in the next process.
        ended = subprocess.run([sys.executable, "-m", "kith", "restore", "--resume"], check=False)
        if ended.returncode:
            sys.exit(ended.returncode)

    def _tell(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()
