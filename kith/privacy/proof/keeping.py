"""Needles between the erasure and its proof: sealed, the text in a file, the key in the database. Neither can
be read without the other, and no backup holds both.
"""

from __future__ import annotations

import json
import time
from base64 import b64decode, b64encode
from collections.abc import Collection
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

from kith.kernel import secret_files
from kith.vault import cipher


class NeedlesLost(Exception):
    """The file is not there, or is another one."""


_CONTEXT: Final = "needles of erasure {uid}"


def path_of(uid: UUID) -> Path:
    return _folder() / str(uid)


def _folder() -> Path:
    folder = Path(settings.HOME) / "erasing"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def keep(uid: UUID, needles: frozenset[str]) -> bytes:
    """Durable when it returns. Returns the key."""
    key = cipher.new_key()
    body = json.dumps(sorted(needles)).encode()
    sealed = cipher.seal(key, body, context=_context(uid))
    secret_files.rewritten(path_of(uid), b64encode(sealed).decode())
    return key


def opened(uid: UUID, key: bytes) -> frozenset[str]:
    try:
        body = cipher.open_(key, b64decode(path_of(uid).read_bytes()), context=_context(uid))
    except (OSError, ValueError, cipher.NotOpened) as error:
        raise NeedlesLost from error
    return frozenset(json.loads(body))


def forget(uid: UUID) -> None:
    path_of(uid).unlink(missing_ok=True)


def forget_others(needed: Collection[UUID], *, older_than: float) -> None:
    """Files whose key is gone, left by a kill; `older_than` seconds."""
    names, before = {str(uid) for uid in needed}, time.time() - older_than
    for path in _folder().iterdir():
        if path.name not in names and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


def _context(uid: UUID) -> bytes:
    return _CONTEXT.format(uid=uid).encode()
