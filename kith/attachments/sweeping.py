"""Files of which no row was ever committed: their upload was cut off. Housekeeping, for the installation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from django.conf import settings
from django.utils.module_loading import import_string

from kith.attachments.models import StoredFile
from kith.attachments.store import store

AGE: Final = timedelta(hours=24)
"""No upload takes as long from its file to its row."""
_BATCH: Final = 1_000


def sweep(*, before: datetime) -> int:
    """Removes files put before `before` that no row names; returns how many."""
    keep, swept = store(), 0
    for keys in _batches(keep.keys_older_than(before)):
        for key in set(keys) - _named(keys):
            keep.remove(key)
            swept += 1
    return swept


def _named(keys: list[str]) -> set[str]:
    of_files = StoredFile.objects.filter(key__in=keys).values_list("key", flat=True)
    of_previews = StoredFile.objects.filter(preview_key__in=keys).values_list("preview_key", flat=True)
    beside: tuple[Callable[[Collection[str]], set[str]], ...] = import_string(settings.KITH_STORED_BESIDE)
    return {*of_files, *of_previews}.union(*(named(keys) for named in beside))


def _batches(keys: Iterable[str]) -> Iterator[list[str]]:
    left = iter(keys)
    while batch := list(islice(left, _BATCH)):
        yield batch
