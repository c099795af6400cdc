from __future__ import annotations

from typing import Final

from django.db import connection

ERASING: Final = 6_011_733_208


def shared() -> None:
    """For the running transaction: nobody is erased until it ends, and whoever was erased before is seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [ERASING])


def alone() -> None:
    """For the running transaction: whoever writes ends first, whoever comes later finds the person erased."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ERASING])
