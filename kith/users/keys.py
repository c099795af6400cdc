"""API keys: their text, who stands behind one that a request carries, and how many it may send."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from math import ceil
from typing import Final

from axes.helpers import get_client_ip_address
from django.conf import settings
from django.db.models import IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from kith.access.actors import Actor
from kith.access.models import ApiKey, FailedKeyUse
from kith.kernel.clock import now
from kith.kernel.errors import DomainError
from kith.users import actions, passwords

PREFIX_LENGTH: Final = 8
SECRET_BYTES: Final = 32
LONGEST_HEADER: Final = 200


class NoKey(DomainError):
    """The request carries no key that opens; it may be tried again with another."""

    status = 401


class TooMany(DomainError):
    """`retry_after`: seconds to wait."""

    status = 429

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a key may still send in its running minute."""

    limit: int
    left: int
    seconds: int
    """Until the next minute begins; at least 1."""

    @property
    def headers(self) -> Mapping[str, str]:
        """As the IETF's draft on RateLimit header fields words them."""
        return {
            "RateLimit-Policy": f'"minute";q={self.limit};w=60',
            "RateLimit": f'"minute";r={max(self.left, 0)};t={self.seconds}',
        }


@dataclass(frozen=True, slots=True)
class Token:
    """What the other system sends: `kith_<prefix>_<secret>`. Only its maker ever sees it whole."""

    prefix: str
    secret: str

    @property
    def text(self) -> str:
        return f"kith_{self.prefix}_{self.secret}"

    @property
    def secret_hash(self) -> bytes:
        return sha256(self.secret.encode()).digest()


def new_token() -> Token:
    prefix = "".join(secrets.choice(passwords.LETTERS) for _ in range(PREFIX_LENGTH))
    return Token(prefix, secrets.token_urlsafe(SECRET_BYTES))


def read_token(header: str) -> Token | None:
    """The value of `Authorization`; None when it is no `Bearer kith_…`."""
    scheme, _, text = header[:LONGEST_HEADER].strip().partition(" ")
    name, _, rest = text.strip().partition("_")
    prefix, _, secret = rest.partition("_")
    if scheme.lower() != "bearer" or name != "kith" or not secret or not text.isascii():
        return None
    return Token(prefix, secret) if prefix.isalnum() and len(prefix) == PREFIX_LENGTH else None


def actor_of(request: HttpRequest) -> Actor:
    """Who the key of this request acts as. Cookies and addresses are not looked at."""
    return admitted(request).actor


def admitted(request: HttpRequest) -> ApiKey:
    """The key of this request; looked up and counted once, however often it is asked for."""
    known: ApiKey | None = getattr(request, "kith_key", None)
    if known is not None:
        return known
    key = _key_in(request)
    allowance = _counted(key)
    request.kith_allowance = allowance  # type: ignore[attr-defined]  # read by allowance_of
    if allowance.left < 0:
        sentence = f"This API key may send {key.requests_per_minute} requests in a minute."
        raise TooMany(f"{sentence} Wait {allowance.seconds} seconds.", retry_after=allowance.seconds)
    request.kith_key = key  # type: ignore[attr-defined]  # read above
    return key


def allowance_of(request: HttpRequest) -> Allowance | None:
    """None: nobody was let in."""
    return getattr(request, "kith_allowance", None)


def _counted(key: ApiKey) -> Allowance:
    count, seconds = actions.count_key_use(key_id=key.pk)
    return Allowance(key.requests_per_minute, key.requests_per_minute - count, max(1, ceil(seconds)))


def _key_in(request: HttpRequest) -> ApiKey:
    header = request.headers.get("Authorization", "")
    if not header:
        raise NoKey("Send an API key in the header: Authorization: Bearer kith_…")
    address = get_client_ip_address(request) or ""
    token = read_token(header)
    key = _key_of(token, address=address) if token else None
    if token is None or key is None or not hmac.compare_digest(bytes(key.secret_hash), token.secret_hash):
        raise _refused(key, address=address)
    _check(key)
    actions.note_key_use(key_id=key.pk, last_used_at=key.last_used_at)
    return key


def _key_of(token: Token, *, address: str) -> ApiKey | None:
    """One query: the key, and as `failures` how often it was tried wrongly from this address of late."""
    failures = FailedKeyUse.objects.filter(
        prefix=OuterRef("prefix"), address=address, last_at__gte=_window_start()
    ).values("count")
    counted = ApiKey.objects.annotate(failures=Coalesce(Subquery(failures), 0, output_field=IntegerField()))
    key = counted.filter(prefix=token.prefix).first()
    if key is not None and key.failures >= settings.AXES_FAILURE_LIMIT:
        raise _too_many()
    return key


def _refused(key: ApiKey | None, *, address: str) -> DomainError:
    prefix = key.prefix if key else ""
    recent = FailedKeyUse.objects.filter(prefix=prefix, address=address, last_at__gte=_window_start())
    if recent.filter(count__gte=settings.AXES_FAILURE_LIMIT).exists():
        return _too_many()
    actions.note_failed_key(prefix=prefix, address=address, key_id=key.pk if key else None)
    return NoKey("There is no such API key.")


def _check(key: ApiKey) -> None:
    """Whoever has the secret may know why it no longer opens."""
    if key.revoked_at is not None:
        raise NoKey("This API key was revoked.")
    if not key.is_valid_at(now()):
        raise NoKey("This API key has expired.")


def _window_start() -> datetime:
    return now() - settings.AXES_COOLOFF_TIME


def _too_many() -> TooMany:
    seconds = int(settings.AXES_COOLOFF_TIME.total_seconds())
    sentence = f"Too many wrong API keys came from this address. Wait {seconds // 60} minutes."
    return TooMany(sentence, retry_after=seconds)
