from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kith.access.actors import COMMAND_LINE
from kith.backups import actions
from kith.backups.writing import name_now


class Command(BaseCommand):
    help = (
        "Write everything Kith holds into one encrypted file, and read it through. The master key is not in "
        "it: keep that elsewhere. Kith may go on working meanwhile."
    )
    requires_system_checks = []  # the tests run them; a start need not

    def add_arguments(self, parser: ArgumentParser) -> None:
        where = parser.add_mutually_exclusive_group()
        where.add_argument("file", nargs="?", type=Path, help="a file that is not there yet")
        where.add_argument(
            "--into",
            type=Path,
            metavar="DIR",
            help="a folder of backups: the keys of older ones there are shed, so that what was sealed of "
            "whoever was anonymised since opens in none (default: KITH_BACKUP_FOLDER)",
        )
        parser.add_argument(
            "--keep-days",
            type=int,
            metavar="N",
            help="with --into: afterwards remove those older than so many days",
        )

    def handle(
        self, *args: object, file: Path | None, into: Path | None, keep_days: int | None, **options: object
    ) -> None:
        folder = into or (Path(settings.BACKUP_FOLDER) if settings.BACKUP_FOLDER and file is None else None)
        if file is None and folder is None:
            raise CommandError("Name a file, a folder with --into, or set KITH_BACKUP_FOLDER.", returncode=2)
        if file is not None and keep_days is not None:
            raise CommandError("--keep-days goes with --into.", returncode=2)
        if keep_days is not None and keep_days < 1:
            raise CommandError("--keep-days: at least 1.", returncode=2)
        if folder is not None and not folder.is_dir():
            raise CommandError(f"{folder} is no folder.", returncode=2)
        made = actions.make_backup(
            actor=COMMAND_LINE,
            path=(file or (folder or Path()) / name_now()).absolute(),
            beside=folder is not None,
            keep_days=keep_days,
        )
        self._say(made)

    def _say(self, made: actions.Made) -> None:
        summary = made.verified.summary
        self.stdout.write(
            f"{made.path}: {made.bytes / 1024**2:,.1f} MB, verified, with {summary.files:,} stored files and"
            f" {summary.imports:,} files of imports."
        )
        if made.shed:
            self.stdout.write(f"{made.shed} older ones lost their keys: those of this one open them.")
        if made.removed:
            self.stdout.write(f"{made.removed} were older than that and are removed.")
        if summary.missing:
            self.stdout.write(f"{summary.missing:,} attached files are not in the store any more.")
        if summary.unproved:
            self.stdout.write(f"{summary.unproved} erasures were not proved yet when it was made.")
