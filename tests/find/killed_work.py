"""Writes an export, or makes a bulk change, and kills itself, unasked for, before its nth statement."""

from __future__ import annotations

import sys
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402  # settings first

from kith.find.bulk import queries  # noqa: E402
from kith.find.bulk import tasks as changes  # noqa: E402
from kith.find.exporting import tasks as exports  # noqa: E402
from tests.processes import killed_before  # noqa: E402

what, which, statement, folder = sys.argv[1:]
settings.ATTACHMENT_FOLDER = Path(folder)
queries.SLICE = 1
with killed_before(int(statement)):
    (exports.written if what == "export" else changes.made)(int(which))
