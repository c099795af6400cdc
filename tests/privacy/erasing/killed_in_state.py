"""`python -m tests.privacy.erasing.killed_in_state STATE UID`: carry on, killed as soon as it is in that
state."""

from __future__ import annotations

import sys
from uuid import UUID

import django

django.setup()

from django.db import connection  # noqa: E402  # settings first

from kith.privacy.erasing import steps  # noqa: E402
from tests.processes import killed_once  # noqa: E402


def main(state: str, uid: UUID) -> None:
    beside = connection.copy()

    def reached() -> bool:
        with beside.cursor() as cursor:
            cursor.execute("SELECT state FROM privacy_erasure WHERE uid = %s", [uid])
            return cursor.fetchall() == [(state,)]

    with killed_once(reached):
        steps.carry_on([uid])


if __name__ == "__main__":
    main(sys.argv[1], UUID(sys.argv[2]))
