"""Searches lie sealed: the proof opens them to see whom they name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kith.find.models import StoredSearch
from kith.find.stored import context_of
from kith.kernel.erasing import ErasedWith, Unsealed
from kith.vault.sealing import INSTALLATION, open_

_AT_ONCE: Final = 500


def _opens() -> Iterator[Unsealed]:
    for row in StoredSearch.objects.iterator(chunk_size=_AT_ONCE):
        body = open_(INSTALLATION, bytes(row.body), context_of(row.token))
        yield Unsealed(place=StoredSearch._meta.db_table, key=row.token, content=body)


ERASED_WITH: Final = ErasedWith(room="searches", opens=_opens)
