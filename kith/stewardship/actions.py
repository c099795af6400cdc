"""Asking for a change of who is who, at once or to wait; stewardship cases and settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from kith.access.actors import OVERNIGHT, Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts.models import Contact
from kith.grouping.actions import carry_out
from kith.grouping.intents import Intent, from_json, kind_of, to_json
from kith.grouping.models import Operation
from kith.grouping.previewing import preview
from kith.kernel import clock
from kith.kernel.errors import Conflict, DomainError, NotFound, Refused
from kith.sources.doors.holding import ANONYMISED
from kith.stewardship import words
from kith.stewardship.involved import contacts_of, hold
from kith.stewardship.models import Case, CaseNote, Request, RequestContact, StewardshipSettings
from kith.stewardship.policy import must_wait, settings_in_force
from kith.stewardship.review.keeping import refresh_about, refresh_after
from kith.stewardship.stewards import is_steward
from kith.web.formats import group_id

WAITING: Final = (Request.State.QUEUED, Request.State.AWAITING_SECOND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One of the two is there: the operation if it is done, the request if it waits."""

    operation: Operation | None
    request: Request | None
    words: str
    """For whoever asked."""


@transaction.atomic
def ask(*, actor: Actor, intent: Intent, reason: str = "", seen: str = "", lift: bool = False) -> Asked:
    """Change who is who: at once, or, where the settings say so, after a second person or over night.

    What would be refused is refused now, and so is whatever concerns a GroupID that a request waits for (A8).
    `seen` and `lift` as for `kith.grouping.actions.carry_out`.
    """
    require(actor, Permission.CONTACT_GROUP)
    involved = contacts_of(intent)
    hold(involved)
    _refuse_while_one_waits(involved)
    state = must_wait(intent)
    if state is None:
        operation = carry_out(actor=actor, intent=intent, reason=reason, seen=seen, lift=lift)
        refresh_after(operation.pk)
        return Asked(operation=operation, request=None, words=words.done(intent))
    _refuse_now(actor=actor, intent=intent, seen=seen, lift=lift)
    request = Request.objects.create(
        kind=kind_of(intent),
        intent=to_json(intent),
        state=state,
        reason=reason.strip(),
        lift=lift,
        seen=seen,
        asked_by_id=actor.user_id,
        asked_as=actor.name,
    )
    RequestContact.objects.bulk_create(RequestContact(request=request, contact_id=pk) for pk in involved)
    _journal_request("RequestQueued", request, by=actor)
    return Asked(operation=None, request=request, words=_WAITS[state])


_WAITS: Final = {
    Request.State.QUEUED: "It is queued: the next run does it. Until then you can cancel it.",
    Request.State.AWAITING_SECOND: "A second person has to say yes first. Until then you can cancel it.",
}


def _refuse_while_one_waits(contact_ids: tuple[int, ...]) -> None:
    waiting = RequestContact.objects.filter(contact_id__in=contact_ids, waits=True).order_by("contact_id")
    first = waiting.first()
    if first is not None:
        raise Refused(
            f"Request {first.request_id} waits for GroupID {group_id(first.contact_id)}. "
            "Wait until it is done, or cancel it first."
        )


def _refuse_now(*, actor: Actor, intent: Intent, seen: str, lift: bool) -> None:
    """What `carry_out` would say, without doing it."""
    outcome = preview(actor=actor, intent=intent)
    outcome.allowed.or_raise()
    if seen and seen != outcome.seen:
        raise Conflict("Somebody changed these contacts since you looked. Look at them again.")
    if outcome.needs_confirmation and not lift:
        who = ", ".join(f"{one.by} ({one.at.day} {one.at:%b %Y})" for one in outcome.lifted[:5])
        raise Refused(f"This would lift what was decided by {who}. Confirm it.")


@transaction.atomic
def cancel(*, actor: Actor, request_id: int) -> Request:
    """Until the run, or the second person, has started it (A34)."""
    require(actor, Permission.CONTACT_GROUP)
    request = _waiting(request_id)
    _close(request, Request.State.CANCELLED, by=actor)
    _journal_request("RequestCancelled", request, by=actor)
    refresh_about(_involved(request))
    return request


