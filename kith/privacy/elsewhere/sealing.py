"""The number of a task, sealed under a key of its own."""

from __future__ import annotations

from uuid import UUID

from kith.vault.own_key import SealedAlone, opened_alone, sealed_alone


def sealed(system_ref: str, *, erasure: UUID) -> SealedAlone:
    return sealed_alone(system_ref.encode(), key_of=_key_of(erasure), context=_context(erasure))


def opened(one: SealedAlone, *, erasure: UUID) -> str:
    return opened_alone(one, key_of=_key_of(erasure), context=_context(erasure)).decode()


def _key_of(erasure: UUID) -> str:
    return f"task of erasure {erasure}"


def _context(erasure: UUID) -> str:
    return f"system ref to erase elsewhere, {erasure}"
