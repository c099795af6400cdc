"""Orders to anonymise: asked for, approved, cancelled, tried again (C40, K24)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from kith.access.actors import PRIVACY_ENGINE, Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts.actions import lift_suppression, suppress
from kith.contacts.deletion.registry import leaving_of
from kith.contacts.models import Contact, Suppression
from kith.contacts.standing import standing_of
from kith.kernel.clock import now
from kith.kernel.erasing import Blocker
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.privacy.erasing.blockers import GROWN, NOT_SET_UP, blockers_of
from kith.privacy.erasing.progress import open_case
from kith.privacy.erasing.waiting import waits_for_the_night
from kith.privacy.models import Erasure
from kith.privacy.sections import anonymisation_in_force
from kith.sources.models import Membership
from kith.web.formats import group_id

State, Route = Erasure.State, Erasure.Route
_Reason = Suppression.Reason
_RESTRICTED: Final = _Reason.RESTRICTED
_MEANWHILE: Final = "To be anonymised as soon as it may be"


@transaction.atomic
def order_erasure(
    *,
    actor: Actor,
    contact_id: int,
    typed_group_id: int,
    route: str = Route.ACTION,
    request_id: int | None = None,
    as_soon_as_it_may: bool = False,
) -> Erasure:
    """By hand it is refused while anything stands against it, with every reason (C41). On other ways, or
    `as_soon_as_it_may`, it stays open and is tried again every night (A16), and meanwhile the contact is
    suppressed (X6). `typed_group_id`: the second thought."""
    require(actor, Permission.CONTACT_ANONYMISE)
    if typed_group_id != contact_id:
        raise Refused("The GroupID you typed is another one. Nothing was ordered.")
    locked = Contact.objects.select_for_update().filter(pk=contact_id, state=Contact.State.ACTIVE)
    if not locked.only("pk").exists():
        raise NotFound("There is no such contact.")
    if Erasure.objects.filter(contact_id=contact_id).exclude(state__in=Erasure.ENDED).exists():
        raise Conflict("Anonymising this contact was ordered already.")
    leaving = leaving_of(contact_id)
    blockers = blockers_of(leaving, route=route)
    switched_off = any(one.code in NOT_SET_UP for one in blockers)
    if route == Route.ACTION and blockers and (switched_off or not as_soon_as_it_may):
        raise Refused(_sentence(blockers))
    erasure = Erasure.objects.create(
        contact_id=contact_id,
        route=route,
        state=_first_state(blockers),
        blocked=sorted({one.code for one in blockers}),
        record_ids=list(leaving.record_ids),
        request_id=request_id,
        asked_by_id=actor.user_id,
        asked_as=actor.name,
    )
    _journal("ErasureOrdered", erasure, by=actor)
    if blockers:
        _suppress_meanwhile(contact_id)
        open_case(erasure, f"GroupID {group_id(contact_id)} is to be anonymised, and may not be now")
    _go_on(erasure)
    return erasure


@transaction.atomic
def approve_erasure(*, actor: Actor, uid: UUID) -> Erasure:
    """By somebody other than whoever asked."""
    require(actor, Permission.ERASURE_APPROVE)
    erasure = _locked(uid)
    if erasure.state != State.WAITS_SECOND:
        raise Conflict("This erasure does not wait for a second person.")
    if actor.user_id is not None and actor.user_id == erasure.asked_by_id:
        raise Refused("Somebody else has to approve what you asked for.")
    erasure.second_by_id, erasure.second_at, erasure.state = actor.user_id, now(), State.QUEUED
    erasure.record_ids = list(leaving_of(erasure.contact_id).record_ids)
    erasure.save(update_fields=["second_by", "second_at", "state", "record_ids"])
    _journal("ErasureApproved", erasure, by=actor)
    _go_on(erasure)
    return erasure


@transaction.atomic
def cancel_erasure(*, actor: Actor, uid: UUID) -> Erasure:
    """While nothing of it is done. The suppression that was made meanwhile goes with it."""
    require(actor, Permission.CONTACT_ANONYMISE)
    erasure = _locked(uid)
    if erasure.state not in Erasure.OPEN:
        raise Conflict("This erasure has begun, or has ended; it cannot be cancelled.")
    erasure.state, erasure.ended_at = State.CANCELLED, now()
    erasure.save(update_fields=["state", "ended_at"])
    _journal("ErasureCancelled", erasure, by=actor)
    _take_back_suppression(erasure)
    return erasure


@transaction.atomic
def retry_erasure(*, actor: Actor, uid: UUID) -> Erasure:
    """One that is blocked, or could not be proved. What came to the contact meanwhile goes with it then."""
    require(actor, Permission.CONTACT_ANONYMISE)
    erasure = _locked(uid)
    if erasure.state not in {State.BLOCKED, State.STUCK}:
        raise Conflict("There is nothing to try again.")
    if erasure.state == State.STUCK:
        erasure.state = State.ERASED
    else:
        erasure.state = _again(erasure)
        erasure.record_ids = list(leaving_of(erasure.contact_id).record_ids)
    erasure.attempts = 0
    erasure.save(update_fields=["state", "attempts", "record_ids"])
    _journal("ErasureRetried", erasure, by=actor)
    _go_on(erasure, at_once=True)
    return erasure


def _again(erasure: Erasure) -> str:
    """A second person approved less than it is now."""
    is_seen_anew = GROWN in erasure.blocked and anonymisation_in_force().four_eyes
    return State.WAITS_SECOND if is_seen_anew else State.QUEUED


def _suppress_meanwhile(contact_id: int) -> None:
    """Whoever asked to be forgotten is not written to until that is possible."""
    carried = standing_of([contact_id])[contact_id]
    # A restriction lets through what the law demands, and is lifted for reasons of its own.
    if any(one.scope == Suppression.Scope.ALL and one.reason != _RESTRICTED for one in carried):
        return
    suppress(actor=PRIVACY_ENGINE, contact_id=contact_id, reason=_Reason.MANUAL, note=_MEANWHILE)


def _take_back_suppression(cancelled: Erasure) -> None:
    """From whichever contacts have its System Refs by now, unless another order waits for them."""
    held = Membership.objects.filter(record_id__in=cancelled.record_ids)
    for contact_id in sorted(set(held.values_list("contact_id", flat=True))):
        members = list(Membership.objects.filter(contact_id=contact_id).values_list("record_id", flat=True))
        others = Erasure.objects.exclude(state__in=Erasure.ENDED).exclude(pk=cancelled.pk)
        if others.filter(Q(contact_id=contact_id) | Q(record_ids__overlap=members)).exists():
            continue
        for one in standing_of([contact_id])[contact_id]:
            if (one.reason, one.by, one.note) == (_Reason.MANUAL, PRIVACY_ENGINE.name, _MEANWHILE):
                lift_suppression(
                    actor=PRIVACY_ENGINE,
                    contact_id=contact_id,
                    suppression_id=one.suppression_id,
                    note="The order to anonymise was cancelled",
                )


def _first_state(blockers: Sequence[Blocker]) -> str:
    if anonymisation_in_force().four_eyes:
        return State.WAITS_SECOND
    return State.BLOCKED if blockers else State.QUEUED


def _go_on(erasure: Erasure, *, at_once: bool = False) -> None:
    from kith.privacy.tasks import ask_to_carry_on

    ready = erasure.state in {State.QUEUED, State.ERASED}
    if ready and (at_once or not waits_for_the_night(erasure.contact_id)):
        ask_to_carry_on()


def _sentence(blockers: Sequence[Blocker]) -> str:
    reasons = "; ".join(one.sentence for one in blockers)
    return f"This contact may not be anonymised now: {reasons}."


def _locked(uid: UUID) -> Erasure:
    found = Erasure.objects.select_for_update(of=("self",)).filter(uid=uid).first()
    if found is None:
        raise NotFound("There is no such erasure.")
    return found


def _journal(event: str, erasure: Erasure, *, by: Actor) -> None:
    journal.record(
        event,
        by=by,
        subject_type=Erasure.SUBJECT,
        subject_id=erasure.pk,
        group_id=erasure.contact_id,
        detail={"route": erasure.route, "blocked": list(erasure.blocked)},
    )
