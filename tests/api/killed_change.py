"""Sends one change through the API and is killed before the given database statement; 0: it lives."""

from __future__ import annotations

import json
import sys

import django

django.setup()

from django.test import Client  # noqa: E402  # settings first

from tests.processes import killed_before  # noqa: E402

with killed_before(int(sys.argv[1])):
    answer = Client().post(
        "/api/v1/operations",
        json.loads(sys.argv[3]),
        content_type="application/json",
        headers={"Authorization": f"Bearer {sys.argv[2]}", "Idempotency-Key": "once"},
        SERVER_NAME="localhost",
    )
sys.exit(answer.status_code != 201)
