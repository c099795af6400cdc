"""What rooms above call. `context` says what is sealed, so that nothing opens in the place of something else.

sealed = seal(record_id, b"...", "note 12")
open_(record_id, sealed, "note 12")
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kith.vault import cipher, keys
from kith.vault.cipher import NotOpened
from kith.vault.keys import INSTALLATION, Destroyed

__all__ = [
    "INSTALLATION",
    "Destroyed",
    "NotOpened",
    "Sealed",
    "open_",
    "open_blocks",
    "open_many",
    "seal",
    "seal_blocks",
]


@dataclass(frozen=True, slots=True)
class Sealed:
    record_id: int
    body: bytes
    context: str


def seal(record_id: int, plaintext: bytes, context: str) -> bytes:
    """Raises Destroyed."""
    return cipher.seal(keys.key_for_sealing(record_id), plaintext, context=_bound(record_id, context))


def open_(record_id: int, sealed: bytes, context: str) -> bytes:
    """Raises Destroyed, or NotOpened where anything of it is not as it was sealed."""
    return cipher.open_(keys.key_for_opening(record_id), sealed, context=_bound(record_id, context))


def open_many(sealed: Sequence[Sealed]) -> list[bytes | None]:
    """In their order, with one query for the keys; None where a key was destroyed."""
    found = keys.keys_for_opening(one.record_id for one in sealed)
    return [
        cipher.open_(found[one.record_id], one.body, context=_bound(one.record_id, one.context))
        if one.record_id in found
        else None
        for one in sealed
    ]


def seal_blocks(record_id: int, blocks: Iterable[bytes], context: str) -> Iterator[bytes]:
    """For files: holds 64 KiB of them in memory. The key is read now, the blocks when they are asked for."""
    return cipher.seal_stream(keys.key_for_sealing(record_id), blocks, context=_bound(record_id, context))


def open_blocks(record_id: int, blocks: Iterable[bytes], context: str) -> Iterator[bytes]:
    """Each block is authentic and in its place; an end that comes too early raises NotOpened there."""
    return cipher.open_stream(keys.key_for_opening(record_id), blocks, context=_bound(record_id, context))


def _bound(record_id: int, context: str) -> bytes:
    return f"kith {record_id} {context}".encode()
