"""The versions of the matching models, and how many System Refs they are applied to."""

from __future__ import annotations

from typing import Final

from django.db import connection
from django.db.models import QuerySet

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.grouping.models import MatchingModel
from kith.kernel.errors import NotFound
from kith.matching.model import Model

_EXACT_BELOW: Final = 50_000
_SAMPLED: Final = 50_000
"""Records looked at to tell the shares of the kinds, where counting all takes too long for a page."""


def versions(kind: str, *, actor: Actor) -> QuerySet[MatchingModel]:
    """Newest first, without what they say."""
    require(actor, Permission.RULES_VIEW)
    found = MatchingModel.objects.filter(kind=kind).select_related("saved_by", "published_by")
    return found.defer("body", "report").order_by("-id")


def opened(model_id: int, *, actor: Actor) -> MatchingModel:
    require(actor, Permission.RULES_VIEW)
    found = MatchingModel.objects.select_related("saved_by", "published_by").filter(pk=model_id).first()
    if found is None:
        raise NotFound("There is no such version of the matching model.")
    return found


def said_by(version: MatchingModel) -> Model:
    return Model.from_json(version.body)


def system_refs(kind: str) -> int:
    """Of persons or companies; an estimate where there are many. One or two queries."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass('sources_sourcerecord')"
        )
        about = int(cursor.fetchall()[0][0])
        if about < _EXACT_BELOW:
            cursor.execute(
                "SELECT count(*) FROM sources_sourcerecord WHERE kind = %s AND erased_at IS NULL", [kind]
            )
            return int(cursor.fetchall()[0][0])
        cursor.execute(
            "SELECT count(*) FILTER (WHERE kind = %s AND erased_at IS NULL), count(*)"
            " FROM sources_sourcerecord TABLESAMPLE SYSTEM (%s) REPEATABLE (1)",
            [kind, 100 * _SAMPLED / about],
        )
        of_kind, looked_at = cursor.fetchall()[0]
    return round(about * int(of_kind) / max(int(looked_at), 1))
