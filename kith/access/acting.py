"""Who asked for work that a job does, named by ids alone, and what they may do by now."""

from __future__ import annotations

from typing import Final

from kith.access.actors import NOBODY, Actor
from kith.access.models import ApiKey, User
from kith.kernel.clock import now

_KEY: Final = "API key "


def key_id_of(actor: Actor) -> int | None:
    """Of an actor that is an API key."""
    if actor.user_id is not None or not actor.name.startswith(_KEY):
        return None
    named = ApiKey.objects.filter(name__iexact=actor.name.removeprefix(_KEY), revoked_at__isnull=True)
    return named.values_list("pk", flat=True).first()


def acting(*, user_id: int | None, key_id: int | None) -> Actor:
    """With the rights of today; nobody, where a user was switched off or a key revoked."""
    if user_id is not None:
        user = User.objects.filter(pk=user_id).first()
        return user.actor if user else NOBODY
    key = ApiKey.objects.filter(pk=key_id, revoked_at__isnull=True).first() if key_id else None
    return key.actor if key and key.is_valid_at(now()) else NOBODY
