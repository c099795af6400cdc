"""Whom a kept search means, for what is done to all of them: exports and bulk changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from kith.access.actors import Actor
from kith.contacts.models import Contact
from kith.contacts.rights.sight import sight_of
from kith.find.choosing import chosen, describe
from kith.find.searches import Search
from kith.find.stored import search_of


@dataclass(frozen=True, slots=True)
class Selected:
    ids: QuerySet[Contact]
    """Each once, in no order."""
    words: tuple[str, ...]
    """Without personal values."""
    search: Search


def selected(token: str, *, actor: Actor) -> Selected:
    """By what the actor may ask by today. NotFound, Refused."""
    search = search_of(token, actor=actor)
    ids = chosen(search, sight=sight_of(actor))
    return Selected(ids=ids, words=tuple(describe(search)), search=search)


def insert_chosen(statement: str, parameters: Sequence[int], ids: QuerySet[Contact]) -> int:
    """`INSERT … SELECT … FROM ({chosen}) x`, whose rows have an `id`; returns how many."""
    try:
        sql, chosen_by = ids.order_by().values("id").query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(statement.format(chosen=sql), [*parameters, *chosen_by])
        return int(cursor.rowcount)
