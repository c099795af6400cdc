from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kith.attachments.models import StoredFile
from kith.kernel.erasing import ErasedWith, FilePlace, LeavingFile
from kith.kernel.leaving import Leaving


def _files(leaving: Leaving) -> tuple[LeavingFile, ...]:
    return tuple(_of(leaving))


def _of(leaving: Leaving) -> Iterator[LeavingFile]:
    for file in StoredFile.objects.filter(record_id__in=leaving.record_ids).order_by("pk"):
        yield LeavingFile(place=FilePlace.STORE, key=file.key, what="attachment or photo")
        if file.preview_key:
            yield LeavingFile(place=FilePlace.STORE, key=file.preview_key, what="preview")


ERASED_WITH: Final = ErasedWith(room="attachments", files=_files)
