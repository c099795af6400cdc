from __future__ import annotations

import logging
from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from procrastinate.contrib.django import app

from kith.config import database_check


class Command(BaseCommand):
    help = "Do the waiting jobs and what the schedule adds (without the web pages)."
    requires_system_checks = ()  # the tests run them; a start need not

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--concurrency", type=int, default=2, help="jobs at once (default: 2)")
        parser.add_argument("--once", action="store_true", help="stop when nothing is waiting")

    def handle(self, *args: object, concurrency: int, once: bool, **options: object) -> None:
        database_check.require_migrated()
        logging.getLogger("procrastinate").setLevel(logging.WARNING)
        self.stdout.write("The worker waits for jobs.")
        self.stdout.flush()
        connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]  # Django's connector has it
        with app.replace_connector(connector) as worker_app:
            worker_app.run_worker(
                name="kith",
                concurrency=concurrency,
                wait=not once,
                delete_jobs="never",
                shutdown_graceful_timeout=15,
            )