@transaction.atomic
def approve(*, actor: Actor, request_id: int, seen: str = "") -> Asked:
    """A second person says yes: it is done now, or queued where changes wait for the overnight run.

    `seen`: `Outcome.seen` of what the second person looked at; Conflict if anything changed since.
    """
    require(actor, Permission.CONTACT_GROUP)
    request = _for_second(request_id, actor=actor)
    request.second_by_id = actor.user_id
    request.second_at = clock.now()
    _journal_request("RequestApproved", request, by=actor)
    if settings_in_force().changes_wait:
        request.state = Request.State.QUEUED
        request.save(update_fields=["state", "second_by", "second_at"])
        return Asked(operation=None, request=request, words=_WAITS[Request.State.QUEUED])
    operation = _apply(request, run_id=None, seen=seen)
    refresh_after(operation.pk)
    return Asked(operation=operation, request=request, words=words.done(from_json(request.intent)))


@transaction.atomic
def reject(*, actor: Actor, request_id: int) -> Request:
    require(actor, Permission.CONTACT_GROUP)
    request = _for_second(request_id, actor=actor)
    request.second_by_id = actor.user_id
    request.second_at = clock.now()
    _close(request, Request.State.REJECTED, by=actor)
    _journal_request("RequestRejected", request, by=actor)
    refresh_about(_involved(request))
    return request


def apply_waiting(*, actor: Actor, request_id: int, run_id: int) -> Request.State | None:
    """Carry a queued request out, or say why it failed and open a case; None where it no longer waits.

    Done and said in one transaction, so that after a crash it is either done or still queued.
    """
    require(actor, Permission.CONTACT_GROUP)
    try:
        with transaction.atomic():
            request = _still_queued(request_id)
            if request is not None:
                _apply(request, run_id=run_id)
    except DomainError as error:
        return _fail(request_id, error, run_id=run_id, by=actor)
    return None if request is None else Request.State.APPLIED


def _apply(request: Request, *, run_id: int | None, seen: str = "") -> Operation:
    intent = from_json(request.intent)
    asker = _asker(request)
    if request.lift:
        _refuse_to_lift_what_came_later(request, intent, asker=asker)
    # What the asker saw is not compared: claims came in since, and what the steward said holds for them too.
    operation = carry_out(actor=asker, intent=intent, reason=request.reason, seen=seen, lift=request.lift)
    request.operation = operation
    request.run_id = run_id
    _close(request, Request.State.APPLIED, by=None)
    _journal_request("RequestApplied", request, by=asker)
    return operation


def _refuse_to_lift_what_came_later(request: Request, intent: Intent, *, asker: Actor) -> None:
    lifted = preview(actor=asker, intent=intent).lifted
    if any(one.at > request.asked_at for one in lifted):
        raise Refused("Since it was asked for, somebody decided otherwise.")


def _asker(request: Request) -> Actor:
    """With the rights the asker has now; an API key's ended with its call."""
    if request.asked_by is not None:
        return request.asked_by.actor
    return Actor(request.asked_as, OVERNIGHT.permissions)


@transaction.atomic
def _fail(request_id: int, error: DomainError, *, run_id: int, by: Actor) -> Request.State | None:
    request = _still_queued(request_id)
    if request is None:
        return None
    request.failure = error.message[:500]
    request.run_id = run_id
    _close(request, Request.State.FAILED, by=None)
    _journal_request("RequestFailed", request, by=by)
    open_case(
        actor=by,
        kind=Case.Kind.FAILED_REQUEST,
        title=f"Request {request.pk} failed: {words.whole(from_json(request.intent))}",
        contact_id=request.involved.order_by("pk").values_list("contact_id", flat=True).first(),
        run_id=run_id,
        request_id=request.pk,
    )
    return Request.State.FAILED


def _close(request: Request, state: Request.State, *, by: Actor | None) -> None:
    """`by` None: closed by carrying it out, or by failing to."""
    request.state = state
    request.closed_at = clock.now()
    request.closed_by_id = by.user_id if by else None
    request.save()
    RequestContact.objects.filter(request=request).update(waits=False)


def _involved(request: Request) -> list[int]:
    return list(request.involved.values_list("contact_id", flat=True))


def _locked_request(request_id: int) -> Request:
    request = Request.objects.select_for_update().filter(pk=request_id).first()
    if request is None:
        raise NotFound("There is no such request.")
    return request


def _waiting(request_id: int) -> Request:
    request = _locked_request(request_id)
    if request.state not in WAITING:
        raise Refused(f"This request waits no longer: {request.get_state_display().lower()}.")
    return request


def _still_queued(request_id: int) -> Request | None:
    queued = Request.objects.select_for_update().filter(state=Request.State.QUEUED)
    return queued.filter(pk=request_id).first()


