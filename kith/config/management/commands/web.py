from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.db import connections
from granian import Granian
from granian.constants import Interfaces, Loops
from granian.log import LogLevels

from kith.config import database_check
from kith.config.port import require_free


class Command(BaseCommand):
    help = "Serve the web pages (without the worker)."
    requires_system_checks = ()  # the tests run them; a start need not

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--host", default="127.0.0.1", help="address to listen on (default: this machine)"
        )
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=1, help="processes that answer requests")

    def handle(self, *args: object, host: str, port: int, workers: int, **options: object) -> None:
        database_check.require_migrated()
        require_free(host, port)
        connections.close_all()  # the processes that answer requests open their own
        self.stdout.write(f"Kith answers at http://{host}:{port}/")
        self.stdout.flush()
        Granian(
            "kith.config.wsgi:application",
            address=host,
            port=port,
            workers=workers,
            interface=Interfaces.WSGI,
            loop=Loops.asyncio,
            blocking_threads=4,
            websockets=False,
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
            log_access=False,
        ).serve()
