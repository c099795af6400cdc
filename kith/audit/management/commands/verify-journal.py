from __future__ import annotations

import re
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Final

from django.core.management.base import BaseCommand, CommandError

from kith.audit.chain import heads, sealing
from kith.audit.chain.heads import BadHead, Head
from kith.audit.chain.verifying import Verdict, verify


class Command(BaseCommand):
    help = (
        "Verify that no entry of the audit log was changed, removed, moved or added since it was sealed. "
        "Exit code 1 when it does not hold."
    )
    requires_system_checks = []  # the tests run them; a start need not

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--from", dest="since", type=int, default=1, metavar="BLOCK", help="begin with this block"
        )
        parser.add_argument(
            "--head",
            type=Path,
            metavar="FILE",
            help="a signed head that was kept elsewhere: another heads file, or an export of the log",
        )
        parser.add_argument(
            "--restored",
            action="store_true",
            help="first: this database came from a backup by hand; what was sealed after it is set aside",
        )

    def handle(self, *args: object, since: int, head: Path | None, restored: bool, **options: object) -> None:
        if restored:
            block = sealing.begin_epoch()
            self.stdout.write(f"A new epoch begins with block {block.number:,}.")
        sealing.seal_waiting()
        verdict = verify(head=_given(head), since=max(1, since))
        self._say(verdict)
        if not verdict.is_sound:
            sys.exit(1)

    def _say(self, verdict: Verdict) -> None:
        if not verdict.is_sound:
            where = "" if verdict.block is None else f"from block {verdict.block:,} on: "
            self.stdout.write(f"NOT RIGHT, {where}{verdict.trouble}.")
            return
        self.stdout.write(
            f"The journal holds: {verdict.blocks:,} blocks with {verdict.entries:,} entries, from block"
            f" {verdict.since:,} to {verdict.newest:,}; {verdict.heads:,} signed heads agree."
        )
        if verdict.set_aside:
            self.stdout.write(
                f"A restore set {verdict.set_aside:,} heads aside: later entries were lost then."
            )
        if verdict.waiting:
            self.stdout.write(f"{verdict.waiting:,} entries of the last moments wait to be sealed.")


def _given(path: Path | None) -> Head | None:
    """The last in the file: of lines of heads, or of an exported audit log."""
    if path is None:
        return None
    try:
        found = _HEAD.findall(path.read_text(encoding="utf-8", errors="replace").replace('""', '"'))
        return heads.read(found[-1] if found else "")
    except (OSError, BadHead) as error:
        raise CommandError(f"{path}: {error}") from error


_HEAD: Final = re.compile(r'\{[^{}]*"signature"[^{}]*\}')
