"""What an account of Kith's own says, sealed under a key of the account's own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from kith.sso.models import SsoAccount
from kith.vault.own_key import OwnKey, SealedAlone, own_keys, sealed_alone

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


def sealed(words: Words, *, uid: UUID) -> SealedAlone:
    return sealed_alone(_written(words), key_of=_key_of(uid), context=_context(uid))


def sealed_again(words: Words, account: SsoAccount) -> bytes:
    """Under the key that it has."""
    key = OwnKey.read(bytes(account.sealed_key), _key_of(account.uid))
    return key.seal(_written(words), _context(account.uid))


def words_of(accounts: Sequence[SsoAccount]) -> list[Words]:
    """In their order, with one query for the key of the installation."""
    keys = own_keys([(bytes(one.sealed_key), _key_of(one.uid)) for one in accounts])
    return [_opened(one, key) for one, key in zip(accounts, keys, strict=True)]


def _opened(account: SsoAccount, key: OwnKey) -> Words:
    said = json.loads(key.open_(bytes(account.sealed_words), _context(account.uid)))
    linked = tuple((system, ref) for system, ref in said.pop("linked"))
    return Words(**said, linked=linked)


def _written(words: Words) -> bytes:
    return json.dumps(asdict(words), ensure_ascii=False).encode()


def _key_of(uid: UUID) -> str:
    return f"key of SSO account {uid}"


def _context(uid: UUID) -> str:
    return f"words of SSO account {uid}"
