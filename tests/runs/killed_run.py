"""Starts an overnight run and is killed before the given database statement."""

from __future__ import annotations

import sys

import django

django.setup()

from kith.access.actors import OVERNIGHT  # noqa: E402  # settings first
from kith.runs import actions  # noqa: E402
from tests.processes import killed_before  # noqa: E402

with killed_before(int(sys.argv[1])):
    actions.execute_run(actor=OVERNIGHT, trigger="command")
