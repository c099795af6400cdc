from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from kith.sources.models import Import

UNDER_WAY: Final = (Import.State.QUEUED, Import.State.RUNNING)


def old_files(*, before: datetime) -> QuerySet[Import]:
    """Imports with a file that ended, or were left as drafts, before that."""
    idle = Import.objects.exclude(state__in=UNDER_WAY).exclude(stored_name="")
    return idle.alias(idle_since=Coalesce("finished_at", "created_at")).filter(idle_since__lt=before)
