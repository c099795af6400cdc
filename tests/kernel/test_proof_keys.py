from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from kith.kernel import proof_keys
from kith.kernel.proof_keys import BadProofKey

ONE, TWO = "1:" + "A" * 42 + "A=", "2:" + "B" * 42 + "A="


@pytest.fixture(autouse=True)
def held_again() -> Iterator[None]:
    before = proof_keys._held
    yield
    proof_keys._held = before
    proof_keys._made.cache_clear()


def _public(label: str, version: int | None = None) -> bytes:
    key = proof_keys.signing_key(label, version=version).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def test_each_label_has_a_key_of_its_own_and_it_is_always_the_same() -> None:
    proof_keys.hold(ONE)
    made = {
        proof_keys.mac_key("journal"),
        proof_keys.mac_key("ledger"),
        _public("journal"),
        _public("ledger"),
    }
    assert len(made) == 4
    before = proof_keys.mac_key("journal")
    proof_keys.hold(ONE)
    assert proof_keys.mac_key("journal") == before
    assert len(before) == 32


def test_the_newest_version_signs_and_older_ones_still_verify() -> None:
    proof_keys.hold(ONE)
    old_mac, old_public = proof_keys.mac_key("journal"), _public("journal")
    proof_keys.hold(f"{TWO}\n{ONE}\n")
    assert proof_keys.newest() == 2
    assert proof_keys.versions() == (1, 2)
    assert proof_keys.mac_key("journal") != old_mac
    assert proof_keys.mac_key("journal", version=1) == old_mac
    assert _public("journal", version=1) == old_public


def test_a_version_that_is_not_there_is_said() -> None:
    proof_keys.hold(ONE)
    with pytest.raises(BadProofKey, match="version 2 is not there"):
        proof_keys.mac_key("journal", version=2)


@pytest.mark.parametrize("text", ["", "secret", f"{ONE},{ONE}", "1:" + "A" * 20])
def test_what_is_no_key_is_refused_and_never_repeated(text: str) -> None:
    with pytest.raises(BadProofKey) as error:
        proof_keys.hold(text)
    assert not text or text not in str(error.value)


def test_a_new_line_is_read_again() -> None:
    proof_keys.hold(proof_keys.new_line(3))
    assert proof_keys.versions() == (3,)


def test_the_installation_has_one_that_only_its_owner_reads() -> None:
    path = Path(settings.HOME) / "proof-key"
    assert proof_keys.newest() == 1
    assert path.stat().st_mode & 0o077 == 0
