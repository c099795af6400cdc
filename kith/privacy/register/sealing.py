"""What a person wrote, and where to answer, sealed under a key of the request's own."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from uuid import UUID

from kith.vault import cipher
from kith.vault.sealing import INSTALLATION, open_, seal


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    name: str = ""
    reach: str = ""
    """Where to answer: an e-mail, a phone number or a postal address."""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Hidden:
    words: bytes
    key: bytes
    """Itself sealed."""


def hidden(said: Said, *, uid: UUID) -> Hidden:
    key = cipher.new_key()
    body = json.dumps(asdict(said), ensure_ascii=False).encode()
    return Hidden(
        cipher.seal(key, body, context=_context(uid)), seal(INSTALLATION, key, f"key of request {uid}")
    )


def shown(one: Hidden, *, uid: UUID) -> Said:
    return Said(**json.loads(cipher.open_(_key(one.key, uid), one.words, context=_context(uid))))


def hidden_link(link: str, *, key: bytes, uid: UUID) -> bytes:
    return cipher.seal(_key(key, uid), link.encode(), context=_link_context(uid))


def shown_link(link: bytes, *, key: bytes, uid: UUID) -> str:
    return cipher.open_(_key(key, uid), link, context=_link_context(uid)).decode()


def _key(sealed_key: bytes, uid: UUID) -> bytes:
    return open_(INSTALLATION, sealed_key, f"key of request {uid}")


def _context(uid: UUID) -> bytes:
    return f"words of request {uid}".encode()


def _link_context(uid: UUID) -> bytes:
    return f"link of request {uid}".encode()
