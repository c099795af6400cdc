from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from kith.config import database_check, embedded_postgres
from kith.config.port import require_free
from kith.config.supervisor import Child, supervise


class Command(BaseCommand):
    help = "Serve the web pages and do the jobs, until Ctrl-C."
    requires_system_checks = ()  # the tests run them; a start need not

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--host", default="127.0.0.1", help="address to listen on (default: this machine)"
        )
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=1, help="processes that answer requests")
        parser.add_argument("--concurrency", type=int, default=2, help="jobs at once (default: 2)")

    def handle(
        self, *args: object, host: str, port: int, workers: int, concurrency: int, **options: object
    ) -> None:
        require_free(host, port)
        if database_check.migrate_if_needed():
            self.stdout.write("The database was brought up to date.")
        web = ("web", "--host", host, "--port", str(port), "--workers", str(workers))
        supervise(
            [
                Child("web server", web),
                Child("worker", ("worker", "--concurrency", str(concurrency))),
            ],
            tell=self._tell,
            each_round=self._keep_database,
        )

    def _keep_database(self) -> None:
        if embedded_postgres.revive(Path(settings.HOME) / "postgres"):
            self._tell("The database server had ended; it was started again.")

    def _tell(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()
