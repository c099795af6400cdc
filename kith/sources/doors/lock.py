from __future__ import annotations

from typing import Final

from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

from kith.kernel.errors import Conflict


class Busy(Conflict):
    """Somebody writes for long."""


ERASING: Final = 6_011_733_208


def shared() -> None:
    """For the running transaction: nobody is erased until it ends, and whoever was erased before is seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [ERASING])


def alone(*, seconds: int | None = None) -> None:
    """For the running transaction: whoever writes ends first, whoever comes later finds the person erased.
    Who comes while this waits waits too: Conflict after so many seconds in vain, and they go on.
    """
    with connection.cursor() as cursor:
        if seconds is not None:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{seconds}s"])
        try:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ERASING])
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            raise Busy(_WRITES) from error
        if seconds is not None:
            cursor.execute("SELECT set_config('lock_timeout', '0', true)")


_WRITES: Final = "Somebody is writing many contacts. Nothing was changed: try again in a minute."
