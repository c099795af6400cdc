"""Sends what is due for an endpoint and is killed before the given database statement."""

from __future__ import annotations

import sys

import django

django.setup()

from django.conf import settings  # noqa: E402  # settings first

from kith.delivery import tasks  # noqa: E402
from tests.processes import killed_before  # noqa: E402

settings.WEBHOOKS_TO_PRIVATE = True
with killed_before(int(sys.argv[1])):
    tasks.send_to(endpoint_id=int(sys.argv[2]))
