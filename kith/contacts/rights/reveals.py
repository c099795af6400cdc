"""Who asked to see what, and sees it still."""

from __future__ import annotations

from typing import Final

from django.db import connection

from kith.access.actors import Actor
from kith.access.permissions import Permission
from kith.kernel.clock import now


def who_of(actor: Actor) -> str:
    """Users by number, API keys by their name: no two that are valid share one."""
    return f"user {actor.user_id}" if actor.user_id is not None else actor.name


def revealed_by(actor: Actor, contact_id: int) -> frozenset[str]:
    """Fields of this contact that the actor sees for a while; none of a contact that grew since."""
    if not actor.may(Permission.CONTACT_REVEAL):
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(_REVEALED, [who_of(actor), contact_id, now()])
        return frozenset(field for (field,) in cursor.fetchall())


_REVEALED: Final = """
SELECT DISTINCT r.field FROM contacts_reveal r
WHERE r.who = %s AND r.contact_id = %s AND r.expires_at > %s AND NOT EXISTS (
    SELECT 1 FROM sources_membership m
    WHERE m.contact_id = r.contact_id AND m.record_id <> ALL(r.record_ids)
)
"""
