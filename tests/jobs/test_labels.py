"""Every job has a name that people use, and a worker that knows it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import kith
from kith.jobs.labels import HOUSEKEEPING, LABELS, SUBJECTS

_TASK = re.compile(r"@app\.task\(\s*name=\"([a-z_.]+)\"")
_KNOWN = """
import django; django.setup()
from procrastinate.contrib.django import app
print(*(name for name in app.tasks if "procrastinate" not in name))
"""


def test_what_a_worker_registers_by_itself_is_every_job_that_can_be_asked_for() -> None:
    """In a process of its own: in this one, tests imported everything by now."""
    root = Path(kith.__file__).parent
    written = {name for path in root.rglob("*.py") for name in _TASK.findall(path.read_text("utf-8"))}
    answer = subprocess.run([sys.executable, "-c", _KNOWN], capture_output=True, text=True, check=True)
    known = set(answer.stdout.split())
    assert written <= known
    assert set(LABELS) == known
    assert set(HOUSEKEEPING) | set(SUBJECTS) <= known
