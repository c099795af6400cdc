"""Carries an operation out and kills itself, unasked for, at its nth statement."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402  # settings first

from kith.access.actors import COMMAND_LINE  # noqa: E402
from kith.grouping.actions import carry_out  # noqa: E402
from kith.grouping.intents import from_json  # noqa: E402


class Killer:
    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, *rest)


with connection.execute_wrapper(Killer(int(sys.argv[1]))):
    carry_out(actor=COMMAND_LINE, intent=from_json(json.loads(sys.argv[2])), lift=True)
