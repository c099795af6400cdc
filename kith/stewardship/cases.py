"""Stewardship cases: what failed or needs a person (K29)."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet

from kith.access.actors import OVERNIGHT, Actor, require
from kith.access.permissions import Permission
from kith.kernel.errors import NotFound
from kith.stewardship import actions
from kith.stewardship.models import Case, CaseNote

UNRESOLVED: Final = (Case.State.OPEN, Case.State.IN_PROGRESS)
TALLIED: Final = "FROM stewardship_case WHERE contact_id = %(contact)s"


def open_case(
    *,
    kind: str,
    title: str,
    contact_id: int | None = None,
    run_id: int | None = None,
    request_id: int | None = None,
) -> Case:
    """One that Kith opens by itself (`KITH_OPEN_CASE`); while one of the kind and subject is unresolved,
    that one comes back. `title`: GroupIDs and what happened, never values of a person. Without a run
    and a request it is the subject too: no numbers in it that differ from night to night.
    """
    return actions.open_case(
        actor=OVERNIGHT,
        kind=Case.Kind(kind),
        title=title,
        contact_id=contact_id,
        run_id=run_id,
        request_id=request_id,
    )


def settle_cases(*, kind: str) -> None:
    """What the open ones of this kind asked for went away by itself (`KITH_SETTLE_CASES`)."""
    actions.settle_cases(actor=OVERNIGHT, kind=Case.Kind(kind))


def cases(
    *, actor: Actor, state: str = "", kind: str = "", owner: str = "", contact_id: int | None = None
) -> QuerySet[Case]:
    """Newest first. `state`: a state, 'unresolved' or '' for all. `owner`: a user's id, 'nobody' or ''."""
    require(actor, Permission.CONTACT_GROUP)
    found = Case.objects.select_related("owner", "opened_by").order_by("-pk")
    if state == "unresolved":
        found = found.filter(state__in=UNRESOLVED)
    elif state:
        found = found.filter(state=state)
    if kind:
        found = found.filter(kind=kind)
    if owner:
        found = found.filter(owner__isnull=True) if owner == "nobody" else found.filter(owner_id=int(owner))
    return found if contact_id is None else found.filter(contact_id=contact_id)


def case_of(case_id: int, *, actor: Actor) -> Case:
    related = cases(actor=actor).select_related("owner", "opened_by", "resolved_by", "request", "run")
    case = related.filter(pk=case_id).first()
    if case is None:
        raise NotFound("There is no such case.")
    return case


def notes_of(case: Case) -> QuerySet[CaseNote]:
    """Oldest first."""
    return case.notes.order_by("pk")
