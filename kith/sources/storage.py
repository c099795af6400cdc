"""Received files in Kith's import folder: random names, readable by Kith only, removed in time."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings

from kith.kernel.errors import Refused

_BLOCK_BYTES = 1_000_000


def folder() -> Path:
    path = Path(settings.IMPORT_FOLDER)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def path_of(stored_name: str) -> Path:
    """Raises Refused when the file was removed."""
    path = folder() / Path(stored_name).name
    if not stored_name or not path.is_file():
        raise Refused("The file of this import was removed. Send it again as a new import.")
    return path


def blocks_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            yield block


def keep(blocks: Iterable[bytes]) -> str:
    """Store a file; return its new name."""
    name = secrets.token_hex(16)
    path = folder() / name
    try:
        _write(path, blocks)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return name


def _write(path: Path, blocks: Iterable[bytes]) -> None:
    limit, size = settings.UPLOAD_LIMIT_BYTES, 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for block in blocks:
                size += len(block)
                if size > limit:
                    raise Refused(
                        f"The file is larger than {limit // 1024 // 1024:,} MB, the most Kith takes."
                    )
                file.write(block)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise Refused("The disk of the import folder is full; the file was not stored.") from error
        raise


def remove(stored_name: str) -> None:
    if stored_name:
        (folder() / Path(stored_name).name).unlink(missing_ok=True)