def _for_second(request_id: int, *, actor: Actor) -> Request:
    request = _locked_request(request_id)
    if request.state != Request.State.AWAITING_SECOND:
        raise Refused("This request does not wait for a second person.")
    if actor.user_id is None or actor.user_id == request.asked_by_id:
        raise Refused("Somebody other than whoever asked has to decide.")
    return request


def _journal_request(event: str, request: Request, *, by: Actor) -> None:
    involved = request.involved.order_by("contact_id").values_list("contact_id", flat=True)
    journal.record(
        event,
        by=by,
        subject_type="request",
        subject_id=request.pk,
        detail={"kind": request.kind, "group_ids": list(involved[:100])},
    )


@transaction.atomic
def save_settings(*, actor: Actor, settings: StewardshipSettings) -> None:
    require(actor, Permission.SETTINGS_EDIT)
    settings.save()
    journal.record(
        "StewardshipSettingsSaved",
        by=actor,
        subject_type="stewardship_settings",
        subject_id=settings.pk,
        detail={
            "changes_wait": settings.changes_wait,
            "edits_wait": settings.edits_wait,
            "second_reviewer": settings.second_reviewer,
        },
    )


@transaction.atomic
def open_case(
    *,
    actor: Actor,
    kind: Case.Kind,
    title: str,
    contact_id: int | None = None,
    run_id: int | None = None,
    request_id: int | None = None,
) -> Case:
    """While one of the same kind about the same is not resolved, that one."""
    require(actor, Permission.CONTACT_GROUP)
    case = Case(
        kind=kind,
        title=title[:200],
        contact_id=contact_id,
        run_id=run_id,
        request_id=request_id,
        opened_by_id=actor.user_id,
        opened_as=actor.name,
    )
    try:
        with transaction.atomic():
            case.save()
    except IntegrityError:
        stands = _same_unresolved(case).first()
        if stands is None:
            raise
        return stands
    _note_in_journal("CaseOpened", case, by=actor)
    return case


def _same_unresolved(case: Case) -> QuerySet[Case]:
    """About the same: a run, a request, or what the title says of a contact or of none; each call for help is
    its own.
    """
    cases = Case.objects.filter(kind=case.kind).exclude(state=Case.State.RESOLVED)
    match case.kind:
        case Case.Kind.CIRCUIT_BREAKER | Case.Kind.FAILED_RUN:
            return cases.filter(run=case.run_id)
        case Case.Kind.FAILED_REQUEST if case.request_id is not None:
            return cases.filter(request=case.request_id)
        case Case.Kind.MANUAL:
            return cases.none()
        case _:
            return cases.filter(contact_id=case.contact_id, title=case.title, request=None)


@transaction.atomic
def ask_for_help(*, actor: Actor, title: str, text: str = "", contact_id: int | None = None) -> Case:
    """A case opened by hand (K29), from a contact or without one."""
    require(actor, Permission.CONTACT_GROUP)
    if contact_id is not None:
        states = list(Contact.objects.filter(pk=contact_id).values_list("state", flat=True))
        if not states:
            raise NotFound("There is no contact with this GroupID.")
        if states == [Contact.State.ANONYMISED]:
            raise Conflict(ANONYMISED)
    case = open_case(actor=actor, kind=Case.Kind.MANUAL, title=title, contact_id=contact_id)
    if text.strip():
        _write_note(case, text, by=actor)
    return case


@transaction.atomic
def take_case(*, actor: Actor, case_id: int) -> Case:
    require(actor, Permission.CONTACT_GROUP)
    if actor.user_id is None:
        raise Refused("Only somebody who is signed in can take a case.")
    return assign_case(actor=actor, case_id=case_id, owner_id=actor.user_id)


@transaction.atomic
def assign_case(*, actor: Actor, case_id: int, owner_id: int | None) -> Case:
    """`owner_id` None: nobody's again."""
    require(actor, Permission.CONTACT_GROUP)
    case = _unresolved(case_id)
    if owner_id is not None and not is_steward(owner_id):
        raise Refused("This user may not work on cases.")
    case.owner_id = owner_id
    case.state = Case.State.OPEN if owner_id is None else Case.State.IN_PROGRESS
    case.save(update_fields=["owner", "state"])
    _note_in_journal("CaseAssigned", case, by=actor)
    return case


@transaction.atomic
def resolve_case(*, actor: Actor, case_id: int, text: str = "") -> Case:
    require(actor, Permission.CONTACT_GROUP)
    case = _unresolved(case_id)
    if text.strip():
        _write_note(case, text, by=actor)
    _resolve(case, by=actor)
    return case


