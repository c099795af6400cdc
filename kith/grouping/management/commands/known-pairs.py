"""`kith known-pairs TRUTH`"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from kith.access.actors import COMMAND_LINE
from kith.grouping.evaluating import read_truth
from kith.grouping.what_if.actions import add_known_pairs
from kith.grouping.what_if.seeding import pairs_of_truth
from kith.kernel.errors import DomainError


class Command(BaseCommand):
    help = "Take some pairs over from a truth; every shadow run says which of them it gets right."
    requires_system_checks = []  # the tests run them; a start need not

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "truth", type=Path, help="CSV in UTF-8 with the columns source, system_ref, person"
        )
        parser.add_argument(
            "--each", type=int, default=50, metavar="N", help="pairs of each verdict (default: 50)"
        )

    def handle(self, *args: object, truth: Path, each: int, **options: object) -> None:
        if each < 1:
            raise CommandError("--each must be 1 or more.", returncode=2)
        try:
            pairs = pairs_of_truth(read_truth(truth), each=each, note=f"From {truth.name}"[:200])
            number = add_known_pairs(actor=COMMAND_LINE, pairs=pairs)
        except DomainError as error:
            raise CommandError(str(error), returncode=1) from error
        self.stdout.write(f"{number:,} known pairs.")
