"""`kith evaluate TRUTH`"""

from __future__ import annotations

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from django.core.management.base import BaseCommand, CommandError

from kith.grouping.evaluating import Evaluation, WrongPair, evaluate_contacts, read_truth
from kith.kernel.errors import DomainError

_PROBLEMS: Final = 1
EXAMPLES: Final = """
examples:
  kith evaluate truth.csv                 columns source, system_ref, person
  kith evaluate truth.csv --worst 20

Nothing is changed. No name, e-mail or other value is printed, only System Refs.
"""


class Command(BaseCommand):
    help = (
        "Measure the contacts against a truth: precision, recall, B-cubed, and the worst errors with reasons."
    )
    requires_system_checks = []  # the tests run them; a start need not

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EXAMPLES
        parser.add_argument(
            "truth", type=Path, help="CSV in UTF-8 with the columns source, system_ref, person"
        )
        parser.add_argument(
            "--worst", type=int, default=5, metavar="N", help="errors of each kind to explain (default: 5)"
        )

    def handle(self, *args: object, truth: Path, worst: int, **options: object) -> None:
        if worst < 0:
            raise CommandError("--worst must be 0 or more.", returncode=2)
        try:
            found = evaluate_contacts(read_truth(truth), worst=worst)
        except DomainError as error:
            raise CommandError(str(error), returncode=_PROBLEMS) from error
        for line in _lines(found):
            self.stdout.write(line)


def _lines(found: Evaluation) -> list[str]:
    scores = found.scores
    return [
        f"  System Refs compared    {found.known:,}   ({found.unknown:,} of the truth are not here)",
        f"  Persons in truth        {scores.persons:,}",
        f"  GroupIDs                {scores.groups:,}",
        f"  Pairs      precision {scores.precision:.4f}   recall {scores.recall:.4f}   F1 {scores.f1:.4f}",
        f"  B-cubed    precision {scores.bcubed_precision:.4f}   recall {scores.bcubed_recall:.4f}"
        f"   F1 {scores.bcubed_f1:.4f}",
        *_told("Two persons in one contact, strongest first", found.joined),
        *_told("One person in two contacts, strongest first", found.parted),
    ]


def _told(heading: str, pairs: Sequence[WrongPair]) -> list[str]:
    lines = ["", f"{heading}:"] if pairs else []
    for pair in pairs:
        explanation = pair.explanation
        lines += ["", f"  {pair.left}  ~  {pair.right}", f"    {explanation.why}"]
        lines.append(f"    {explanation.prior:+7.1f}  {explanation.prior_words}")
        lines += [
            f"    {step.bits:+7.1f}  {step.words}" for step in explanation.steps if step.test is not None
        ]
        if explanation.weight is not None:
            lines.append(f"    {explanation.weight:+7.1f}  together")
    return lines
