"""`kith train --kind person`"""

from __future__ import annotations

import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Final

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from kith.access.actors import COMMAND_LINE
from kith.config.exit_codes import Exit
from kith.grouping.engine.records import arrow_records
from kith.grouping.recipe.actions import save_model_draft
from kith.grouping.recipe.versions import RecipeInForce, recipe_in_force
from kith.kernel.errors import DomainError
from kith.matching.records import COMPANY, PERSON
from kith.matching.splink_em import SplinkMissing, require_splink
from kith.matching.training import TooLittleToTrain, Training, TrainingOptions, train

EXAMPLES: Final = """
examples:
  kith train --kind person
  kith train --kind company --sample 200000
  kith train --kind person --output person.json    into a file; the database is only read

What was trained is a draft. It decides nothing until somebody publishes it.
"""


class Command(BaseCommand):
    help = "Estimate the matching model of persons or companies from the records in Kith, with Splink."
    requires_system_checks = []  # the tests run them; a start need not

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EXAMPLES
        parser.add_argument("--kind", choices=(PERSON, COMPANY), default=PERSON)
        parser.add_argument(
            "--sample",
            type=int,
            default=TrainingOptions().pairs,
            metavar="PAIRS",
            help="compare so many of the pairs that share a match key at most (default: %(default)s)",
        )
        parser.add_argument(
            "--output", type=Path, help="write the model to this JSON file and save nothing in Kith"
        )
        parser.add_argument("--note", default="Trained", help="stands beside the draft")

    def handle(
        self, *args: object, kind: str, sample: int, output: Path | None, note: str, **options: object
    ) -> None:
        if sample < 1000:
            raise CommandError("--sample must be 1000 or more.", returncode=Exit.USAGE)
        in_force = recipe_in_force()
        trained = self._trained(in_force, kind=kind, sample=sample)
        self.stdout.write("")
        for line in trained.report.lines():
            self.stdout.write(line)
        self.stdout.write("")
        if output is not None:
            output.write_text(json.dumps(trained.model.to_json(), indent=2) + "\n", encoding="utf-8")
            self.stdout.write(f"Written to {output}. To look at it: Matching rules, Upload a file.")
            return
        self._save(trained, in_force, kind=kind, note=note)

    def _trained(self, in_force: RecipeInForce, *, kind: str, sample: int) -> Training:
        try:
            require_splink()
            self._say("Reading the records")
            return train(
                arrow_records(),
                base=in_force.recipe.model(kind),
                recipe=in_force.recipe,
                options=TrainingOptions(pairs=sample),
                progress=self._say,
            )
        except (SplinkMissing, TooLittleToTrain) as error:
            raise CommandError(str(error), returncode=Exit.PROBLEMS) from error

    def _save(self, trained: Training, in_force: RecipeInForce, *, kind: str, note: str) -> None:
        base = in_force.company_model_id if kind == COMPANY else in_force.person_model_id
        try:
            draft = save_model_draft(
                actor=COMMAND_LINE,
                model=trained.model,
                note=note,
                report=trained.report.to_json(),
                based_on=base,
            )
        except DomainError as error:
            raise CommandError(error.message, returncode=Exit.PROBLEMS) from error
        page = reverse("grouping:model-version", args=[draft.pk])
        self.stdout.write("Saved as a draft: it decides nothing yet.")
        self.stdout.write(f"Look at it, try it on your records and publish it at {page}")

    def _say(self, sentence: str) -> None:
        self.stderr.write(f"{sentence} …")
        self.stderr.flush()
