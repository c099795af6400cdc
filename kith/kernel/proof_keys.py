"""Keys of what Kith vouches for: the journal, the ledger of erasures, certificates. All are made from one
secret, the proof key; which one is said by a label, so that none can stand in for another.

The secret is `version:key`, separated by commas or lines, as the master key is. The newest version signs, all
of them verify: whoever keeps what was signed keeps the version beside it.
"""

from __future__ import annotations

import binascii
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NAME: Final = "KITH_PROOF_KEY"
KEY_BYTES: Final = 32
_LINE: Final = re.compile(r"(?:(?P<version>[1-9]\d{0,3}):)?(?P<key>[A-Za-z0-9_+/-]{43}=?)")


class BadProofKey(Exception):
    """It cannot be read, or a version is not there. Never says what it is."""


def hold(text: str) -> None:
    """Once, when the settings are read: it is the secret of this process from now on."""
    global _held  # noqa: PLW0603  one secret of the process, given by whoever reads the environment
    _held = _read(text)
    _made.cache_clear()


def newest() -> int:
    return max(_held, default=0)


def versions() -> tuple[int, ...]:
    return tuple(sorted(_held))


def mac_key(label: str, *, version: int | None = None) -> bytes:
    """32 bytes for HMAC-SHA-256; of the newest version unless another one is asked for."""
    return _made(f"mac {label}", newest() if version is None else version)


def signing_key(label: str, *, version: int | None = None) -> Ed25519PrivateKey:
    """Of the newest version unless another one is asked for."""
    seed = _made(f"ed25519 {label}", newest() if version is None else version)
    return Ed25519PrivateKey.from_private_bytes(seed)


def new_line(version: int) -> str:
    """As it stands in the variable and in the file."""
    return f"{version}:{urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


def text() -> str:
    """What this process holds, as `hold` reads it: for a backup, sealed."""
    lines = [f"{version}:{urlsafe_b64encode(key).decode()}" for version, key in sorted(_held.items())]
    return ",".join(lines)


_held: Mapping[int, bytes] = {}


@lru_cache(maxsize=64)
def _made(purpose: str, version: int) -> bytes:
    if version not in _held:
        raise BadProofKey(f"{NAME}: version {version} is not there. See docs: Look after the keys.")
    info = f"kith proof 1 {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(_held[version])


def _read(text: str) -> Mapping[int, bytes]:
    found: dict[int, bytes] = {}
    for part in re.split(r"[,\s]+", text.strip()):
        match = _LINE.fullmatch(part)
        version = int(match["version"] or 1) if match else 0
        if match is None or version in found:
            raise BadProofKey(
                f"{NAME}: give “version:key”, each version once, the key as 32 bytes in URL-safe base64."
            )
        found[version] = _decoded(match["key"])
    return found


def _decoded(text: str) -> bytes:
    try:
        key = urlsafe_b64decode(text.rstrip("=").replace("+", "-").replace("/", "_") + "=")
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise BadProofKey(f"{NAME}: a key has 32 bytes, 43 characters in URL-safe base64.")
    return key
