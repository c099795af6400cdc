"""What an account of Kith's own says, sealed under its key, which is sealed under the installation's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from kith.sso.models import SsoAccount
from kith.vault import cipher
from kith.vault.sealing import INSTALLATION, NotOpened, Sealed, open_, open_many, seal

Linked = tuple[tuple[str, str], ...]
"""Pairs of a system and a System Ref there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    sso_id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    is_active: bool = True
    linked: Linked = ()


@dataclass(frozen=True, slots=True)
class Hidden:
    words: bytes
    key: bytes
    """Itself sealed."""


def hidden(words: Words, *, uid: UUID) -> Hidden:
    key = cipher.new_key()
    return Hidden(_sealed(words, key, uid), seal(INSTALLATION, key, _of_key(uid)))


def hidden_again(words: Words, account: SsoAccount) -> bytes:
    """Under the key that it has."""
    key = open_(INSTALLATION, bytes(account.sealed_key), _of_key(account.uid))
    return _sealed(words, key, account.uid)


def words_of(accounts: Sequence[SsoAccount]) -> list[Words]:
    """In their order, with one query for the key of the installation."""
    keys = open_many([Sealed(INSTALLATION, bytes(one.sealed_key), _of_key(one.uid)) for one in accounts])
    return [_opened(one, key) for one, key in zip(accounts, keys, strict=True)]


def _opened(account: SsoAccount, key: bytes | None) -> Words:
    if key is None:
        raise NotOpened
    said = json.loads(cipher.open_(key, bytes(account.sealed_words), context=_context(account.uid)))
    linked = tuple((system, ref) for system, ref in said.pop("linked"))
    return Words(**said, linked=linked)


def _sealed(words: Words, key: bytes, uid: UUID) -> bytes:
    said = json.dumps(asdict(words), ensure_ascii=False).encode()
    return cipher.seal(key, said, context=_context(uid))


def _of_key(uid: UUID) -> str:
    return f"key of SSO account {uid}"


def _context(uid: UUID) -> bytes:
    return f"words of SSO account {uid}".encode()
