"""System Refs that are let in although they, or whoever they are of, were anonymised."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db import connection

from kith.access.actors import Actor
from kith.sources import tombstones
from kith.sources.models import Admission, SourceSystem

_LET_IN: Final = """
INSERT INTO sources_admission (source_id, digest, why, user_id, actor) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (source_id, digest) DO NOTHING RETURNING id
"""


def admitted_among(source: SourceSystem, system_refs: Collection[str]) -> frozenset[str]:
    by_digest = {tombstones.digest(source.code, ref): ref for ref in system_refs}
    found = Admission.objects.filter(source=source, digest__in=list(by_digest))
    return frozenset(by_digest[bytes(one)] for one in found.values_list("digest", flat=True))


def let_in(*, actor: Actor, source: SourceSystem, system_ref: str, why: Admission.Why) -> int | None:
    """Asks no permission: part of an action that does. None: it is let in already."""
    digest = tombstones.digest(source.code, system_ref)
    with connection.cursor() as cursor:
        cursor.execute(_LET_IN, [source.pk, digest, why.value, actor.user_id, actor.name[:120]])
        made = cursor.fetchall()
    return int(made[0][0]) if made else None
