"""`python -m tests.privacy.erasing.killed_erasing N UID`: carry on, killed before the Nth statement."""

from __future__ import annotations

import sys
from uuid import UUID

import django

django.setup()

from kith.privacy.erasing import steps  # noqa: E402  # settings first
from tests.processes import killed_before  # noqa: E402

if __name__ == "__main__":
    with killed_before(int(sys.argv[1])):
        steps.carry_on([UUID(sys.argv[2])])
