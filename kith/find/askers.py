"""Who asked for work that a job does, and what they may do by now."""

from __future__ import annotations

from typing import Final

from django.db.models import Q

from kith.access.actors import NOBODY, Actor
from kith.access.models import ApiKey, User
from kith.kernel.clock import now

_KEY: Final = "API key "


def asker(*, user_id: int | None, name: str) -> Actor:
    """With the rights of today; nobody, where a user was switched off or a key revoked."""
    if user_id is not None:
        user = User.objects.filter(pk=user_id).first()
        return user.actor if user else NOBODY
    if not name.startswith(_KEY):
        return NOBODY
    key = ApiKey.objects.filter(name__iexact=name.removeprefix(_KEY), revoked_at__isnull=True).first()
    return key.actor if key and key.is_valid_at(now()) else NOBODY


def asked_by(actor: Actor) -> Q:
    """Of models with `user` and `actor`: what this one asked for."""
    if actor.user_id is not None:
        return Q(user_id=actor.user_id)
    return Q(user__isnull=True, actor=actor.name)
