from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.kernel import clock
from kith.sources import storage
from kith.sources.models import Import
from kith.sources.received.queries import UNDER_WAY, old_files

_STRAY: Final = timedelta(days=1)
"""Until then somebody may be sending it: its import comes after it."""


@transaction.atomic
def remove_old_files(*, actor: Actor, before: datetime) -> int:
    """Returns how many."""
    require(actor, Permission.IMPORT_RUN)
    count = 0
    for job in old_files(before=before).select_for_update().order_by("pk"):
        _forget(job, Import.FileGone.OLD)
        count += 1
    if count:
        journal.record("ImportFilesRemoved", by=actor, subject_type="import", detail={"files": count})
    return count


def remove_stray_files(*, actor: Actor) -> int:
    """What a kill left between a file and its import; how many. Sealed, they could not be read anyway."""
    require(actor, Permission.IMPORT_RUN)
    before = (clock.now() - _STRAY).timestamp()
    named = set(Import.objects.exclude(stored_name="").values_list("stored_name", flat=True))
    stray = [
        path
        for path in storage.folder().iterdir()
        if path.is_file() and path.name not in named and path.stat().st_mtime < before
    ]
    for path in stray:
        storage.remove(path.name)
    return len(stray)


def seal_plain_files(*, actor: Actor) -> int:
    """Files from before files were sealed, one in a transaction; how many. Those in use wait."""
    require(actor, Permission.IMPORT_RUN)
    plain = Import.objects.exclude(stored_name="").filter(sealed_key=None)
    count = sum(_sealed(import_id) for import_id in plain.order_by("pk").values_list("pk", flat=True))
    if count:
        with transaction.atomic():
            journal.record("ImportFilesSealed", by=actor, subject_type="import", detail={"files": count})
    return count


def _sealed(import_id: int) -> bool:
    with transaction.atomic():
        free = Import.objects.select_for_update(skip_locked=True).exclude(state__in=UNDER_WAY)
        job = free.exclude(stored_name="").filter(pk=import_id, sealed_key=None).first()
        if job is None or not storage.path_of(job.stored_name).is_file():
            return False
        plain = job.stored_name
        kept = storage.keep(storage.blocks_of(storage.path_of(plain)))
        job.stored_name, job.sealed_key = kept.stored_name, kept.sealed_key
        job.save(update_fields=["stored_name", "sealed_key"])
    storage.remove(plain)
    return True


def remove_file_with_erased(*, actor: Actor, stored_name: str) -> bool:
    """Its key first, then the file. False: an import under way reads it, and ends first."""
    require(actor, Permission.CONTACT_ANONYMISE)
    with transaction.atomic():
        job = Import.objects.select_for_update().filter(stored_name=stored_name).first()
        if job is not None and job.state in UNDER_WAY:
            return False
        if job is not None:
            _emptied(job, Import.FileGone.ERASED)
            journal.record("ImportFileErased", by=actor, subject_type="import", subject_id=job.pk)
    storage.remove(stored_name)
    return True


def _forget(job: Import, why: Import.FileGone) -> None:
    stored_name = job.stored_name
    _emptied(job, why)
    transaction.on_commit(lambda: storage.remove(stored_name))


def _emptied(job: Import, why: Import.FileGone) -> None:
    job.stored_name, job.sealed_key, job.file_gone = "", None, why
    job.save(update_fields=["stored_name", "sealed_key", "file_gone"])
