"""Carries an operation out and is killed before the given database statement."""

from __future__ import annotations

import json
import sys

import django

django.setup()

from kith.access.actors import COMMAND_LINE  # noqa: E402  # settings first
from kith.grouping.actions import carry_out  # noqa: E402
from kith.grouping.intents import from_json  # noqa: E402
from tests.processes import killed_before  # noqa: E402

with killed_before(int(sys.argv[1])):
    carry_out(actor=COMMAND_LINE, intent=from_json(json.loads(sys.argv[2])), lift=True)
