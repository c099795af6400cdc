"""`kith export-cleaned FOLDER`"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand

from kith.access.actors import COMMAND_LINE
from kith.grouping.exporting import RECIPE, RECORDS, export_cleaned


class Command(BaseCommand):
    help = (
        "Write all cleaned records, and the matching rules and models in force, into a folder, for kith"
        " resolve. The files hold personal data: names, birth dates, numbers, e-mails, phones, addresses."
    )
    requires_system_checks = ()  # the tests run them; a start need not

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="a new folder")

    def handle(self, *args: object, folder: Path, **options: object) -> None:
        written = export_cleaned(actor=COMMAND_LINE, folder=folder)
        self.stdout.write(f"{written:,} records in {folder / RECORDS}, the rules in {folder / RECIPE}.")
