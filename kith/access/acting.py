"""Who asked for work that a job does, named by ids alone, and what they may do by now."""

from __future__ import annotations

from typing import Final

from kith.access.actors import NOBODY, Actor
from kith.access.models import ApiKey, User
from kith.kernel.clock import now

_KEY: Final = "API key "


def key_id_of(actor: Actor) -> int | None:
    """Of an actor that is an API key."""
    return None if actor.user_id is not None else _key_called(actor.name)


def _key_called(name: str) -> int | None:
    if not name.startswith(_KEY):
        return None
    named = ApiKey.objects.filter(name__iexact=name.removeprefix(_KEY), revoked_at__isnull=True)
    return named.values_list("pk", flat=True).first()


def asker(*, user_id: int | None, name: str) -> Actor:
    """As `acting`, of work whose row keeps what its actor was called."""
    return acting(user_id=user_id, key_id=_key_called(name) if user_id is None else None)


def acting(*, user_id: int | None, key_id: int | None) -> Actor:
    """With the rights of today; nobody, where a user was switched off or a key revoked."""
    if user_id is not None:
        user = User.objects.filter(pk=user_id).first()
        return user.actor if user else NOBODY
    key = ApiKey.objects.filter(pk=key_id, revoked_at__isnull=True).first() if key_id else None
    return key.actor if key and key.is_valid_at(now()) else NOBODY
