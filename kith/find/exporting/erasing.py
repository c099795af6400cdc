"""Whoever is anonymised leaves the exports under way; files that hold them are removed before their time."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from kith.audit.models import Entry
from kith.contacts.trail import EXPORTED
from kith.find.exporting.actions import forget_contacts
from kith.find.exporting.models import Export
from kith.grouping.membership import ever_holding
from kith.kernel.erasing import ErasedWith, FilePlace, LeavingFile
from kith.kernel.leaving import Going, Leaving


def _holding(leaving: Leaving) -> QuerySet[Export]:
    """The journal says which they are; their files are there still. Of contacts too that held one of the
    System Refs when the file was made."""
    entries = Entry.objects.filter(group_id__in=ever_holding(leaving), event=EXPORTED, subject_type="export")
    return Export.objects.filter(pk__in=entries.values("subject_id")).exclude(file_key="")


def _files(leaving: Leaving) -> tuple[LeavingFile, ...]:
    keys = _holding(leaving).values_list("file_key", flat=True)
    return tuple(LeavingFile(place=FilePlace.STORE, key=key, what="export") for key in keys)


def _counts(leaving: Leaving) -> tuple[Going, ...]:
    return (Going("files of exports", _holding(leaving).count()),)


def _erases(leaving: Leaving, erasure: UUID) -> None:
    forget_contacts(contact_ids=ever_holding(leaving))
    _holding(leaving).update(state=Export.State.REMOVED, sealed_key=None, file_key="")


ERASED_WITH: Final = ErasedWith(room="exports", files=_files, counts=_counts, erases=_erases)
