"""Requests of persons, for the pages and for the report to a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import Count, Q, QuerySet

from kith.access.actors import Actor, require
from kith.access.models import User
from kith.access.permissions import Permission
from kith.audit.models import Entry
from kith.contacts.models import Contact
from kith.contacts.queries import end_of
from kith.kernel.clock import today
from kith.kernel.errors import NotFound
from kith.privacy.models import Erasure
from kith.privacy.register.models import PersonRequest
from kith.privacy.register.restricting import is_restricted
from kith.privacy.register.rules import Stand
from kith.privacy.register.sealing import Said, opened
from kith.privacy.register.sections import requests_in_force
from kith.vault.own_key import SealedAlone

NOBODY: Final = "nobody"
OPEN: Final = "open"


class Due(StrEnum):
    OVERDUE = "overdue"
    SOON = "soon"
    """Within the days after which a case is opened."""


@dataclass(frozen=True, slots=True)
class Counts:
    open: int
    overdue: int
    soon: int
    nobodys: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    kind: str = ""
    state: str = OPEN
    """A state, 'open' or '' for all."""
    owner: str = ""
    """A user's id, 'nobody' or ''."""
    due: Due | None = None

    def rows(self, *, actor: Actor) -> QuerySet[PersonRequest]:
        """Open ones first, the one that is due first on top; of closed ones the newest."""
        found = requests(actor=actor).order_by("due_on", "pk")
        if self.state == OPEN:
            found = found.filter(state__in=PersonRequest.OPEN)
        else:
            found = found.order_by("-pk")
            found = found.filter(state=self.state) if self.state else found
        if self.kind:
            found = found.filter(kind=self.kind)
        if self.owner:
            mine = Q(owner__isnull=True) if self.owner == NOBODY else Q(owner_id=int(self.owner))
            found = found.filter(mine)
        return found.filter(_OPEN, _due(self.due)) if self.due else found


_OPEN: Final = Q(state__in=PersonRequest.OPEN)


def _due(when: Due) -> Q:
    day = today()
    if when is Due.OVERDUE:
        return Q(due_on__lt=day)
    return Q(due_on__gte=day, due_on__lt=day + timedelta(days=requests_in_force().remind_days))


def requests(*, actor: Actor) -> QuerySet[PersonRequest]:
    """Without what the persons wrote."""
    require(actor, Permission.PRIVACY_VIEW)
    return PersonRequest.objects.select_related("owner").defer("sealed_words", "sealed_key")


def request_of(request_id: int, *, actor: Actor) -> PersonRequest:
    found = requests(actor=actor).select_related("erasure").filter(pk=request_id).first()
    if found is None:
        raise NotFound("There is no such request.")
    return found


def counts(*, actor: Actor) -> Counts:
    require(actor, Permission.PRIVACY_VIEW)
    found = PersonRequest.objects.filter(_OPEN).aggregate(
        open=Count("pk"),
        overdue=Count("pk", filter=_due(Due.OVERDUE)),
        soon=Count("pk", filter=_due(Due.SOON)),
        nobodys=Count("pk", filter=Q(owner__isnull=True)),
    )
    return Counts(**found)


def history_of(request_id: int, *, actor: Actor) -> Sequence[Entry]:
    """Newest first."""
    require(actor, Permission.PRIVACY_VIEW)
    found = Entry.objects.filter(subject_type=PersonRequest.SUBJECT, subject_id=request_id)
    return list(found.order_by("-pk")[:100])


def stand_of(request: PersonRequest) -> Stand:
    erasure = request.erasure
    is_ordered = erasure is not None and erasure.state != Erasure.State.CANCELLED
    return Stand(
        kind=request.kind,
        state=request.state,
        is_extended=request.first_due_on is not None,
        has_contact=request.contact_id is not None,
        is_identified=request.identity_at is not None,
        has_erasure=is_ordered,
        is_being_erased=is_ordered and erasure is not None and erasure.state not in Erasure.OPEN,
        is_erased=_is_erased(request.contact_id, erasure if is_ordered else None),
        is_restricted=is_restricted(request.contact_id),
    )


def _is_erased(contact_id: int | None, ordered: Erasure | None) -> bool:
    return is_anonymised(contact_id) if ordered is None else ordered.state == Erasure.State.DONE


def leads_to(request: PersonRequest) -> int | None:
    """The contact that its GroupID is by now: grouped ones have a successor."""
    return None if request.contact_id is None else end_of(request.contact_id) or request.contact_id


def is_anonymised(contact_id: int | None) -> bool:
    end = (end_of(contact_id) or 0) if contact_id is not None else 0
    return Contact.objects.filter(pk=end, state=Contact.State.ANONYMISED).exists()


def said_in(request: PersonRequest) -> Said:
    """Nothing, once it is destroyed. Whoever calls has asked for the permission, and writes who read it."""
    if request.sealed_words is None or request.sealed_key is None:
        return Said()
    return opened(SealedAlone(bytes(request.sealed_words), bytes(request.sealed_key)), uid=request.uid)


def officers() -> QuerySet[User]:
    """By name."""
    return User.objects.who_may(Permission.PRIVACY_EDIT).order_by("name", "pk")


def old_words(*, before: datetime) -> QuerySet[PersonRequest]:
    """Requests closed before that with words that can be read still."""
    return PersonRequest.objects.filter(closed_at__lt=before, sealed_words__isnull=False)
