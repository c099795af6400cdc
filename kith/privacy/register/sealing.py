"""What a person wrote, and where to answer, sealed under a key of the request's own."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from uuid import UUID

from kith.vault.own_key import OwnKey, SealedAlone, opened_alone, sealed_alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    name: str = ""
    reach: str = ""
    """Where to answer: an e-mail, a phone number or a postal address."""
    words: str = ""


def sealed(said: Said, *, uid: UUID) -> SealedAlone:
    body = json.dumps(asdict(said), ensure_ascii=False).encode()
    return sealed_alone(body, key_of=_key_of(uid), context=_context(uid))


def opened(one: SealedAlone, *, uid: UUID) -> Said:
    return Said(**json.loads(opened_alone(one, key_of=_key_of(uid), context=_context(uid))))


def sealed_link(link: str, *, key: bytes, uid: UUID) -> bytes:
    """`key`: the request's own, as it lies there."""
    return OwnKey.read(key, _key_of(uid)).seal(link.encode(), _link_context(uid))


def opened_link(link: bytes, *, key: bytes, uid: UUID) -> str:
    return OwnKey.read(key, _key_of(uid)).open_(link, _link_context(uid)).decode()


def _key_of(uid: UUID) -> str:
    return f"key of request {uid}"


def _context(uid: UUID) -> str:
    return f"words of request {uid}"


def _link_context(uid: UUID) -> str:
    return f"link of request {uid}"
