"""Values of files as their reader may see them. Whoever brought a file has it anyway, and reads all of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from kith.access.actors import Actor
from kith.matching.records import CUSTOM_PREFIX
from kith.sources.models import Import

Row = Mapping[str, str]
Reading = Callable[[str], str]
ReadingOf = Callable[[str], Reading | None]
"""Of a claim field; None: as it is."""


def as_it_is(row: Row) -> dict[str, str]:
    return dict(row)


def reading_of(actor: Actor) -> ReadingOf:
    """What a room above decides: `KITH_CLAIM_FIELDS_SEEN`."""
    seen = cast(Callable[[Actor], ReadingOf], import_string(settings.KITH_CLAIM_FIELDS_SEEN))
    return seen(actor)


def rows_seen(job: Import, *, actor: Actor) -> Callable[[Row], dict[str, str]]:
    """Rows by header. Columns that nobody mapped count as user-defined fields; what stands under no header of
    the file (a line that could not be read) is for whoever brought it."""
    is_own = actor.user_id is not None and job.created_by_id == actor.user_id
    if is_own or job.kind != Import.Kind.CONTACTS:
        return as_it_is
    known, of_field = job.file_format.get("headers") or (), reading_of(actor)
    readings = {
        header: of_field(job.mapping.get(header) or f"{CUSTOM_PREFIX}{header}") for header in map(str, known)
    }

    def read(row: Row) -> dict[str, str]:
        told = {}
        for header, text in row.items():
            if header not in readings:
                continue
            reading = readings[header]
            told[header] = reading(str(text)) if reading and text else text
        return told

    return read
