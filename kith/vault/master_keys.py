"""The master keys: from `KITH_MASTER_KEY`, else from a file in the data folder that only Kith may read.

Both hold `version:key`, separated by commas or lines; the key is 32 bytes in URL-safe base64. A key without a
version is version 1. The highest version wraps, all of them unwrap.
"""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings

from kith.kernel import secret_files
from kith.vault import cipher

NAME: Final = "KITH_MASTER_KEY"
_LINE: Final = re.compile(r"(?:(?P<version>[1-9]\d{0,8}):)?(?P<key>[A-Za-z0-9_+/-]{43}=?)")


class BadMasterKeys(Exception):
    """They cannot be read. Never says what they are."""


@dataclass(frozen=True, slots=True)
class MasterKeys:
    by_version: Mapping[int, bytes]

    @property
    def newest(self) -> int:
        return max(self.by_version)


def master_keys() -> MasterKeys:
    """Read again when the file was written since; the variable is read once."""
    if settings.MASTER_KEY:
        return _read(settings.MASTER_KEY)
    path = _path()
    secret_files.written_once(path, new_line(1) + "\n")
    return _read_file(path, path.stat().st_mtime_ns, path.stat().st_ino)


def is_given() -> bool:
    """By the variable: then Kith neither makes nor forgets versions itself."""
    return bool(settings.MASTER_KEY)


def new_line(version: int) -> str:
    """As it stands in the variable and in the file."""
    return f"{version}:{urlsafe_b64encode(cipher.new_key()).decode()}"


def add_version() -> int:
    """A new newest one in the file; on disk when this returns. Call with the vault locked."""
    keys = master_keys()
    version = keys.newest + 1
    _keep([*_lines(keys), new_line(version)])
    return version


def keep_newest() -> int:
    """Forget all versions but the newest. Call with the vault locked and nothing wrapped by another one.

    Returns how many were forgotten.
    """
    keys = master_keys()
    _keep([line for line in _lines(keys) if line.startswith(f"{keys.newest}:")])
    return len(keys.by_version) - 1


def _path() -> Path:
    return Path(settings.MASTER_KEY_FILE)


def _keep(lines: list[str]) -> None:
    secret_files.rewritten(_path(), "".join(f"{line}\n" for line in lines))


def _lines(keys: MasterKeys) -> list[str]:
    return [
        f"{version}:{urlsafe_b64encode(key).decode()}" for version, key in sorted(keys.by_version.items())
    ]


@lru_cache(maxsize=1)
def _read_file(path: Path, written_at: int, inode: int) -> MasterKeys:
    return _read(path.read_text(encoding="ascii"))


def _read(text: str) -> MasterKeys:
    found: dict[int, bytes] = {}
    for part in re.split(r"[,\s]+", text.strip()):
        match = _LINE.fullmatch(part)
        version = int(match["version"] or 1) if match else 0
        if match is None or version in found:
            raise BadMasterKeys(
                f"{NAME}: give “version:key”, each version once, the key as 32 bytes in URL-safe base64."
            )
        found[version] = _decoded(match["key"])
    return MasterKeys(found)


def _decoded(text: str) -> bytes:
    try:
        key = urlsafe_b64decode(text.rstrip("=").replace("+", "-").replace("/", "_") + "=")
    except binascii.Error:
        key = b""
    if len(key) != cipher.KEY_BYTES:
        raise BadMasterKeys(f"{NAME}: a key has 32 bytes, 43 characters in URL-safe base64.")
    return key
