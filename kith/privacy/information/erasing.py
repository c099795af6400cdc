"""Whoever is anonymised: what waits to be fetched is not fetched any more."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from kith.grouping.membership import ever_holding
from kith.kernel.erasing import ErasedWith, FilePlace, LeavingFile
from kith.kernel.leaving import Going, Leaving
from kith.privacy.information.actions import forget_links
from kith.privacy.information.models import InformationLink


def _waiting(leaving: Leaving) -> QuerySet[InformationLink]:
    """Of contacts too that held one of the System Refs when the report was made."""
    return InformationLink.objects.filter(contact_id__in=ever_holding(leaving)).exclude(file_key="")


def _files(leaving: Leaving) -> tuple[LeavingFile, ...]:
    keys = _waiting(leaving).values_list("file_key", flat=True)
    return tuple(LeavingFile(place=FilePlace.STORE, key=key, what="report") for key in keys)


def _counts(leaving: Leaving) -> tuple[Going, ...]:
    return (Going("reports that wait to be fetched", _waiting(leaving).count()),)


def _erases(leaving: Leaving, erasure: UUID) -> None:
    forget_links(contact_ids=ever_holding(leaving))


ERASED_WITH: Final = ErasedWith(room="information", files=_files, counts=_counts, erases=_erases)
