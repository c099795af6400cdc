"""Received files in Kith's import folder: random names, each sealed under a key of its own, removed in time.

The key lies with the import, sealed: destroyed there, the file is nothing, in a backup too. What was received
before files were sealed lies plain until the night seals it (`kith.sources.received`).
"""

from __future__ import annotations

import errno
import io
import os
import secrets
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from django.conf import settings

from kith.kernel.errors import Refused
from kith.sources.models import Import
from kith.sources.reading import OnDisk, Received
from kith.vault.own_key import OwnKey
from kith.vault.sealing import NotOpened

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BLOCK_BYTES: Final = 1_000_000
_REMOVED: Final = "The file of this import was removed. Send it again as a new import."
_WITH_ERASED: Final = (
    "The file of this import was removed because somebody in it was anonymised. Send it again, without them,"
    " as a new import."
)
_DAMAGED: Final = "The file of this import was damaged. Send it again as a new import."


@dataclass(frozen=True, slots=True)
class Kept:
    stored_name: str
    sealed_key: bytes


@dataclass(frozen=True, slots=True)
class SealedFile:
    """Opened anew each time it is read: nothing of it is ever on the disk unsealed."""

    path: Path
    key: OwnKey

    def open(self) -> BinaryIO:
        return cast("BinaryIO", io.BufferedReader(_Opened(self.blocks()), _BLOCK_BYTES))

    def blocks(self) -> Generator[bytes, None, None]:
        """Raises Refused where it is not as it was sealed."""
        try:
            yield from self.key.open_blocks(blocks_of(self.path), _context(self.path.name))
        except NotOpened:
            raise Refused(_DAMAGED) from None


class _Opened(io.RawIOBase):
    """Blocks of any size as a file that is read once, from its start to its end."""

    def __init__(self, blocks: Generator[bytes, None, None]) -> None:
        self._blocks = blocks
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        while not self._left:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._left = memoryview(block)
        taken = min(len(view), len(self._left))
        view[:taken] = self._left[:taken]
        self._left = self._left[taken:]
        return taken

    def close(self) -> None:
        self._blocks.close()
        super().close()


def folder() -> Path:
    path = Path(settings.IMPORT_FOLDER)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def received(job: Import) -> Received:
    """Raises Refused when the file was removed."""
    path = path_of(job.stored_name)
    if not job.stored_name or not path.is_file():
        raise Refused(_WITH_ERASED if job.file_gone == Import.FileGone.ERASED else _REMOVED)
    return OnDisk(path) if job.sealed_key is None else opened(job.stored_name, bytes(job.sealed_key))


def opened(stored_name: str, sealed_key: bytes) -> SealedFile:
    try:
        key = OwnKey.read(sealed_key, _key_of(stored_name))
    except NotOpened:
        raise Refused(_DAMAGED) from None
    return SealedFile(path_of(stored_name), key)


def path_of(stored_name: str) -> Path:
    """Where it lies, if it is there."""
    return folder() / Path(stored_name).name


def blocks_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            yield block


def keep(blocks: Iterable[bytes]) -> Kept:
    """Sealed and durable when it returns; without the key that is given back nobody can read it."""
    name = secrets.token_hex(16)
    key = OwnKey.new(_key_of(name))
    path = path_of(name)
    try:
        _write(path, key.seal_blocks(_not_too_many(blocks), _context(name)))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Kept(name, key.sealed)


def _not_too_many(blocks: Iterable[bytes]) -> Iterator[bytes]:
    limit, size = settings.UPLOAD_LIMIT_BYTES, 0
    for block in blocks:
        size += len(block)
        if size > limit:
            raise Refused(f"The file is larger than {limit // 1024 // 1024:,} MB, the most Kith takes.")
        yield block


def _write(path: Path, blocks: Iterable[bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for block in blocks:
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise Refused("The disk of the import folder is full; the file was not stored.") from error
        raise


def remove(stored_name: str) -> None:
    if stored_name:
        path_of(stored_name).unlink(missing_ok=True)


def _context(stored_name: str) -> str:
    return f"kith import file {stored_name}"


def _key_of(stored_name: str) -> str:
    return f"key of import file {stored_name}"
