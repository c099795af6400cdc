"""What hangs on no System Ref, sealed under a key of its own, which lies beside it sealed under the
installation's: destroyed there, the rest is nothing, in a backup too.

`key_of` names whose key it is, so that it opens in no other place; `context` what is sealed under it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from kith.vault import cipher
from kith.vault.sealing import INSTALLATION, Sealed, open_, open_many, seal


@dataclass(frozen=True, slots=True)
class OwnKey:
    sealed: bytes
    _opened: bytes = field(repr=False)

    @classmethod
    def new(cls, key_of: str) -> OwnKey:
        key = cipher.new_key()
        return cls(seal(INSTALLATION, key, key_of), key)

    @classmethod
    def read(cls, sealed: bytes, key_of: str) -> OwnKey:
        """Raises NotOpened, as all that opens does."""
        return cls(sealed, open_(INSTALLATION, sealed, key_of))

    def seal(self, body: bytes, context: str) -> bytes:
        return cipher.seal(self._opened, body, context=context.encode())

    def open_(self, sealed: bytes, context: str) -> bytes:
        return cipher.open_(self._opened, sealed, context=context.encode())

    def seal_blocks(self, blocks: Iterable[bytes], context: str) -> Iterator[bytes]:
        return cipher.seal_stream(self._opened, blocks, context=context.encode())

    def open_blocks(self, blocks: Iterable[bytes], context: str) -> Iterator[bytes]:
        """Each block is authentic and in its place; an end that comes too early raises NotOpened there."""
        return cipher.open_stream(self._opened, blocks, context=context.encode())


@dataclass(frozen=True, slots=True)
class SealedAlone:
    body: bytes
    key: bytes
    """Itself sealed."""


def sealed_alone(body: bytes, *, key_of: str, context: str) -> SealedAlone:
    key = OwnKey.new(key_of)
    return SealedAlone(key.seal(body, context), key.sealed)


def opened_alone(one: SealedAlone, *, key_of: str, context: str) -> bytes:
    return OwnKey.read(one.key, key_of).open_(one.body, context)


def own_keys(sealed: Sequence[tuple[bytes, str]]) -> list[OwnKey]:
    """Of each sealed key and whose it is, in their order, with one query for the key of the installation."""
    found = open_many([Sealed(INSTALLATION, body, key_of) for body, key_of in sealed])
    return [_own_key(body, opened) for (body, _), opened in zip(sealed, found, strict=True)]


def _own_key(sealed: bytes, opened: bytes | None) -> OwnKey:
    if opened is None:
        raise cipher.NotOpened
    return OwnKey(sealed, opened)
