from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from kith.access.actors import COMMAND_LINE
from kith.vault import actions, master_keys


class Command(BaseCommand):
    help = (
        "Wrap the data key of every System Ref by a new master key. Cut off, it goes on where it stopped. "
        "What is sealed stays as it is, and readable."
    )
    requires_system_checks = []  # the tests run them; a start need not

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--forget-old",
            action="store_true",
            help="afterwards forget the older master keys: what they wrapped in backups opens no more",
        )
        parser.add_argument(
            "--new-line",
            action="store_true",
            help=f"only print a new key, to put in front of {master_keys.NAME}",
        )

    def handle(self, *args: object, forget_old: bool, new_line: bool, **options: object) -> None:
        if new_line:
            self.stdout.write(master_keys.new_line(master_keys.master_keys().newest + 1))
            return
        version = actions.begin_rotation(actor=COMMAND_LINE)
        done = 0
        while number := actions.rewrap_some(actor=COMMAND_LINE):
            done += number
            self.stdout.write(f"{done:,} data keys wrapped by version {version} …")
        self.stdout.write(f"All data keys are wrapped by version {version} of the master key.")
        if forget_old:
            forgotten = actions.forget_old_master_keys(actor=COMMAND_LINE)
            self.stdout.write(f"Forgot {forgotten} older master key{'' if forgotten == 1 else 's'}.")
