from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand

from kith.backups.reading import verified


class Command(BaseCommand):
    help = "Open a backup and read all of it as a restore would, writing nothing."
    requires_system_checks = []  # the tests run them; a start need not

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: object, file: Path, **options: object) -> None:
        found = verified(file)
        header, summary = found.opened.header, found.summary
        self.stdout.write(
            f"{file.name}: made {header.made_at[:19].replace('T', ' ')} UTC by Kith {header.kith}, whole and"
            f" unchanged, with {summary.files:,} stored files and {summary.imports:,} files of imports."
        )
        if found.opened.has_keys:
            self.stdout.write(f"Its keys open: {found.data_keys:,} data keys.")
        else:
            self.stdout.write("Its keys were shed: to restore it, name the newest backup with --keys.")
        self.stdout.write(
            f"It reaches block {header.journal_block:,} of the journal and line {header.ledger_number:,} of"
            " the ledger of erasures."
        )
