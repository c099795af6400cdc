"""The signature is the specification's, checked against its published example and by other means."""

from __future__ import annotations

import base64
import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from kith.delivery import signing


def _hmac_by_hand(key: bytes, text: bytes) -> bytes:
    """RFC 2104, written out."""
    padded = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(one ^ 0x36 for one in padded) + text).digest()
    return hashlib.sha256(bytes(one ^ 0x5C for one in padded) + inner).digest()


def test_the_published_example_is_signed_as_published() -> None:
    made = signing.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        webhook_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(salt=st.binary(min_size=16, max_size=16), data=st.dictionaries(st.text(), st.integers()))
def test_whoever_has_the_secret_can_check_any_message(salt: bytes, data: dict[str, int]) -> None:
    secret, body = signing.secret_of(salt), json.dumps(data).encode()
    made = signing.headers(secret=secret, webhook_id="msg_1", timestamp=1_800_000_000, body=body)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = base64.b64encode(_hmac_by_hand(key, b"msg_1.1800000000." + body)).decode()
    assert made["webhook-signature"] == f"v1,{wanted}"
    assert len(key) == 32


def test_the_secret_needs_both_the_row_and_the_installations_key(settings: Settings) -> None:
    first = signing.secret_of(b"s" * 16)
    assert first == signing.secret_of(b"s" * 16)
    assert first != signing.secret_of(b"t" * 16)
    settings.SECRET_KEY = "another installation"
    assert first != signing.secret_of(b"s" * 16)
