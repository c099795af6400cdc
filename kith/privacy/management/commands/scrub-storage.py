from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError

from kith.access.actors import COMMAND_LINE
from kith.privacy.proof.actions import scrub_storage


class Command(BaseCommand):
    help = (
        "Rewrite the tables in which somebody was anonymised, and end the old segments of the write-ahead "
        "log: then the disk holds no byte of them below the rows either. Each table is locked meanwhile."
    )
    requires_system_checks = []  # the tests run them; a start need not

    def handle(self, *args: object, **options: object) -> None:
        done = scrub_storage(actor=COMMAND_LINE)
        self.stdout.write(f"Rewrote {done.tables} tables, now {done.bytes / 1024**2:,.0f} MB.")
        problems = [f"{name} is in use" for name in done.busy]
        if done.old_transaction:
            problems.append("a transaction that began before can still see what was deleted")
        if done.log_is_kept:
            problems.append(f"the write-ahead log may hold it: {done.log_is_kept}")
        if problems:
            raise CommandError(f"Not all of it: {'; '.join(problems)}.")
