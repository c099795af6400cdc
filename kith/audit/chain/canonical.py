"""What is hashed of the journal, byte for byte. Pure.

No value of a person is in an entry, by the journal's rule; of the colleague who did it only a keyed digest is
hashed. So the chain is the same before and after an anonymisation. Changing anything here makes every older
block fail: a new form needs a new number in `_FORM`, beside the old one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

_FORM: Final = 1
_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"
_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
NOTHING: Final = bytes(32)
"""What the first block follows."""


class Said(NamedTuple):
    """One entry, as it stands in the database. No dataclass: millions are made."""

    id: int
    tx: int
    at: int
    """Microseconds since 1970, UTC."""
    user_id: int | None
    actor: str
    event: str
    subject_type: str
    subject_id: int | None
    group_id: int | None
    detail: str
    """`canonical_detail`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What a block says of the entries it seals and of the block before it."""

    number: int
    epoch: int
    after_id: int
    cluster: int
    from_tx: int
    upto_tx: int
    entries: int
    total: int
    first_id: int | None
    last_id: int | None
    root: bytes
    sealed_at: int
    key_version: int


class Names:
    """Keyed digests of who did it: few people write many entries."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._known: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = hmac.digest(self._key, name.encode(), "sha256").hex()
        return known


def leaf(said: Said, names: Names) -> bytes:
    """JSON put together by hand, four times as fast; a test holds it to what the library makes."""
    number, tx, at, user, actor, event, subject_type, subject, group, detail = said
    text = (
        f"[{_FORM},{number},{tx},{at},{_number(user)},{_quoted(names[actor])},{_quoted(event)},"
        f"{_quoted(subject_type)},{_number(subject)},{_number(group)},{detail}]"
    )
    return hashlib.sha256(_LEAF + text.encode("ascii")).digest()


def canonical_detail(value: object) -> str:
    return _ENCODER.encode(value)


def _number(value: int | None) -> str:
    return "null" if value is None else str(value)


@lru_cache(maxsize=4_096)
def _quoted(text: str) -> str:
    return _ENCODER.encode(text)


class Root:
    """The Merkle root of leaves that come one by one, shaped as in RFC 9162. It holds one node for each bit
    of their number: a block of a million entries needs no more memory than one of ten."""

    def __init__(self) -> None:
        self.entries = 0
        self._nodes: list[bytes] = []

    def add(self, leaf_hash: bytes) -> None:
        self._nodes.append(leaf_hash)
        self.entries += 1
        number = self.entries
        while number % 2 == 0:
            self._fold()
            number //= 2

    def closed(self) -> bytes:
        """Nothing can be added afterwards."""
        while len(self._nodes) > 1:
            self._fold()
        return self._nodes[0] if self._nodes else hashlib.sha256().digest()

    def _fold(self) -> None:
        right, left = self._nodes.pop(), self._nodes.pop()
        self._nodes.append(hashlib.sha256(_NODE + left + right).digest())


def block_hash(sealed: Sealed, *, before: bytes, key: bytes) -> bytes:
    parts = (
        _FORM,
        sealed.number,
        before.hex(),
        sealed.epoch,
        sealed.after_id,
        sealed.cluster,
        sealed.from_tx,
        sealed.upto_tx,
        sealed.entries,
        sealed.total,
        sealed.first_id,
        sealed.last_id,
        sealed.root.hex(),
        sealed.sealed_at,
        sealed.key_version,
    )
    return hmac.digest(key, _compact(parts), "sha256")


def to_sign(fields: Mapping[str, object]) -> bytes:
    """Of a line of the heads file."""
    return b"kith journal head " + _compact(dict(fields))


def _compact(value: object) -> bytes:
    return _ENCODER.encode(value).encode("ascii")