@transaction.atomic
def run_is_over(*, actor: Actor, run_id: int, is_done: bool) -> None:
    """A run waits no longer, or has ended: what its case asked for is settled. A run that was done settles
    the failed ones before it too, unless somebody looks into them.
    """
    require(actor, Permission.CONTACT_GROUP)
    settled = Q(kind=Case.Kind.CIRCUIT_BREAKER, run_id=run_id)
    if is_done:
        settled |= Q(kind=Case.Kind.FAILED_RUN, run_id__lt=run_id, state=Case.State.OPEN)
    cases = Case.objects.select_for_update().filter(settled).exclude(state=Case.State.RESOLVED)
    for case in cases.order_by("pk"):
        _resolve(case, by=actor)


@transaction.atomic
def settle_cases(*, actor: Actor, kind: Case.Kind) -> None:
    """Open ones of a kind whose reason went away. One that somebody works on stays theirs."""
    require(actor, Permission.CONTACT_GROUP)
    cases = Case.objects.select_for_update().filter(kind=kind, state=Case.State.OPEN)
    for case in cases.order_by("pk"):
        _resolve(case, by=actor)


@dataclass(frozen=True, slots=True)
class KeptClashes:
    opened: int
    left: int
    """Found, and left for another night."""


@transaction.atomic
def keep_clashes(*, actor: Actor, found: Mapping[str, int], is_all: bool, most: int) -> KeptClashes:
    """A case for each clash that never was one, at most so many; those that are over are resolved.

    `found`: title to GroupID. `is_all`: what is not found is over.
    """
    require(actor, Permission.CONTACT_GROUP)
    cases = Case.objects.filter(kind=Case.Kind.CLASH)
    if is_all:
        for case in cases.exclude(state=Case.State.RESOLVED).select_for_update().order_by("pk"):
            if case.title not in found:
                _resolve(case, by=actor)
    known = set(cases.filter(title__in=list(found)).values_list("title", flat=True))
    new = [name for name in found if name not in known]
    for name in new[:most]:
        open_case(actor=actor, kind=Case.Kind.CLASH, title=name, contact_id=found[name])
    return KeptClashes(opened=len(new[:most]), left=len(new[most:]))


@transaction.atomic
def reopen_case(*, actor: Actor, case_id: int) -> Case:
    require(actor, Permission.CONTACT_GROUP)
    case = _locked(case_id)
    if case.state != Case.State.RESOLVED:
        raise Refused("This case is open.")
    if _same_unresolved(case).exists():
        raise Refused("Another case about the same is open already.")
    case.state = Case.State.OPEN if case.owner_id is None else Case.State.IN_PROGRESS
    case.resolved_at = None
    case.resolved_by = None
    case.save(update_fields=["state", "resolved_at", "resolved_by"])
    _note_in_journal("CaseReopened", case, by=actor)
    return case


@transaction.atomic
def add_note(*, actor: Actor, case_id: int, text: str) -> CaseNote:
    require(actor, Permission.CONTACT_GROUP)
    if not text.strip():
        raise Refused("Write something.")
    case = _locked(case_id)
    note = _write_note(case, text, by=actor)
    _note_in_journal("CaseNoteAdded", case, by=actor)
    return note


def _write_note(case: Case, text: str, *, by: Actor) -> CaseNote:
    return CaseNote.objects.create(case=case, author_id=by.user_id, author_name=by.name, text=text.strip())


def _resolve(case: Case, *, by: Actor) -> None:
    case.state = Case.State.RESOLVED
    case.resolved_at = clock.now()
    case.resolved_by_id = by.user_id
    case.save(update_fields=["state", "resolved_at", "resolved_by"])
    _note_in_journal("CaseResolved", case, by=by)


def _locked(case_id: int) -> Case:
    case = Case.objects.select_for_update().filter(pk=case_id).first()
    if case is None:
        raise NotFound("There is no such case.")
    return case


def _unresolved(case_id: int) -> Case:
    case = _locked(case_id)
    if case.state == Case.State.RESOLVED:
        raise Refused("This case is resolved. Reopen it first.")
    return case


def _note_in_journal(event: str, case: Case, *, by: Actor) -> None:
    journal.record(
        event,
        by=by,
        subject_type="case",
        subject_id=case.pk,
        group_id=case.contact_id if event in _IN_HISTORY else None,
        detail={"kind": case.kind, "owner": case.owner_id},
    )


_IN_HISTORY: Final = ("CaseOpened", "CaseResolved", "CaseReopened")
"""Of a contact; who owns a case and who wrote on it is not about the contact."""
