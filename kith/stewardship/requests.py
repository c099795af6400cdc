"""Requests: changes of who is who that wait. Whoever offers such a change calls `ask`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Prefetch, QuerySet

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.contacts.history import MOST, Happening
from kith.contacts.models import Contact
from kith.contacts.rights.masks import DOTS
from kith.grouping.intents import from_json
from kith.kernel.errors import NotFound
from kith.stewardship import words
from kith.stewardship.actions import WAITING, Asked, approve, ask, cancel, reject
from kith.stewardship.models import Request, RequestContact
from kith.web.formats import group_id

__all__ = [
    "Asked",
    "approve",
    "ask",
    "cancel",
    "happenings",
    "reject",
    "request_of",
    "requests",
    "waiting_for",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRequest:
    request: Request
    words: str
    """What is asked for."""
    contact_ids: tuple[int, ...]
    waits: bool
    needs_second: bool
    may_decide: bool
    """The reader may be the second person."""


def requests(*, actor: Actor, state: str = "", kind: str = "") -> QuerySet[Request]:
    """Newest first. `state`: a state, 'waiting' or '' for all."""
    require(actor, Permission.CONTACT_GROUP)
    found = _related().order_by("-pk")
    if state == "waiting":
        found = found.filter(state__in=WAITING)
    elif state:
        found = found.filter(state=state)
    return found.filter(kind=kind) if kind else found


def request_of(request_id: int, *, actor: Actor) -> Request:
    request = requests(actor=actor).filter(pk=request_id).first()
    if request is None:
        raise NotFound("There is no such request.")
    return request


def shown(request: Request, *, actor: Actor) -> ShownRequest:
    needs_second = request.state == Request.State.AWAITING_SECOND
    return ShownRequest(
        request=request,
        words=words.whole(from_json(request.intent)),
        contact_ids=tuple(one.contact_id for one in request.involved.all()),
        waits=request.state in WAITING,
        needs_second=needs_second,
        may_decide=needs_second and actor.user_id not in {None, request.asked_by_id},
    )


TALLIED: Final = "FROM stewardship_requestcontact WHERE contact_id = %(contact)s AND waits"


def waiting_for(contact_id: int) -> tuple[Request, str] | None:
    """What waits for a contact, in words as that contact sees it; at most one thing does (A8)."""
    row = _rows_of(contact_id).filter(waits=True).first()
    if row is None:
        return None
    return row.request, words.seen_from(contact_id, from_json(row.request.intent))


def queued(kinds: Sequence[str]) -> list[int]:
    """Ids in the order they were asked for."""
    found = Request.objects.filter(state=Request.State.QUEUED, kind__in=kinds)
    return list(found.order_by("pk").values_list("pk", flat=True))


def ended_in(run_id: int, kinds: Sequence[str], state: str) -> int:
    return Request.objects.filter(run_id=run_id, kind__in=kinds, state=state).count()


def happenings(contact: Contact) -> Iterable[Happening]:
    """For the contact's History: what was asked for, and what became of it where nothing changed."""
    for row in _rows_of(contact.pk).order_by("-request_id")[:MOST]:
        request, intent = row.request, from_json(row.request.intent)
        said = words.seen_from(contact.pk, intent)
        masked = words.seen_from(contact.pk, intent, naming=_only(contact.pk))
        yield Happening(
            request.asked_at,
            f"Asked for: {said}",
            request.asked_as,
            by_colleague=request.asked_by_id is not None,
            masked=f"Asked for: {masked}",
        )
        if request.closed_at is not None and request.state in _CAME_TO_NOTHING:
            yield Happening(
                request.closed_at,
                f"{request.get_state_display()}: {said}",
                request.closed_by.name if request.closed_by else "Overnight run",
                by_colleague=request.closed_by is not None,
                masked=f"{request.get_state_display()}: {masked}",
            )


def _only(contact_id: int) -> words.Naming:
    """Tells no other GroupID than this one."""
    return lambda pk: group_id(pk) if pk == contact_id else DOTS


_CAME_TO_NOTHING: Final = (Request.State.FAILED, Request.State.REJECTED, Request.State.CANCELLED)


def _rows_of(contact_id: int) -> QuerySet[RequestContact]:
    return RequestContact.objects.filter(contact_id=contact_id).select_related(
        "request__asked_by", "request__closed_by"
    )


def _related() -> QuerySet[Request]:
    involved = RequestContact.objects.order_by("pk")
    related = Request.objects.select_related("asked_by", "second_by", "closed_by", "operation", "run")
    return related.prefetch_related(Prefetch("involved", queryset=involved))
