"""A data key per System Ref: made on first need, unwrapped for each use, destroyed for good."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from django.db import connection, transaction

from kith.kernel.errors import Refused
from kith.vault import cipher
from kith.vault.master_keys import MasterKeys, master_keys
from kith.vault.models import DataKey

INSTALLATION: Final = 0
"""Stands for a System Ref where something hangs on none: a file of the library."""
LOCK: Final = 5_287_414_921
"""Shared while a data key is made, alone while versions of the master key come and go."""


class Destroyed(Refused):
    """The key of this System Ref is gone: nothing of it can be opened, nothing be sealed for it."""


class MasterKeyMissing(Exception):
    """A data key was wrapped by a version of the master key that is not there."""


def key_for_sealing(record_id: int) -> bytes:
    """Made if there is none. In the running transaction, if there is one; else it stands at once."""
    found = DataKey.objects.filter(record_id=record_id).first() or _made(record_id)
    return unwrapped(found, master_keys())


def key_for_opening(record_id: int) -> bytes:
    found = DataKey.objects.filter(record_id=record_id).first()
    if found is None:
        raise cipher.NotOpened
    return unwrapped(found, master_keys())


def keys_for_opening(record_ids: Iterable[int]) -> Mapping[int, bytes]:
    """One query; those that are destroyed or were never made are left out."""
    rows = DataKey.objects.filter(record_id__in=set(record_ids), wrapped__isnull=False)
    masters = master_keys()
    return {row.record_id: unwrapped(row, masters) for row in rows}


def unwrapped(row: DataKey, masters: MasterKeys) -> bytes:
    if row.wrapped is None or row.master_version is None:
        raise Destroyed("What was kept here was destroyed, and nothing is kept for this System Ref again.")
    master = masters.by_version.get(row.master_version)
    if master is None:
        raise MasterKeyMissing(f"version {row.master_version} of the master key is not there")
    return cipher.open_(master, bytes(row.wrapped), context=_wrapping(row.record_id, row.master_version))


def wrapped(key: bytes, *, record_id: int, masters: MasterKeys) -> tuple[bytes, int]:
    """By the newest version."""
    version = masters.newest
    body = cipher.seal(masters.by_version[version], key, context=_wrapping(record_id, version))
    return body, version


@transaction.atomic
def _made(record_id: int) -> DataKey:
    """No version of the master key is forgotten from before it is read until this row is committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOCK])
        body, version = wrapped(cipher.new_key(), record_id=record_id, masters=master_keys())
        cursor.execute(_MAKE, [record_id, body, version])
    return DataKey.objects.get(record_id=record_id)


# Whoever comes second waits for the first, and finds its key.
_MAKE: Final = """
INSERT INTO vault_datakey (record_id, wrapped, master_version) VALUES (%s, %s, %s)
ON CONFLICT (record_id) DO NOTHING
"""


def _wrapping(record_id: int, version: int) -> bytes:
    return f"kith data key {record_id} {version}".encode()


def destroy(record_ids: Iterable[int]) -> int:
    """For good: nothing sealed for these System Refs can be opened any more, and nothing is sealed for them
    again. Asks no permission: it is part of an action that does. Returns how many keys there were.
    """
    ids = sorted(set(record_ids))
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [ids])
        (there,) = cursor.fetchall()[0]
        cursor.execute(_DESTROY, [ids])
    return int(there)


_COUNT: Final = "SELECT count(*) FROM vault_datakey WHERE record_id = ANY(%s) AND wrapped IS NOT NULL"
_DESTROY: Final = """
INSERT INTO vault_datakey (record_id, destroyed_at) SELECT unnest(%s::bigint[]), now()
ON CONFLICT (record_id) DO UPDATE SET wrapped = NULL, master_version = NULL, destroyed_at = now()
WHERE vault_datakey.wrapped IS NOT NULL
"""
