"""Whoever is anonymised has asked for something: what was answered already loses its words, and e-mails in
the folder go, where none leaves this machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

from kith.contacts.models import ContactEmail
from kith.kernel.erasing import ErasedWith, FilePlace, LeavingFile
from kith.kernel.leaving import Going, Leaving
from kith.privacy.erasing.rows import contacts_of
from kith.privacy.register.actions import forget_words_of
from kith.privacy.register.front.mailing import MARK
from kith.privacy.register.models import PersonRequest, UnconfirmedRequest
from kith.privacy.register.restricting import against_erasing

_MAIL: Final = re.compile(rb"^Message-ID: <" + MARK.encode() + rb"([0-9a-f-]{36})@")


def _files(leaving: Leaving) -> tuple[LeavingFile, ...]:
    """E-mails to one of their addresses, and all whose link works no more: they are of no use to anybody."""
    waiting = {str(uid) for uid in UnconfirmedRequest.objects.values_list("pk", flat=True)}
    emails = ContactEmail.objects.filter(contact_id__in=contacts_of(leaving))
    theirs = {one.casefold() for one in emails.values_list("value", flat=True)}
    return tuple(
        LeavingFile(place=FilePlace.MAIL, key=path.name, what="e-mail that confirms a request")
        for path in sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log"))
        if any(uid not in waiting or to in theirs for uid, to in _mails_in(path))
    )


def _mails_in(path: Path) -> Iterator[tuple[str, str]]:
    """Which request each confirms, and to whom it goes. Empty for other e-mails."""
    to = uid = ""
    for line in path.read_bytes().splitlines():
        if found := _MAIL.match(line):
            uid = found[1].decode()
        elif line.startswith(b"To: "):
            to = line[4:].decode(errors="replace").strip().casefold()
        if uid and to:
            yield uid, to
            to = uid = ""


def _counts(leaving: Leaving) -> tuple[Going, ...]:
    closed = PersonRequest.objects.filter(
        contact_id__in=contacts_of(leaving), closed_at__isnull=False, sealed_words__isnull=False
    )
    return (Going("words of closed requests", closed.count()),)


def _erases(leaving: Leaving, erasure: UUID) -> None:
    forget_words_of(contact_ids=contacts_of(leaving))


ERASED_WITH: Final = ErasedWith(
    room="register", blocks=against_erasing, files=_files, counts=_counts, erases=_erases
)
