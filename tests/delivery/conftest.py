from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from kith.access.actors import COMMAND_LINE
from kith.delivery import actions
from kith.delivery.events import EventType
from kith.delivery.models import Endpoint


@dataclass
class Received:
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        made: dict[str, Any] = json.loads(self.body)
        return made


@dataclass
class Receiver:
    """Another system, with a real server of its own."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    """Answered in turn; then 200."""
    received: list[Received] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    location: str = ""

    def types(self) -> list[tuple[str, int]]:
        return sorted((one.said["type"], one.said["data"].get("group_id")) for one in self.received)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.paths.append(self.path)
            made.received.append(Received({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(made.statuses.pop(0) if made.statuses else 200)
            if made.location:
                self.send_header("Location", made.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}/hooks?of=kith"
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def private_allowed(settings: Settings) -> None:
    settings.WEBHOOKS_TO_PRIVATE = True


@pytest.fixture
def told(db: None, receiver: Receiver) -> Endpoint:
    """An endpoint that is told of everything."""
    return actions.add_endpoint(
        actor=COMMAND_LINE, name="CRM", url=receiver.url, events=[str(one) for one in EventType]
    )


@pytest.fixture
def empty_queue(transactional_db: None) -> Iterator[None]:
    """Jobs are in a table that the test framework does not empty."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


Told = Callable[[], list[tuple[str, int]]]
