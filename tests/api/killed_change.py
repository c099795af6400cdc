"""Sends one change through the API and kills itself, unasked for, at its nth statement; 0: it lives."""

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
from django.test import Client  # noqa: E402


class Killer:
    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, *rest)


with connection.execute_wrapper(Killer(int(sys.argv[1]))):
    answer = Client().post(
        "/api/v1/operations",
        json.loads(sys.argv[3]),
        content_type="application/json",
        headers={"Authorization": f"Bearer {sys.argv[2]}", "Idempotency-Key": "once"},
        SERVER_NAME="localhost",
    )
sys.exit(answer.status_code != 201)
