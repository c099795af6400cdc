"""Asking to unflag a suppression: done at once, or by the overnight run (K20)."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from kith.access.acting import asker
from kith.access.actors import OVERNIGHT, Actor, require
from kith.access.cases import open_case
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts import rules
from kith.contacts.actions import lift_suppression
from kith.contacts.standing import carried_by
from kith.contacts.suppressions.asked import queries
from kith.contacts.suppressions.models import AskedLift
from kith.kernel.clock import now
from kith.kernel.errors import DomainError, Refused
from kith.web.formats import group_id

State = AskedLift.State


@transaction.atomic
def ask_lift(
    *, actor: Actor, contact_id: int, suppression_id: int, note: str, person_told: bool = False
) -> AskedLift | None:
    """None: it was unflagged at once. Else it waits for the overnight run; until then it may be cancelled."""
    require(actor, Permission.CONTACT_SUPPRESS)
    changes_wait: Callable[[], bool] = import_string(settings.KITH_CHANGES_WAIT)
    if not changes_wait():
        lift_suppression(
            actor=actor,
            contact_id=contact_id,
            suppression_id=suppression_id,
            note=note,
            person_told=person_told,
        )
        return None
    carried = carried_by(contact_id, suppression_id)
    rules.may_lift(carried, note=note, person_told=person_told, actor=actor).or_raise()
    if queries.waiting(contact_id).filter(suppression_id=suppression_id).exists():
        raise Refused("It is asked for already: the next run unflags it.")
    asked = AskedLift.objects.create(
        suppression_id=suppression_id,
        contact_id=contact_id,
        note=note.strip(),
        person_told=person_told,
        user_id=actor.user_id,
        actor=actor.name,
        asked_at=now(),
    )
    _journal("UnflagAsked", asked, by=actor)
    return asked


@transaction.atomic
def cancel_asked(*, actor: Actor, asked_id: int) -> AskedLift:
    require(actor, Permission.CONTACT_SUPPRESS)
    asked = _waiting(asked_id)
    if asked is None:
        raise Refused("This does not wait any more.")
    _close(asked, State.CANCELLED)
    _journal("UnflagCancelled", asked, by=actor)
    return asked


def apply_asked(*, actor: Actor, asked_id: int) -> AskedLift.State | None:
    """Unflag, or say why it failed and open a case (K29); None where it no longer waits.

    In one transaction, so that after a crash it is either done or still waits.
    """
    require(actor, Permission.RUN_START)
    try:
        with transaction.atomic():
            asked = _waiting(asked_id)
            if asked is not None:
                _unflag(asked)
    except DomainError as error:
        return _fail(asked_id, error)
    return None if asked is None else State.DONE


def _unflag(asked: AskedLift) -> None:
    """With the rights that whoever asked has by now."""
    who = asker(user_id=asked.user_id, name=asked.actor)
    lift_suppression(
        actor=who,
        contact_id=asked.contact_id,
        suppression_id=asked.suppression_id,
        note=asked.note,
        person_told=asked.person_told,
    )
    _close(asked, State.DONE)


@transaction.atomic
def _fail(asked_id: int, error: DomainError) -> AskedLift.State | None:
    asked = _waiting(asked_id)
    if asked is None:
        return None
    _close(asked, State.FAILED, failure=error.message)
    _journal("UnflagFailed", asked, by=OVERNIGHT)
    title = f"Unflagging the suppression of GroupID {group_id(asked.contact_id)} failed: {error.message}"
    open_case(kind="failed_request", title=title, contact_id=asked.contact_id)
    return State.FAILED


def _waiting(asked_id: int) -> AskedLift | None:
    return AskedLift.objects.select_for_update().filter(pk=asked_id, state=State.WAITING).first()


def _close(asked: AskedLift, state: AskedLift.State, *, failure: str = "") -> None:
    asked.state, asked.closed_at, asked.failure = state, now(), failure[:500]
    asked.save(update_fields=["state", "closed_at", "failure"])


def _journal(event: str, asked: AskedLift, *, by: Actor) -> None:
    journal.record(
        event, by=by, subject_type="suppression", subject_id=asked.suppression_id, group_id=asked.contact_id
    )
