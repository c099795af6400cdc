"""A report given by a link that opens once: made, opened, withdrawn, removed when nobody came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import uuid4

from django.db import transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts.belongings import record_ids_of
from kith.kernel.clock import now
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.printouts.actions import print_contact
from kith.printouts.formats import File
from kith.printouts.queries import Wish
from kith.privacy.front import limits
from kith.privacy.front.actions import count_use
from kith.privacy.front.limits import TooMany
from kith.privacy.front.tokens import digest_of, new_token
from kith.privacy.information import files
from kith.privacy.information.models import InformationLink
from kith.sources.doors import lock
from kith.sources.models import SourceRecord

WAITS: Final = timedelta(days=7)
WHOEVER: Final = Actor("Whoever has the link", frozenset())
DEAD: Final = "This link does not work any more: it opens once, and for 7 days. Ask for a new one."
_TOO_MANY: Final = "Too many links that do not work were tried from here. Try again in an hour."


@dataclass(frozen=True, slots=True)
class MadeLink:
    link: InformationLink
    token: str = field(repr=False)
    """Known to nobody here a moment later."""


@transaction.atomic
def make_link(*, actor: Actor, contact_id: int, wish: Wish) -> MadeLink:
    """As the report itself (`print_contact`), laid down to be fetched."""
    require(actor, Permission.CONTACT_REPORT)
    record_ids = list(record_ids_of(contact_id))
    made = print_contact(actor=actor, contact_id=contact_id, wish=wish)
    lock.shared()
    if SourceRecord.objects.filter(pk__in=record_ids, erased_at=None).count() != len(record_ids):
        raise Refused("This contact was anonymised or deleted while its report was made.")
    uid, token = uuid4(), new_token()
    laid = files.lay_down(made.body, uid=uid)
    link = InformationLink.objects.create(
        uid=uid,
        token_digest=digest_of(token),
        contact_id=contact_id,
        file_key=laid.file_key,
        sealed_key=laid.sealed_key,
        file_name=made.name,
        media_type=made.media_type,
        size=len(made.body),
        made_by_id=actor.user_id,
        made_as=actor.name,
        expires_at=now() + WAITS,
    )
    _journal("InformationLinkMade", link, by=actor)
    return MadeLink(link, token)


def open_link(*, token: str, address: str) -> File:
    """Once: of two at the same moment one gets it. Its file and key are gone when this returns.

    Only links that do not work are counted: whoever has the right one is never shut out by whoever guesses.
    """
    try:
        return _opened(token)
    except NotFound:
        if not count_use(limits.OPEN_LINK, address):
            raise TooMany(_TOO_MANY) from None
        raise


@transaction.atomic
def withdraw_link(*, actor: Actor, contact_id: int, link_id: int) -> InformationLink:
    require(actor, Permission.CONTACT_REPORT)
    link = InformationLink.objects.select_for_update().filter(pk=link_id, contact_id=contact_id).first()
    if link is None:
        raise NotFound("There is no such link.")
    if not link.is_waiting:
        raise Conflict("This link was opened already, or has expired.")
    link.withdrawn_at = now()
    _take_away(link)
    _journal("InformationLinkWithdrawn", link, by=actor)
    return link


@transaction.atomic
def withdraw_all(*, actor: Actor) -> int:
    """All that wait; how many."""
    require(actor, Permission.CONTACT_REPORT)
    waiting = InformationLink.objects.select_for_update().exclude(file_key="").order_by("pk")
    for link in waiting:
        link.withdrawn_at = now()
        _take_away(link)
        _journal("InformationLinkWithdrawn", link, by=actor)
    return len(waiting)


def remove_expired() -> int:
    """Housekeeping. Returns how many files went."""
    late = InformationLink.objects.filter(expires_at__lte=now()).exclude(file_key="")
    return sum(_expire(pk) for pk in late.values_list("pk", flat=True))


def forget_links(*, contact_ids: Sequence[int]) -> None:
    """Nothing is fetched any more; whoever calls removes the files."""
    links = InformationLink.objects.filter(contact_id__in=contact_ids).exclude(file_key="")
    links.update(file_key="", sealed_key=None)


@transaction.atomic
def _opened(token: str) -> File:
    rows = InformationLink.objects.select_for_update().filter(token_digest=digest_of(token))
    link = rows.first()
    if link is None or not link.is_waiting:
        raise NotFound(DEAD)
    body = files.body_of(link)
    link.opened_at = now()
    _take_away(link)
    _journal("InformationLinkOpened", link, by=WHOEVER)
    return File(link.file_name, link.media_type, body)


@transaction.atomic
def _expire(link_id: int) -> bool:
    link = InformationLink.objects.select_for_update().get(pk=link_id)
    if not link.file_key:
        return False
    _take_away(link)
    return True


def _take_away(link: InformationLink) -> None:
    transaction.on_commit(partial(files.remove, link.file_key))
    link.file_key, link.sealed_key = "", None
    link.save(update_fields=["file_key", "sealed_key", "opened_at", "withdrawn_at"])


def _journal(event: str, link: InformationLink, *, by: Actor) -> None:
    journal.record(
        event,
        by=by,
        subject_type=InformationLink.SUBJECT,
        subject_id=link.pk,
        group_id=link.contact_id,
        detail={"kind": f"report as {link.file_name.rpartition('.')[2].upper()}"},
    )
