"""Whoever was anonymised after a backup was made is anonymised again before anybody works with it.

The ledger knows them by digests, so they are found whatever their numbers were. Doors are closed behind all
of them, also behind those who are not in the backup; then their contacts are erased as any other is, only
that nothing stands against it: it was asked and looked at when it was done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID, uuid5

from django.db import connection

from kith.backups.postgres import KEYS_TABLE
from kith.contacts.models import Contact
from kith.privacy import ledger
from kith.privacy.ledger import Standing
from kith.privacy.models import Erasure
from kith.sources import tombstones
from kith.sources.models import Membership, SourceRecord


def missing_here(file: Path) -> tuple[Standing, ...]:
    """Erasures that this database does not know of as done, in the order of the ledger."""
    found = ledger.standing(file)
    done = set(
        Erasure.objects.filter(uid__in=list(found)).exclude(erased_at=None).values_list("uid", flat=True)
    )
    return tuple(one for uid, one in found.items() if uid not in done)


def found_here(missing: Sequence[Standing]) -> Mapping[UUID, tuple[int, ...]]:
    """Their System Refs (record ids) that are here and not erased; one look at all there are."""
    uids = {digest: one.entry.uid for one in missing for digest in one.entry.refs}
    if not uids:
        return {}
    found: dict[UUID, list[int]] = defaultdict(list)
    here = SourceRecord.objects.filter(erased_at=None).order_by("pk")
    for pk, code, ref in here.values_list("pk", "source__code", "system_ref").iterator():
        uid = uids.get(tombstones.digest(code, ref))
        if uid is not None:
            found[uid].append(pk)
    return {uid: tuple(pks) for uid, pks in found.items()}


def by_contact(record_ids: Sequence[int]) -> Mapping[int, tuple[int, ...]]:
    """GroupIDs, each with those of these System Refs that it holds."""
    held: dict[int, list[int]] = defaultdict(list)
    members = Membership.objects.filter(record_id__in=record_ids).order_by("record_id")
    for record_id, contact_id in members.values_list("record_id", "contact_id"):
        held[contact_id].append(record_id)
    return {contact_id: tuple(ids) for contact_id, ids in held.items()}


def uid_of(uid: UUID, contact_id: int, *, is_first: bool) -> UUID:
    """One erasure may be of several contacts here, where they were grouped after the backup."""
    return uid if is_first else uuid5(uid, str(contact_id))


def numbers_not_to_be_given_anew(file: Path) -> None:
    """Nobody gets the GroupID or the number of somebody who was erased, nor finds a data key there."""
    group_id = record_id = 0
    for entry in ledger.entries(file):
        group_id = max(group_id, entry.contact_id)
        record_id = max(record_id, *entry.record_ids, 0)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(record_id), 0) FROM {KEYS_TABLE}")
        record_id = max(record_id, cursor.fetchall()[0][0])
        for model, number in ((Contact, group_id), (SourceRecord, record_id)):
            table = model._meta.db_table
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
            ((sequence,),) = cursor.fetchall()
            cursor.execute(
                f"SELECT setval(%s::regclass, greatest(%s, last_value)) FROM {sequence} WHERE %s > 0",
                [sequence, number, number],
            )
