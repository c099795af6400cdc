from __future__ import annotations

import sys

from django.core.management.base import BaseCommand

from kith.config.checkup import Finding, Level, examine
from kith.config.exit_codes import Exit


class Command(BaseCommand):
    help = "Look at everything Kith rests on, and say what to do. Exit code 1 when something fails."
    requires_system_checks = ()  # the tests run them; a start need not

    def handle(self, *args: object, **options: object) -> None:
        levels = [self._show(finding) for finding in examine()]
        if Level.FAIL in levels:
            sys.exit(Exit.PROBLEMS)

    def _show(self, finding: Finding) -> Level:
        advice = f": {finding.then}" if finding.then else ""
        self.stdout.write(f"{finding.level:<5} {finding.what:<14} {finding.says}{advice}")
        return finding.level
