"""Requests of persons: received, taken on, identity checked, extended, answered; nothing is changed that
somebody else changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from kith.access.actors import OVERNIGHT, Actor, require
from kith.access.cases import open_case
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts.actions import suppress
from kith.contacts.models import Contact, Suppression
from kith.contacts.queries import end_of
from kith.kernel.clock import now, today
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.privacy.erasing.actions import cancel_erasure, order_erasure
from kith.privacy.models import Erasure
from kith.privacy.register import rules
from kith.privacy.register.models import Kind, PersonRequest
from kith.privacy.register.queries import is_anonymised, officers, old_words, said_in, stand_of
from kith.privacy.register.rules import Step
from kith.privacy.register.sealing import Said, sealed
from kith.privacy.register.sections import requests_in_force
from kith.stewardship.actions import resolve_case
from kith.stewardship.models import Case
from kith.web.formats import day

State, Channel = PersonRequest.State, PersonRequest.Channel
CLOSES: Final = {Step.ANSWER: State.ANSWERED, Step.REFUSE: State.REFUSED, Step.WITHDRAW: State.WITHDRAWN}
_EVENTS: Final = {
    Step.TAKE: "PersonRequestTaken",
    Step.ASSIGN: "PersonRequestAssigned",
    Step.ATTACH: "PersonRequestAttached",
    Step.IDENTIFY: "PersonIdentified",
    Step.WORK: "PersonRequestBegun",
    Step.EXTEND: "PersonRequestExtended",
    Step.ERASE: "PersonRequestErased",
    Step.RESTRICT: "PersonRequestRestricted",
    Step.ANSWER: "PersonRequestAnswered",
    Step.REFUSE: "PersonRequestRefused",
    Step.WITHDRAW: "PersonRequestWithdrawn",
}


@transaction.atomic
def receive_request(
    *,
    actor: Actor,
    kind: str,
    channel: str,
    received_on: date,
    said: Said,
    contact_id: int | None = None,
) -> PersonRequest:
    """By an officer; the month runs from the day it was received."""
    require(actor, Permission.PRIVACY_EDIT)
    if received_on > today():
        sentence = "It cannot have been received on a day to come."
        raise Refused(sentence, fields={"received_on": sentence})
    request = PersonRequest(
        kind=Kind(kind),
        channel=Channel(channel),
        received_on=received_on,
        due_on=rules.due_after(received_on),
        contact_id=None if contact_id is None else _active(contact_id),
        owner_id=actor.user_id,
        made_as=actor.name,
    )
    _lay_in(request, said)
    _journal("PersonRequestReceived", request, by=actor)
    return request


def take_in(*, request: PersonRequest, by: Actor) -> None:
    """What came by the public form, its words sealed already; in the transaction that confirms it."""
    request.save(force_insert=True)
    _journal("PersonRequestReceived", request, by=by)


@transaction.atomic
def read_words(*, actor: Actor, request_id: int) -> Said:
    """What the person wrote; it is written who read it."""
    require(actor, Permission.PRIVACY_EDIT)
    request = _locked(request_id)
    if request.words_gone_at is not None:
        raise Refused("What the person wrote is destroyed.")
    _journal("PersonRequestRead", request, by=actor)
    return said_in(request)


@transaction.atomic
def take_request(*, actor: Actor, request_id: int, version: int) -> PersonRequest:
    require(actor, Permission.PRIVACY_EDIT)
    request = _ready(Step.TAKE, request_id, version)
    request.owner_id = actor.user_id
    return _changed(Step.TAKE, request, by=actor)


@transaction.atomic
def assign_request(*, actor: Actor, request_id: int, version: int, owner_id: int | None) -> PersonRequest:
    """To somebody who may work on requests, or to nobody again."""
    require(actor, Permission.PRIVACY_EDIT)
    request = _ready(Step.ASSIGN, request_id, version)
    if owner_id is not None and not officers().filter(pk=owner_id).exists():
        sentence = "This user may not work on requests of persons."
        raise Refused(sentence, fields={"owner": sentence})
    request.owner_id = owner_id
    return _changed(Step.ASSIGN, request, by=actor)


@transaction.atomic
def attach_contact(*, actor: Actor, request_id: int, version: int, contact_id: int) -> PersonRequest:
    """The contact that the person is; a GroupID that was grouped leads to its successor. An identity that was
    checked before anybody was attached has to be checked against this one."""
    require(actor, Permission.PRIVACY_EDIT)
    request = _ready(Step.ATTACH, request_id, version)
    request.contact_id = _active(contact_id)
    if request.identity_at is not None:
        request.identity_how, request.identity_as = "", ""
        request.identity_at, request.identity_by_id = None, None
        request.state = State.RECEIVED
    return _changed(Step.ATTACH, request, by=actor)


@transaction.atomic
def check_identity(*, actor: Actor, request_id: int, version: int, how: str) -> PersonRequest:
    require(actor, Permission.PRIVACY_EDIT)
    request = _ready(Step.IDENTIFY, request_id, version)
    request.identity_how = _said(how, "Say how the identity was checked.", field="how")
    request.identity_at, request.identity_by_id, request.identity_as = now(), actor.user_id, actor.name
    request.state = State.IDENTIFIED
    return _changed(Step.IDENTIFY, request, by=actor)


@transaction.atomic
def begin_work(*, actor: Actor, request_id: int, version: int) -> PersonRequest:
    require(actor, Permission.PRIVACY_EDIT)
    request = _ready(Step.WORK, request_id, version)
    request.state = State.IN_WORK
    request.owner_id = request.owner_id or actor.user_id
    return _changed(Step.WORK, request, by=actor)


@transaction.atomic
def extend_request(*, actor: Actor, request_id: int, version: int, months: int, reason: str) -> PersonRequest:
    """Once, by one or two further months; the person has to be told why within the first (Art. 12 (3))."""
    require(actor, Permission.PRIVACY_EDIT)
    request = _ready(Step.EXTEND, request_id, version)
    if not 1 <= months <= rules.MOST_MONTHS:
        raise Refused("It is extended by one month or two.", fields={"months": "One or two."})
    if today() > request.due_on:
        raise Refused("It is overdue: it could have been extended until it was due. Answer it now.")
    request.extension_reason = _said(reason, "Say why; the person has to be told.", field="reason")
    request.first_due_on = request.due_on
    request.due_on = rules.due_after(request.received_on, months=1 + months)
    request.case_opened_at = None
    return _changed(Step.EXTEND, request, by=actor)


@transaction.atomic
def order_erasing(*, actor: Actor, request_id: int, version: int, typed_group_id: int) -> Erasure:
    """Because the person asked: what stands against it is looked at again every night (A16)."""
    require(actor, Permission.PRIVACY_EDIT)
    request = _ready(Step.ERASE, request_id, version)
    contact_id = _active(request.contact_id or 0)
    erasure = order_erasure(
        actor=actor,
        contact_id=contact_id,
        typed_group_id=typed_group_id,
        route=Erasure.Route.REQUEST,
        request_id=request.pk,
    )
    request.contact_id, request.erasure, request.state = contact_id, erasure, State.IN_WORK
    _changed(Step.ERASE, request, by=actor)
    return erasure


@transaction.atomic
def restrict_processing(*, actor: Actor, request_id: int, version: int, note: str) -> Suppression:
    """What the person asked for, at once: kept, and used for nothing until somebody unflags it (Art. 18)."""
    require(actor, Permission.PRIVACY_EDIT)
    request = _ready(Step.RESTRICT, request_id, version)
    contact_id = _active(request.contact_id or 0)
    made = suppress(
        actor=actor,
        contact_id=contact_id,
        reason=Suppression.Reason.RESTRICTED,
        note=note,
        source=f"Request {request.pk} of the person",
    )
    request.contact_id, request.state = contact_id, State.IN_WORK
    _changed(Step.RESTRICT, request, by=actor)
    return made


@transaction.atomic
def close_request(*, actor: Actor, request_id: int, version: int, how: Step, outcome: str) -> PersonRequest:
    """Answered, refused or withdrawn; refused or withdrawn, the anonymising that was ordered for it is
    cancelled. Of somebody who was anonymised the words go at once."""
    require(actor, Permission.PRIVACY_EDIT)
    request = _ready(how, request_id, version)
    if how is not Step.ANSWER and stand_of(request).has_erasure and request.erasure is not None:
        cancel_erasure(actor=actor, uid=request.erasure.uid)
    request.outcome = _said(outcome, "Say what was answered, or why not.", field="outcome")
    request.state = CLOSES[how]
    request.closed_at, request.closed_by_id, request.closed_as = now(), actor.user_id, actor.name
    if is_anonymised(request.contact_id):
        _forget(request)
    _resolve_cases(request)
    return _changed(how, request, by=actor)


def open_cases_of_due() -> int:
    """Of requests that are due soon or overdue, once each (housekeeping). Returns how many."""
    soon = today() + timedelta(days=requests_in_force().remind_days)
    due = PersonRequest.objects.filter(
        state__in=PersonRequest.OPEN, due_on__lt=soon, case_opened_at__isnull=True
    )
    return sum(_open_case(pk) for pk in due.order_by("due_on", "pk").values_list("pk", flat=True))


def forget_old_words(*, before: datetime) -> int:
    """Returns of how many."""
    return old_words(before=before).update(sealed_words=None, sealed_key=None, words_gone_at=now())


def _lay_in(request: PersonRequest, said: Said) -> None:
    alone = sealed(said, uid=request.uid)
    request.sealed_words, request.sealed_key = alone.body, alone.key
    request.save()


def _ready(step: Step, request_id: int, version: int) -> PersonRequest:
    request = _locked(request_id)
    if request.version != version:
        raise Conflict("Somebody else changed this request meanwhile. Look at it again.")
    rules.may(step, stand_of(request)).or_raise(Refused)
    return request


def _changed(step: Step, request: PersonRequest, *, by: Actor) -> PersonRequest:
    request.version += 1
    request.save()
    _journal(_EVENTS[step], request, by=by)
    return request


def _locked(request_id: int) -> PersonRequest:
    rows = PersonRequest.objects.select_for_update(of=("self",)).select_related("erasure")
    found = rows.filter(pk=request_id).first()
    if found is None:
        raise NotFound("There is no such request.")
    return found


def _active(contact_id: int) -> int:
    end = end_of(contact_id) or 0
    contact = Contact.objects.filter(pk=end, state=Contact.State.ACTIVE).only("pk").first()
    if contact is None:
        sentence = "There is no contact with this GroupID."
        raise Refused(sentence, fields={"contact": sentence})
    return contact.pk


def _forget(request: PersonRequest) -> None:
    if request.sealed_words is not None:
        request.sealed_words = request.sealed_key = None
        request.words_gone_at = now()


def _said(text: str, otherwise: str, *, field: str) -> str:
    if not text.strip():
        raise Refused(otherwise, fields={field: otherwise})
    return text.strip()


def _named(request: PersonRequest) -> str:
    """Where the titles of its cases begin."""
    return f"Request {request.pk} of a person"


def _resolve_cases(request: PersonRequest) -> None:
    """What they asked for is settled. A case that somebody resolved, or works on by hand, stays as it is."""
    cases = Case.objects.filter(
        kind=Case.Kind.PERSON_REQUEST, title__startswith=f"{_named(request)} ", state=Case.State.OPEN
    )
    for pk in cases.values_list("pk", flat=True):
        resolve_case(actor=OVERNIGHT, case_id=pk, text="The request was closed.")


@transaction.atomic
def _open_case(request_id: int) -> bool:
    request = PersonRequest.objects.select_for_update().filter(pk=request_id).first()
    if request is None or request.case_opened_at is not None or not request.is_open:
        return False
    said = "has been overdue since" if request.due_on < today() else "is due on"
    title = f"{_named(request)} ({request.kind_word.lower()}) {said} {day(request.due_on)}"
    open_case(kind="person_request", title=title, contact_id=request.contact_id)
    request.case_opened_at = now()
    request.save(update_fields=["case_opened_at"])
    return True


def _journal(event: str, request: PersonRequest, *, by: Actor) -> None:
    journal.record(
        event,
        by=by,
        subject_type=PersonRequest.SUBJECT,
        subject_id=request.pk,
        group_id=request.contact_id,
        detail={"kind": request.kind, "state": request.state},
    )


def forget_words_of(*, contact_ids: Sequence[int]) -> None:
    """Of closed requests. An open one keeps where to answer until it is answered."""
    PersonRequest.objects.filter(
        contact_id__in=contact_ids, closed_at__isnull=False, sealed_words__isnull=False
    ).update(sealed_words=None, sealed_key=None, words_gone_at=now())


def forget_contacts(*, contact_ids: Sequence[int]) -> None:
    """The requests stay: they were made."""
    forget_words_of(contact_ids=contact_ids)
    PersonRequest.objects.filter(contact_id__in=contact_ids).update(contact_id=None)
