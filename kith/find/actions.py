"""Keeping what was asked for."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.find.models import StoredSearch
from kith.find.searches import Search, written
from kith.find.stored import context_of
from kith.kernel.errors import NotAllowed, NotFound, Refused
from kith.vault.sealing import INSTALLATION, seal

KEPT: Final = timedelta(days=30)
LONGEST_NAME: Final = 80
_TOKEN_BYTES: Final = 16


@transaction.atomic
def keep_search(*, actor: Actor, search: Search) -> str:
    """The token under which it is kept for a month. Not journalled: looking is no change."""
    require(actor, Permission.CONTACT_VIEW)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    body = seal(INSTALLATION, written(search).encode(), context_of(token))
    StoredSearch.objects.create(token=token, owner_id=actor.user_id, body=body)
    return token


@transaction.atomic
def save_view(*, actor: Actor, search: Search, name: str, is_shared: bool) -> str:
    """Under this name; one's own view of that name is replaced and keeps its token."""
    require(actor, Permission.CONTACT_VIEW)
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Refused(f"Give the view a name of at most {LONGEST_NAME} characters.")
    if actor.user_id is None:
        raise NotAllowed("Views are saved by people.")
    if search.is_empty:
        raise Refused("A view asks for something: give a criterion first.")
    mine = StoredSearch.objects.select_for_update().filter(owner_id=actor.user_id, name__iexact=name)
    old = mine.first()
    token = old.token if old else secrets.token_urlsafe(_TOKEN_BYTES)
    StoredSearch.objects.update_or_create(
        token=token,
        defaults={
            "owner_id": actor.user_id,
            "name": name,
            "is_shared": is_shared,
            "body": seal(INSTALLATION, written(search).encode(), context_of(token)),
        },
    )
    _journal("ViewSaved", actor=actor, is_shared=is_shared)
    return token


@transaction.atomic
def delete_view(*, actor: Actor, token: str) -> None:
    """One's own; a shared one also by whoever may change settings."""
    require(actor, Permission.CONTACT_VIEW)
    row = StoredSearch.objects.select_for_update().exclude(name="").filter(pk=token).first()
    is_mine = row is not None and actor.user_id is not None and row.owner_id == actor.user_id
    if row is None or not (is_mine or row.is_shared):
        raise NotFound("There is no such view.")
    if not is_mine:
        require(actor, Permission.SETTINGS_EDIT)
    is_shared = row.is_shared
    row.delete()
    _journal("ViewDeleted", actor=actor, is_shared=is_shared)


def _journal(event: str, *, actor: Actor, is_shared: bool) -> None:
    journal.record(event, by=actor, subject_type="saved_view", detail={"shared": is_shared})


@transaction.atomic
def forget_old_searches(*, actor: Actor) -> int:
    """Those that nobody saved, after a month."""
    require(actor, Permission.CONTACT_VIEW)
    old = StoredSearch.objects.filter(name="", created_at__lt=timezone.now() - KEPT)
    return old.delete()[0]
