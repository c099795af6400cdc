"""Processes of their own on the database of a test, and killing them between two of their statements."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

_ROOT = Path(__file__).parent.parent
KILLED = -signal.SIGKILL


def ended(module: str, *arguments: str) -> int:
    """The exit code of `python -m module` on the database of the running test."""
    database = connection.settings_dict
    url = (
        f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}?host={database['HOST']}"
    )
    if database["PORT"]:
        url += f"&port={database['PORT']}"
    environment = {**os.environ, "DATABASE_URL": url, "KITH_HOME": str(settings.HOME), "KITH_TESTING": "1"}
    environment["DJANGO_SETTINGS_MODULE"] = "kith.config.settings"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", module, *arguments],
        cwd=_ROOT,
        env=environment,
        check=False,
        capture_output=True,
        timeout=300,
    )
    return done.returncode


@contextmanager
def killed_before(statement: int) -> Iterator[None]:
    """In such a process: it kills itself, unasked for, before its nth database statement; 0: it lives."""
    numbers = itertools.count(1)

    def count(
        execute: Callable[..., object], sql: str, params: object, many: object, context: object
    ) -> object:
        if next(numbers) == statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield


@contextmanager
def killed_once(reached: Callable[[], bool]) -> Iterator[None]:
    """In such a process: it kills itself right after the commit that makes it so, before whatever waits for
    that commit. `reached` asks on a connection of its own."""
    commit = connection._commit  # type: ignore[attr-defined]  # where Django talks to the driver

    def die_if_reached() -> None:
        if reached():
            os.kill(os.getpid(), signal.SIGKILL)

    def committed() -> None:
        commit()
        die_if_reached()

    def done(
        execute: Callable[..., object], sql: str, params: object, many: object, context: object
    ) -> object:
        found = execute(sql, params, many, context)
        if not connection.in_atomic_block:
            die_if_reached()
        return found

    connection._commit = committed  # type: ignore[attr-defined]
    with connection.execute_wrapper(done):
        yield
