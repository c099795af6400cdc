"""Changing the master key."""

from __future__ import annotations

from typing import Final

from django.db import connection, transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.kernel.errors import Refused
from kith.vault import keys, master_keys
from kith.vault.models import DataKey

BATCH: Final = 1_000


@transaction.atomic
def begin_rotation(*, actor: Actor) -> int:
    """The version to wrap with: a new one in the file, unless an earlier rotation to the newest one is not
    finished. A key given by the variable is changed there, and this only reads it.
    """
    require(actor, Permission.SETTINGS_EDIT)
    _lock_alone()
    newest = master_keys.master_keys().newest
    if master_keys.is_given() or _wrapped_by_others(newest):
        return newest
    version = master_keys.add_version()
    journal.record(
        "MasterKeyAdded", by=actor, subject_type="master_key", subject_id=version, detail={"version": version}
    )
    return version


@transaction.atomic
def rewrap_some(*, actor: Actor, most: int = BATCH) -> int:
    """Data keys of older versions, in order of their System Refs; returns how many, 0 when all are done.

    What is sealed under them stays as it is.
    """
    require(actor, Permission.SETTINGS_EDIT)
    masters = master_keys.master_keys()
    rows = list(
        DataKey.objects.select_for_update()
        .filter(master_version__lt=masters.newest)
        .order_by("master_version", "record_id")[:most]
    )
    made = [
        keys.wrapped(keys.unwrapped(row, masters), record_id=row.record_id, masters=masters) for row in rows
    ]
    with connection.cursor() as cursor:
        ids = [row.record_id for row in rows]
        cursor.execute(_REWRAP, [masters.newest, ids, [body for body, _ in made]])
    return len(rows)


_REWRAP: Final = """
UPDATE vault_datakey k SET wrapped = made.body, master_version = %s
FROM unnest(%s::bigint[], %s::bytea[]) AS made(record_id, body) WHERE k.record_id = made.record_id
"""


@transaction.atomic
def forget_old_master_keys(*, actor: Actor) -> int:
    """What they wrapped, in backups too, cannot be opened any more. Refused while anything here needs one."""
    require(actor, Permission.SETTINGS_EDIT)
    if master_keys.is_given():
        raise Refused(f"The master key is given by {master_keys.NAME}: take the old versions out there.")
    _lock_alone()
    newest = master_keys.master_keys().newest
    if _wrapped_by_others(newest):
        raise Refused("There are data keys wrapped by an older version: finish the rotation first.")
    forgotten = master_keys.keep_newest()
    if forgotten:
        journal.record(
            "MasterKeysForgotten", by=actor, subject_type="master_key", detail={"number": forgotten}
        )
    return forgotten


def _lock_alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [keys.LOCK])


def _wrapped_by_others(newest: int) -> bool:
    return DataKey.objects.filter(wrapped__isnull=False).exclude(master_version=newest).exists()
