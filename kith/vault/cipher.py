"""AES-256-GCM in two shapes: one short text, or a stream of blocks. Knows no database and no System Ref.

A short text: `01` · nonce (12) · ciphertext and tag.
A stream: `02` · salt (32) · chunks of 64 KiB, each with its tag. Every stream has a key of its own, made from
the data key, the salt and the context; a chunk's nonce is its number and whether it is the last one. So a
chunk that was changed, left out, moved or taken from another stream is refused, and so is an end that comes
too early or too late.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
CHUNK_BYTES: Final = 64 * 1024
_TAG_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_SALT_BYTES: Final = 32
_SHORT: Final = b"\x01"
_STREAM: Final = b"\x02"


class NotOpened(Exception):
    """Whatever this is, it was not sealed so: with this key, for this context, unchanged and whole."""


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, plaintext: bytes, *, context: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _SHORT + nonce + AESGCM(key).encrypt(nonce, plaintext, _SHORT + context)


def open_(key: bytes, sealed: bytes, *, context: bytes) -> bytes:
    if sealed[:1] != _SHORT or len(sealed) < 1 + _NONCE_BYTES + _TAG_BYTES:
        raise NotOpened
    nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, body, _SHORT + context)
    except InvalidTag:
        raise NotOpened from None


def seal_stream(key: bytes, blocks: Iterable[bytes], *, context: bytes) -> Iterator[bytes]:
    """Blocks of any size; holds one chunk in memory."""
    salt = secrets.token_bytes(_SALT_BYTES)
    cipher = _stream_cipher(key, salt=salt, context=context)
    yield _STREAM + salt
    for number, (chunk, is_last) in enumerate(_with_last(_cut(blocks, size=CHUNK_BYTES))):
        yield cipher.encrypt(_nonce(number, is_last=is_last), chunk, None)


def open_stream(key: bytes, blocks: Iterable[bytes], *, context: bytes) -> Iterator[bytes]:
    """What it yields is authentic and in order; only when it ends without NotOpened is it also whole."""
    rest = _Reader(blocks)
    head = rest.take(1 + _SALT_BYTES)
    if head[:1] != _STREAM or len(head) < 1 + _SALT_BYTES:
        raise NotOpened
    cipher = _stream_cipher(key, salt=head[1:], context=context)
    sealed = _cut(rest.remaining(), size=CHUNK_BYTES + _TAG_BYTES)
    for number, (chunk, is_last) in enumerate(_with_last(sealed)):
        try:
            yield cipher.decrypt(_nonce(number, is_last=is_last), chunk, None)
        except InvalidTag:
            raise NotOpened from None


def _stream_cipher(key: bytes, *, salt: bytes, context: bytes) -> AESGCM:
    made = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=_STREAM + context)
    return AESGCM(made.derive(key))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(_NONCE_BYTES - 1, "big") + (b"\x01" if is_last else b"\x00")


def _cut(blocks: Iterable[bytes], *, size: int) -> Iterator[bytes]:
    """All of one size but the last; at least one, empty if there is nothing."""
    kept = bytearray()
    for block in blocks:
        kept += block
        while len(kept) > size:
            yield bytes(kept[:size])
            del kept[:size]
    yield bytes(kept)


def _with_last(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    before = next(chunks)
    for chunk in chunks:
        yield before, False
        before = chunk
    yield before, True


class _Reader:
    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._kept = b""

    def take(self, size: int) -> bytes:
        """Fewer where the blocks end."""
        while len(self._kept) < size:
            block = next(self._blocks, None)
            if block is None:
                break
            self._kept += block
        taken, self._kept = self._kept[:size], self._kept[size:]
        return taken

    def remaining(self) -> Iterator[bytes]:
        yield self._kept
        yield from self._blocks
