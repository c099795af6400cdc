"""The number of a task, sealed under a key of its own, which is sealed under the installation's."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from kith.vault import cipher
from kith.vault.sealing import INSTALLATION, open_, seal


@dataclass(frozen=True, slots=True)
class SealedRef:
    ref: bytes
    key: bytes


def sealed(system_ref: str, *, erasure: UUID) -> SealedRef:
    key = cipher.new_key()
    return SealedRef(
        cipher.seal(key, system_ref.encode(), context=_context(erasure)),
        seal(INSTALLATION, key, f"task of erasure {erasure}"),
    )


def opened(one: SealedRef, *, erasure: UUID) -> str:
    key = open_(INSTALLATION, one.key, f"task of erasure {erasure}")
    return cipher.open_(key, one.ref, context=_context(erasure)).decode()


def _context(erasure: UUID) -> bytes:
    return f"system ref to erase elsewhere, {erasure}".encode()
