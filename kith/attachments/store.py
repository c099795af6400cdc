"""Where sealed files lie. A store keeps bytes under names that Kith makes up, and knows not what they are.

Another store is a class with these methods; the setting ATTACHMENT_STORE names it.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from kith.kernel.errors import Refused

_BLOCK_BYTES: Final = 256 * 1024


class Missing(Exception):
    """The store has nothing of this name."""


class Store(Protocol):
    def put(self, key: str, blocks: Iterable[bytes]) -> None:
        """Whole and durable when it returns; if it does not return, not there, or left for sweeping."""

    def blocks(self, key: str) -> Iterator[bytes]:
        """Raises Missing at once, not when the first block is asked for."""

    def remove(self, key: str) -> None:
        """What is not there is removed already."""

    def keys_older_than(self, moment: datetime) -> Iterator[str]:
        """Put before it, or begun and never finished."""


def store() -> Store:
    return cast(Store, import_string(settings.ATTACHMENT_STORE)())


def new_key() -> str:
    """Says nothing about what lies under it."""
    return secrets.token_hex(16)


class FolderStore:
    """A folder, in it 256 others, in them the files. Written under another name, then renamed."""

    def put(self, key: str, blocks: Iterable[bytes]) -> None:
        path = self._path(key)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        coming = path.with_name(f"{key}.coming")
        try:
            _write(coming, blocks)
            coming.rename(path)
        except BaseException:
            coming.unlink(missing_ok=True)
            raise
        _sync(path.parent)

    def blocks(self, key: str) -> Iterator[bytes]:
        path = self._path(key)
        if not path.is_file():
            raise Missing
        return _read(path)

    def remove(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def keys_older_than(self, moment: datetime) -> Iterator[str]:
        for path in _folder().glob("??/*"):
            try:
                written_at = path.stat().st_mtime
            except FileNotFoundError:
                continue
            if written_at < moment.timestamp():
                yield path.name

    def _path(self, key: str) -> Path:
        if not key.replace(".coming", "").isalnum():
            raise Missing
        return _folder() / key[:2] / key


def _folder() -> Path:
    return Path(settings.ATTACHMENT_FOLDER)


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
            raise Refused("The disk of the attachments is full; the file was not stored.") from error
        raise


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            yield block


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
