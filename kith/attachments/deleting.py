"""Attachments and photos go with their contact: the rows now, the files when that is certain."""

from __future__ import annotations

from typing import Final

from kith.attachments.actions import forget_attachments
from kith.attachments.models import Attachment
from kith.kernel.leaving import DeletedWith, Going, Leaving


def _goes(leaving: Leaving) -> tuple[Going, ...]:
    return (Going("attachments", Attachment.objects.filter(record_id__in=leaving.record_ids).count()),)


def _deletes(leaving: Leaving) -> None:
    forget_attachments(record_ids=leaving.record_ids)


DELETED_WITH: Final = DeletedWith(room="attachments", goes=_goes, deletes=_deletes)
