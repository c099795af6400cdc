"""E-mails that wait are not sent; those that lie in the folder, where none leaves this machine, go."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

from kith.kernel.erasing import ErasedWith, FilePlace, LeavingFile
from kith.kernel.leaving import Leaving
from kith.printouts.actions import forget_waiting_sendings
from kith.printouts.mailing import MARK
from kith.printouts.models import Sending

_SENDING: Final = re.compile(rb"^Message-ID: <" + MARK.encode() + rb"(\d+)@")


def _files(leaving: Leaving) -> tuple[LeavingFile, ...]:
    of_them = set(Sending.objects.filter(record_id__in=leaving.record_ids).values_list("pk", flat=True))
    if not of_them:
        return ()
    return tuple(
        LeavingFile(place=FilePlace.MAIL, key=path.name, what="e-mail with a printout")
        for path in sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log"))
        if of_them.intersection(_sendings_in(path))
    )


def _sendings_in(path: Path) -> Iterator[int]:
    with path.open("rb") as file:
        for line in file:
            if found := _SENDING.match(line):
                yield int(found[1])


def _erases(leaving: Leaving, erasure: UUID) -> None:
    forget_waiting_sendings(record_ids=leaving.record_ids)


ERASED_WITH: Final = ErasedWith(room="printouts", files=_files, erases=_erases)
