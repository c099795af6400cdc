"""Requests that wait: queued, cancelled, carried out at night once, refused, failed."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.access.actors import COMMAND_LINE, OVERNIGHT
from kith.access.models import User
from kith.audit.models import Entry
from kith.contacts.models import Contact
from kith.grouping.actions import carry_out
from kith.grouping.intents import KeepApart, MoveRef, Split, Undo, Ungroup
from kith.grouping.models import Operation
from kith.grouping.previewing import preview
from kith.jobs import progress
from kith.jobs.progress import Cancelled
from kith.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from kith.runs.models import Run
from kith.runs.steps import StepContext
from kith.sources.models import Membership
from kith.stewardship import requests, steps
from kith.stewardship.actions import apply_waiting
from kith.stewardship.models import Case, Request, RequestContact
from tests.contacts.factories import contact, eleni, record
from tests.stewardship.asking import another_steward, grouped, members, night, settle, strangers

State = Request.State


def test_x2_at_once_is_the_default_and_leaves_no_request(steward: User) -> None:
    one, other = strangers(2)
    asked = requests.ask(actor=steward.actor, intent=grouped(one, other), reason="the same person")
    assert asked.operation is not None
    assert asked.request is None
    assert asked.operation.reason == "the same person"
    assert members(one) == 2
    assert not Request.objects.exists()


def test_k16_a_queued_grouping_changes_nothing_until_the_run_and_then_one_group_id_is_left(
    steward: User,
) -> None:
    settle(changes_wait=True)
    one, other = strangers(2)
    asked = requests.ask(actor=steward.actor, intent=grouped(one, other), reason="the same person")
    assert asked.operation is None
    assert asked.request is not None
    assert asked.request.state == State.QUEUED
    assert (members(one), members(other)) == (1, 1)
    run = night()
    request = Request.objects.get()
    assert request.state == State.APPLIED
    assert request.run == run
    assert members(one) == 2
    other.refresh_from_db()
    assert other.state == Contact.State.RETIRED
    assert other.successor_id == one.pk
    operation = request.operation
    assert operation is not None
    assert (operation.user_id, operation.reason) == (steward.pk, "the same person")
    assert not RequestContact.objects.filter(waits=True).exists()


def test_x2_each_change_of_who_is_who_waits_but_keeping_apart_and_undoing_do_not(steward: User) -> None:
    one, other, third = strangers(3)
    done = carry_out(actor=steward.actor, intent=grouped(one, other))
    settle(changes_wait=True)
    kept = requests.ask(actor=steward.actor, intent=KeepApart(contacts=(one.pk, third.pk)))
    assert kept.operation is not None
    undone = requests.ask(actor=steward.actor, intent=Undo(operation=done.pk), lift=True)
    assert undone.operation is not None
    assert not Request.objects.exists()


def test_ungroup_split_and_move_wait_too_and_are_done_at_night(steward: User) -> None:
    settle(changes_wait=True)
    whole = eleni()
    refs = list(
        Membership.objects.filter(contact=whole).order_by("record_id").values_list("record_id", flat=True)
    )
    asked = requests.ask(
        actor=steward.actor, intent=Split(contact=whole.pk, parts=(tuple(refs[:3]), (refs[3],)))
    )
    assert asked.request is not None
    assert asked.request.kind == "split"
    night()
    assert members(whole) == 3
    third = strangers(1)[0]
    requests.ask(actor=steward.actor, intent=MoveRef(record=refs[0], to=third.pk), lift=True)
    night()
    assert members(third) == 2
    requests.ask(actor=steward.actor, intent=Ungroup(contact=third.pk), lift=True)
    night()
    assert members(third) == 0


def test_what_would_be_refused_at_night_is_refused_now(steward: User) -> None:
    settle(changes_wait=True)
    one = strangers(1)[0]
    with pytest.raises(Refused, match="one System Ref only"):
        requests.ask(actor=steward.actor, intent=Ungroup(contact=one.pk))
    firm = contact(record({"company_name": "Harbour Freight Ltd"}, kind="company"), kind="company")
    with pytest.raises(Refused, match="person and a company cannot"):
        requests.ask(actor=steward.actor, intent=grouped(one, firm))
    assert not Request.objects.exists()


def test_a_preview_of_another_state_conflicts_before_it_is_queued(steward: User) -> None:
    settle(changes_wait=True)
    one, other = strangers(2)
    seen = preview(actor=steward.actor, intent=grouped(one, other)).seen
    carry_out(actor=steward.actor, intent=KeepApart(contacts=(one.pk, other.pk)))
    with pytest.raises(Conflict):
        requests.ask(actor=steward.actor, intent=grouped(one, other), seen=seen)


def test_a2_earlier_decisions_are_lifted_only_when_the_asker_says_so(steward: User) -> None:
    settle(changes_wait=True)
    one, other = strangers(2)
    carry_out(actor=steward.actor, intent=KeepApart(contacts=(one.pk, other.pk)))
    with pytest.raises(Refused, match="decided by"):
        requests.ask(actor=steward.actor, intent=grouped(one, other))
    requests.ask(actor=steward.actor, intent=grouped(one, other), lift=True)
    night()
    assert members(one) == 2


def test_what_was_decided_after_the_request_is_not_lifted_by_it(steward: User) -> None:
    settle(changes_wait=True)
    one, other = strangers(2)
    requests.ask(actor=steward.actor, intent=grouped(one, other), lift=True)
    carry_out(actor=another_steward().actor, intent=KeepApart(contacts=(one.pk, other.pk)))
    night()
    request = Request.objects.get()
    assert request.state == State.FAILED
    assert "decided otherwise" in request.failure
    assert members(one) == 1


def test_a8_a_second_request_for_a_contact_that_waits_is_refused_whatever_it_is(steward: User) -> None:
    settle(changes_wait=True)
    one, other, third = strangers(3)
    asked = requests.ask(actor=steward.actor, intent=grouped(one, other))
    assert asked.request is not None
    for intent in (grouped(third, other), grouped(one, third), KeepApart(contacts=(one.pk, third.pk))):
        with pytest.raises(Refused, match=f"Request {asked.request.pk} waits"):
            requests.ask(actor=steward.actor, intent=intent)
    settle(changes_wait=False)
    with pytest.raises(Refused, match="waits for GroupID"):
        requests.ask(actor=steward.actor, intent=grouped(third, other))
    requests.cancel(actor=steward.actor, request_id=asked.request.pk)
    assert requests.ask(actor=steward.actor, intent=grouped(third, other)).operation is not None


def test_a34_a_queued_request_can_be_cancelled_until_the_run_and_not_after(steward: User) -> None:
    settle(changes_wait=True)
    one, other = strangers(2)
    first = requests.ask(actor=steward.actor, intent=grouped(one, other)).request
    assert first is not None
    requests.cancel(actor=another_steward().actor, request_id=first.pk)
    night()
    assert members(one) == 1
    second = requests.ask(actor=steward.actor, intent=grouped(one, other)).request
    assert second is not None
    night()
    with pytest.raises(Refused, match="waits no longer: done"):
        requests.cancel(actor=steward.actor, request_id=second.pk)
    with pytest.raises(NotFound):
        requests.cancel(actor=steward.actor, request_id=999_999)


def test_a4_ungrouping_goes_before_grouping_in_one_night_and_both_before_matching(steward: User) -> None:
    settle(changes_wait=True)
    one, other = strangers(2)
    whole = eleni()
    requests.ask(actor=steward.actor, intent=grouped(one, other))
    requests.ask(actor=steward.actor, intent=Ungroup(contact=whole.pk))
    run = night()
    names = list(run.steps.order_by("position").values_list("name", flat=True))
    assert names.index("ungroup_waiting") < names.index("group_waiting") < names.index("match")
    kinds = list(Operation.objects.exclude(kind="run").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["ungroup", "group"]


def test_k29_a_request_that_fails_says_why_opens_a_case_and_lets_the_others_go_on(steward: User) -> None:
    settle(changes_wait=True)
    one, other, third, fourth = strangers(4)
    requests.ask(actor=steward.actor, intent=grouped(one, other))
    requests.ask(actor=steward.actor, intent=grouped(third, fourth))
    Contact.objects.filter(pk=other.pk).update(kind="company")
    run = night()
    failed, done = Request.objects.order_by("pk")
    assert (failed.state, done.state) == (State.FAILED, State.APPLIED)
    assert "a person and a company" in failed.failure.lower()
    case = Case.objects.get()
    assert case.kind == Case.Kind.FAILED_REQUEST
    assert (case.request_id, case.run_id, case.state) == (failed.pk, run.pk, Case.State.OPEN)
    assert run.state == Run.State.DONE
    step = run.steps.get(name="group_waiting")
    assert step.counts == {"requests_carried_out": 1, "requests_failed": 1}
    again = requests.ask(actor=steward.actor, intent=grouped(one, third)).request
    assert again is not None


def test_what_somebody_asked_for_who_may_no_longer_group_fails(steward: User) -> None:
    settle(changes_wait=True)
    one, other = strangers(2)
    requests.ask(actor=steward.actor, intent=grouped(one, other))
    User.objects.filter(pk=steward.pk).update(is_active=False)
    night()
    assert Request.objects.get().state == State.FAILED
    assert members(one) == 1


def test_a_request_is_carried_out_once_however_often_the_step_is_done(steward: User) -> None:
    settle(changes_wait=True)
    one, other = strangers(2)
    asked = requests.ask(actor=steward.actor, intent=grouped(one, other)).request
    assert asked is not None
    run = night()
    assert apply_waiting(actor=OVERNIGHT, request_id=asked.pk, run_id=run.pk) is None
    assert Operation.objects.filter(kind="group").count() == 1


def test_a_cancelled_run_leaves_the_rest_of_the_requests_queued(steward: User) -> None:
    settle(changes_wait=True)
    one, other = strangers(2)
    requests.ask(actor=steward.actor, intent=grouped(one, other))
    run = Run.objects.create(trigger="button")
    tracker = progress.start("run", run.pk, label="Run")
    progress.request_cancel("run", run.pk)
    context = StepContext(run_id=run.pk, actor=OVERNIGHT, tracker=tracker, approved=False)
    with pytest.raises(Cancelled):
        steps.group_waiting(context)
    assert Request.objects.get().state == State.QUEUED


def test_who_may_not_group_may_neither_ask_nor_cancel(viewer: User, steward: User) -> None:
    settle(changes_wait=True)
    one, other = strangers(2)
    with pytest.raises(NotAllowed):
        requests.ask(actor=viewer.actor, intent=grouped(one, other))
    asked = requests.ask(actor=steward.actor, intent=grouped(one, other)).request
    assert asked is not None
    with pytest.raises(NotAllowed):
        requests.cancel(actor=viewer.actor, request_id=asked.pk)


def test_the_journal_says_what_became_of_a_request(steward: User) -> None:
    settle(changes_wait=True)
    one, other = strangers(2)
    first = requests.ask(actor=steward.actor, intent=grouped(one, other)).request
    assert first is not None
    requests.cancel(actor=steward.actor, request_id=first.pk)
    requests.ask(actor=steward.actor, intent=grouped(one, other))
    night()
    said = Entry.objects.filter(subject_type="request").order_by("pk").values_list("event", flat=True)
    assert list(said) == ["RequestQueued", "RequestCancelled", "RequestQueued", "RequestApplied"]
    assert Entry.objects.filter(event="RequestQueued").first().detail["group_ids"] == [one.pk, other.pk]  # type: ignore[union-attr]  # it was just counted


def test_asking_costs_the_same_for_two_contacts_and_for_twenty(steward: User) -> None:
    settle(changes_wait=True)
    contacts = strangers(24)
    with CaptureQueriesContext(connection) as few:
        requests.ask(actor=steward.actor, intent=grouped(contacts[0], contacts[1]))
    with CaptureQueriesContext(connection) as many:
        requests.ask(actor=steward.actor, intent=grouped(*contacts[2:]))
    assert len(few) == len(many)


def test_from_the_command_line_a_request_waits_as_well(db: None) -> None:
    settle(changes_wait=True)
    one, other = strangers(2)
    asked = requests.ask(actor=COMMAND_LINE, intent=grouped(one, other)).request
    assert asked is not None
    assert asked.asked_by is None
    night()
    assert members(one) == 2
