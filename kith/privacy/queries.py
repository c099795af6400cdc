"""Erasures, for the pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.kernel.errors import NotFound
from kith.privacy.models import Certificate, Erasure

State = Erasure.State
UNDER_WAY: Final = (State.QUEUED, State.ERASED, State.FILES_GONE, State.SETTLED)
WAITS_FOR_A_PERSON: Final = (State.WAITS_SECOND, State.BLOCKED, State.STUCK)
SHOWN: Final = {
    "": ("All", tuple(State)),
    "waiting": ("Wait for somebody", WAITS_FOR_A_PERSON),
    "under-way": ("Under way", UNDER_WAY),
    "done": ("Done", (State.DONE,)),
    "cancelled": ("Cancelled", (State.CANCELLED,)),
}


@dataclass(frozen=True, slots=True)
class Stage:
    label: str
    is_done: bool
    is_now: bool
    """The next one, or what it is about."""


_STAGES: Final = (
    ("Ordered", (State.QUEUED,)),
    ("Rows emptied, keys destroyed, doors closed", (State.ERASED,)),
    ("Files removed", (State.FILES_GONE,)),
    ("Looked for everywhere", (State.SETTLED,)),
    ("Proved", (State.DONE,)),
)
_ORDER: Final = {state: place for place, (_, states) in enumerate(_STAGES) for state in states}


def erasures(*, actor: Actor, shown: str = "", contact_id: int | None = None) -> QuerySet[Erasure]:
    """Newest first."""
    require(actor, Permission.PRIVACY_VIEW)
    _, states = SHOWN.get(shown, SHOWN[""])
    found = Erasure.objects.filter(state__in=states).select_related("asked_by").order_by("-pk")
    return found.filter(contact_id=contact_id) if contact_id is not None else found


def erasure_of(erasure_id: int, *, actor: Actor) -> Erasure:
    require(actor, Permission.PRIVACY_VIEW)
    found = Erasure.objects.select_related("asked_by", "second_by").filter(pk=erasure_id).first()
    if found is None:
        raise NotFound("There is no such erasure.")
    return found


def open_order_of(contact_id: int) -> Erasure | None:
    return Erasure.objects.filter(contact_id=contact_id).exclude(state__in=Erasure.ENDED).first()


def newest_order_of(contact_id: int) -> Erasure | None:
    found = Erasure.objects.filter(contact_id=contact_id).exclude(state=State.CANCELLED)
    return found.order_by("-pk").first()


def certificate_of(erasure_id: int, *, actor: Actor) -> Certificate:
    require(actor, Permission.PRIVACY_VIEW)
    found = Certificate.objects.select_related("erasure").filter(erasure_id=erasure_id).first()
    if found is None:
        raise NotFound("This erasure has no certificate: it is not proved yet.")
    return found


def stages_of(erasure: Erasure) -> tuple[Stage, ...]:
    """How far it is; of one that was cancelled or waits for somebody: none."""
    state = State.FILES_GONE if erasure.state == State.STUCK else State(erasure.state)
    place = _ORDER.get(state)
    if place is None:
        return ()
    return tuple(
        Stage(label, is_done=number <= place, is_now=number == place + 1)
        for number, (label, _) in enumerate(_STAGES)
    )
