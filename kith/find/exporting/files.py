"""The files of exports in the store, each sealed under a key of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from kith.attachments.store import Missing, new_key, store
from kith.find.exporting.models import Export
from kith.kernel.errors import NotFound, Refused
from kith.vault.own_key import OwnKey
from kith.vault.sealing import NotOpened


@dataclass(frozen=True, slots=True)
class Laid:
    file_key: str
    sealed_key: bytes
    size: int


def lay_down(export_id: int, blocks: Iterable[bytes]) -> Laid:
    """Whole and durable when it returns; nobody is told of it yet. Cut off, it is swept the next night."""
    file_key, key = new_key(), OwnKey.new(_key_of(export_id))
    size = 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for block in blocks:
            size += len(block)
            yield block

    store().put(file_key, key.seal_blocks(counted(), _context(export_id, file_key)))
    return Laid(file_key, key.sealed, size)


def blocks_of(export: Export) -> Iterator[bytes]:
    """The first block is authentic when this returns."""
    try:
        key = OwnKey.read(bytes(export.sealed_key or b""), _key_of(export.pk))
        sealed = store().blocks(export.file_key)
        found = key.open_blocks(sealed, _context(export.pk, export.file_key))
        return chain([next(found, b"")], found)
    except Missing:
        raise NotFound("This file is not there any more.") from None
    except NotOpened:
        raise Refused("This file was damaged in the store. Ask for the export again.") from None


def remove(file_key: str) -> None:
    store().remove(file_key)


def named(keys: Collection[str]) -> set[str]:
    """Those of these files of the store that an export has: they are not swept."""
    return set(Export.objects.filter(file_key__in=keys).values_list("file_key", flat=True))


def _context(export_id: int, file_key: str) -> str:
    return f"kith export {export_id} {file_key}"


def _key_of(export_id: int) -> str:
    return f"key of export {export_id}"
