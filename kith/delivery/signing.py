"""Signatures as the Standard Webhooks specification has them (standardwebhooks.com), symmetric kind `v1`."""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from django.conf import settings

PREFIX: Final = "whsec_"
_PURPOSE: Final = b"kith webhook secret 1:"


def new_salt() -> bytes:
    return secrets.token_bytes(16)


def secret_of(salt: bytes | memoryview) -> str:
    """`whsec_…`, 32 bytes: from the salt and the installation's secret key, so that it is stored nowhere."""
    key = hmac.new(settings.SECRET_KEY.encode(), _PURPOSE + bytes(salt), sha256).digest()
    return PREFIX + b64encode(key).decode()


def headers(*, secret: str, webhook_id: str, timestamp: int, body: bytes) -> Mapping[str, str]:
    """`timestamp`: of this attempt, in seconds; a receiver refuses old ones."""
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, webhook_id=webhook_id, timestamp=timestamp, body=body),
    }


def signature(secret: str, *, webhook_id: str, timestamp: int, body: bytes) -> str:
    key = b64decode(secret.removeprefix(PREFIX))
    signed = b".".join([webhook_id.encode(), str(timestamp).encode(), body])
    return "v1," + b64encode(hmac.new(key, signed, sha256).digest()).decode()
