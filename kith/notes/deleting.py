"""Notes go with the contact they are about."""

from __future__ import annotations

from typing import Final

from kith.kernel.leaving import DeletedWith, Going, Leaving
from kith.notes.actions import forget_notes
from kith.notes.models import Note


def _goes(leaving: Leaving) -> tuple[Going, ...]:
    return (Going("notes", Note.objects.filter(record_id__in=leaving.record_ids).count()),)


def _deletes(leaving: Leaving) -> None:
    forget_notes(record_ids=leaving.record_ids)


DELETED_WITH: Final = DeletedWith(room="notes", goes=_goes, deletes=_deletes)
