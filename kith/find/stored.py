"""Searches by their token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q
from django.db.models.functions import Lower

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.find.models import StoredSearch
from kith.find.searches import Search, read
from kith.kernel.errors import NotFound
from kith.vault.sealing import INSTALLATION, open_

_GONE: Final = "This search is no longer kept. Ask again."


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    token: str
    name: str
    is_shared: bool
    is_mine: bool
    owner: str


def context_of(token: str) -> str:
    return f"search {token}"


def search_of(token: str, *, actor: Actor) -> Search:
    """Of whoever has the token; of a saved view that is not shared, of its owner only."""
    return opened(row_of(token, actor=actor))


def row_of(token: str, *, actor: Actor) -> StoredSearch:
    require(actor, Permission.CONTACT_VIEW)
    open_to = Q(name="") | Q(is_shared=True) | Q(owner_id=actor.user_id, owner_id__isnull=False)
    found = StoredSearch.objects.filter(open_to, pk=token).first()
    if found is None:
        raise NotFound(_GONE)
    return found


def opened(row: StoredSearch) -> Search:
    return read(open_(INSTALLATION, bytes(row.body), context_of(row.token)).decode())


def views_of(actor: Actor) -> Sequence[View]:
    """One's own, then those that others share; by name."""
    require(actor, Permission.CONTACT_VIEW)
    mine = Q(owner_id=actor.user_id, owner_id__isnull=False)
    rows = StoredSearch.objects.filter(mine | Q(is_shared=True)).exclude(name="").defer("body")
    shown = [
        View(
            token=row.token,
            name=row.name,
            is_shared=row.is_shared,
            is_mine=row.owner_id is not None and row.owner_id == actor.user_id,
            owner=row.owner.name if row.owner else "",
        )
        for row in rows.select_related("owner").order_by(Lower("name"), "token")
    ]
    return sorted(shown, key=lambda view: not view.is_mine)
