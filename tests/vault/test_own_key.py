"""A key of its own, sealed under the installation's: what lies sealed already opens for good."""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.privacy.elsewhere import sealing as elsewhere
from kith.privacy.register import sealing as register
from kith.sso import sealing as sso
from kith.sso.models import SsoAccount
from kith.vault import cipher
from kith.vault.own_key import OwnKey, SealedAlone, opened_alone, own_keys, sealed_alone
from kith.vault.sealing import INSTALLATION, NotOpened, seal

pytestmark = pytest.mark.django_db

UID = UUID("5b1c3c0e-0000-4000-8000-00000000000a")


def laid_before(body: bytes, *, key_of: str, context: str) -> SealedAlone:
    """As the first release wrote it, with nothing but the cipher."""
    key = bytes(range(32))
    return SealedAlone(
        cipher.seal(key, body, context=context.encode()), seal(INSTALLATION, key, f"{key_of} {UID}")
    )


def test_what_is_sealed_alone_opens_in_its_place_only() -> None:
    one = sealed_alone(b"words", key_of="key of 1", context="words of 1")
    assert opened_alone(one, key_of="key of 1", context="words of 1") == b"words"
    for key_of, context in (("key of 2", "words of 1"), ("key of 1", "words of 2")):
        with pytest.raises(NotOpened):
            opened_alone(one, key_of=key_of, context=context)


def test_no_two_have_the_same_key_and_none_is_told() -> None:
    one, other = OwnKey.new("a"), OwnKey.new("a")
    with pytest.raises(NotOpened):
        other.open_(one.seal(b"x", "c"), "c")
    assert "_opened" not in repr(one)


def test_a_file_under_its_own_key_opens_whole_or_not_at_all() -> None:
    key = OwnKey.new("a")
    blocks = list(key.seal_blocks([b"x" * 100_000, b"y"], "file"))
    again = OwnKey.read(key.sealed, "a")
    assert b"".join(again.open_blocks(blocks, "file")) == b"x" * 100_000 + b"y"
    with pytest.raises(NotOpened):
        list(again.open_blocks(blocks[:-1], "file"))


def test_many_keys_are_read_with_one_query() -> None:
    made = [OwnKey.new(f"key {number}") for number in range(3)]
    bodies = [key.seal(b"x", "c") for key in made]
    with CaptureQueriesContext(connection) as queries:
        found = own_keys([(key.sealed, f"key {number}") for number, key in enumerate(made)])
    assert len(queries) == 1
    assert [key.open_(body, "c") for key, body in zip(found, bodies, strict=True)] == [b"x"] * 3


def _request() -> object:
    one = laid_before(b'{"name": "Ann"}', key_of="key of request", context=f"words of request {UID}")
    return register.opened(one, uid=UID).name


def _link() -> object:
    one = laid_before(b"https://k/x", key_of="key of request", context=f"link of request {UID}")
    return register.opened_link(one.body, key=one.key, uid=UID)


def _task() -> object:
    context = f"system ref to erase elsewhere, {UID}"
    return elsewhere.opened(laid_before(b"CRM-1", key_of="task of erasure", context=context), erasure=UID)


def _account() -> object:
    written = json.dumps({"sso_id": "ann", "linked": []}).encode()
    one = laid_before(written, key_of="key of SSO account", context=f"words of SSO account {UID}")
    (words,) = sso.words_of([SsoAccount(uid=UID, sealed_words=one.body, sealed_key=one.key)])
    return words.sso_id


@pytest.mark.parametrize(
    ("opened", "said"), [(_request, "Ann"), (_link, "https://k/x"), (_task, "CRM-1"), (_account, "ann")]
)
def test_what_was_sealed_by_an_earlier_release_still_opens(opened: Callable[[], object], said: str) -> None:
    assert opened() == said
