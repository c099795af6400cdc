"""`python -m tests.audit.killed_sealer N HEADS`: seal, and be killed before the Nth statement."""

from __future__ import annotations

import sys
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402

from kith.audit.chain.sealing import seal_waiting  # noqa: E402
from tests.processes import killed_before  # noqa: E402

if __name__ == "__main__":
    settings.JOURNAL_HEADS = Path(sys.argv[2])
    with killed_before(int(sys.argv[1])):
        seal_waiting()
