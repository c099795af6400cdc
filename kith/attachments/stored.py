"""Files in and out of the store, sealed under the key of their System Ref on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import IO, Final

from kith.attachments.kinds import FileKind
from kith.attachments.models import StoredFile
from kith.attachments.previews import Picture
from kith.attachments.store import new_key, store
from kith.vault.sealing import open_blocks, seal_blocks

_BLOCK_BYTES: Final = 256 * 1024


def lay_down(
    content: IO[bytes], kind: FileKind, *, record_id: int, size: int, preview: Picture | None
) -> StoredFile:
    """Both files are in the store when this returns; the row is not written yet.

    If it never is, they are swept: only a sweeper, long after, knows for sure that a commit did not happen.
    """
    file = StoredFile(key=new_key(), record_id=record_id, media_type=kind.media_type, size=size)
    _put(file.key, _blocks_of(content), record_id=record_id)
    if preview is not None:
        file.preview_key, file.preview_type = new_key(), preview.media_type
        _put(file.preview_key, [preview.body], record_id=record_id)
    return file


def lay_down_picture(picture: Picture, *, record_id: int) -> StoredFile:
    """One that Kith drew: shown as it is, so it needs no preview."""
    file = StoredFile(
        key=new_key(), record_id=record_id, media_type=picture.media_type, size=len(picture.body)
    )
    _put(file.key, [picture.body], record_id=record_id)
    return file


def remove(file: StoredFile) -> None:
    """After its row was deleted for good: on commit."""
    keep = store()
    for key in filter(None, (file.key, file.preview_key)):
        keep.remove(key)


def opened(file: StoredFile) -> Iterator[bytes]:
    """The first block is authentic when this returns; before, it raises Missing, Destroyed or NotOpened."""
    return _opened(file.key, record_id=file.record_id)


def opened_preview(file: StoredFile) -> Iterator[bytes]:
    return _opened(file.preview_key, record_id=file.record_id)


def _put(key: str, blocks: Iterable[bytes], *, record_id: int) -> None:
    store().put(key, seal_blocks(record_id, blocks, _context(key)))


def _opened(key: str, *, record_id: int) -> Iterator[bytes]:
    blocks = open_blocks(record_id, store().blocks(key), _context(key))
    return chain([next(blocks, b"")], blocks)


def _context(key: str) -> str:
    """A file put in the place of another one does not open."""
    return f"file {key}"


def _blocks_of(content: IO[bytes]) -> Iterator[bytes]:
    content.seek(0)
    while block := content.read(_BLOCK_BYTES):
        yield block
