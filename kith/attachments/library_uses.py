"""What a library entry is used as. Rooms above say theirs by name (KITH_LIBRARY_USES)."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from kith.attachments.models import Attachment

Use = Callable[[int], str]
"""By id of the entry: `as a consent form`, or '' where it is not used so."""


def uses_of(entry_id: int) -> tuple[str, ...]:
    """`on 3 contacts` or `as a consent form`, to read after *in use*."""
    elsewhere = cast("tuple[Use, ...]", import_string(settings.KITH_LIBRARY_USES))
    return tuple(said for use in (_attached, *elsewhere) if (said := use(entry_id)))


def _attached(entry_id: int) -> str:
    number = Attachment.objects.filter(entry_id=entry_id).count()
    return f"as an attachment ({number:,} time{'' if number == 1 else 's'})" if number else ""
