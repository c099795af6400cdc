from __future__ import annotations

from argparse import ArgumentParser
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from kith.kernel import proof_keys
from kith.privacy.models import Erasure
from kith.privacy.proof.again import broken
from kith.privacy.proof.certificate import public_key
from kith.privacy.proof.scanning import scan

_DRILL = UUID(int=0)


class Command(BaseCommand):
    help = (
        "Look again at people who were anonymised: certificates, tombstones, rows, keys and files. With "
        "--marker, look through every table, file and log for a text. Ends with 1 where something is wrong."
    )
    requires_system_checks = []  # the tests run them; a start need not

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("uid", nargs="?", type=UUID, help="of one erasure, as its certificate says")
        which.add_argument("--all", action="store_true", help="all that are done")
        which.add_argument("--public-key", action="store_true", help="print what verifies certificates")
        which.add_argument("--marker", metavar="TEXT", help="for drills: where does this text lie?")

    def handle(
        self,
        *args: object,
        uid: UUID | None,
        all: bool,
        public_key: bool,
        marker: str | None,
        **options: object,
    ) -> None:
        if public_key:
            self._keys()
        elif marker is not None:
            self._scan(marker)
        else:
            self._look_again(uid)

    def _keys(self) -> None:
        for version in proof_keys.versions():
            self.stdout.write(f"Version {version}:\n{public_key(version)}")

    def _scan(self, marker: str) -> None:
        if len(marker) < 6:
            raise CommandError("Give at least 6 signs: shorter texts stand everywhere.")
        findings = scan({_DRILL: frozenset({marker})})
        hits = [*findings.of(_DRILL), *findings.mentions(_DRILL)]
        for hit in hits:
            self.stdout.write(f"{hit.place} {hit.key}".rstrip())
        looked = findings.looked
        self.stdout.write(
            f"Looked through {sum(looked.tables.values()):,} rows of {len(looked.tables)} tables and"
            f" {looked.files:,} files, {looked.bytes / 1024**2:,.0f} MB."
        )
        if hits or findings.unknown:
            raise CommandError(f"Found in {len(hits)} places; {len(findings.unknown)} tables are unknown.")

    def _look_again(self, uid: UUID | None) -> None:
        done = Erasure.objects.filter(state=Erasure.State.DONE).order_by("pk")
        chosen = list(done if uid is None else done.filter(uid=uid))
        if uid is not None and not chosen:
            raise CommandError("There is no finished erasure of this uid.")
        wrong = 0
        for erasure in chosen:
            for problem in broken(erasure):
                wrong += 1
                self.stdout.write(f"{erasure.uid} (GroupID {erasure.contact_id}): {problem}")
        self.stdout.write(f"Looked again at {len(chosen):,} erasures.")
        if wrong:
            raise CommandError(f"{wrong} things do not stand any more.")
