"""Groupings across accounts or protections, where the settings ask for a second person."""

from __future__ import annotations

import pytest

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.contacts.models import Contact
from kith.grouping.intents import MoveRef
from kith.kernel.errors import NotAllowed, Refused
from kith.sources.models import SourceRecord
from kith.stewardship import requests
from kith.stewardship.models import Request
from tests.contacts.factories import contact, record, transaction
from tests.stewardship.asking import another_steward, grouped, members, night, settle, strangers

State = Request.State


def record_of(one: Contact) -> SourceRecord:
    return SourceRecord.objects.filter(membership__contact=one).order_by("pk")[0]


def buyers() -> tuple[Contact, Contact]:
    one, other = strangers(2)
    for each in (one, other):
        transaction(record_of(each), "12.50")
    return one, other


def asked_for(steward: User, one: Contact, other: Contact) -> Request:
    request = requests.ask(actor=steward.actor, intent=grouped(one, other)).request
    assert request is not None
    assert request.state == State.AWAITING_SECOND
    return request


def test_a_grouping_of_two_who_both_have_transactions_waits_for_a_second_person(steward: User) -> None:
    settle(second_reviewer=True)
    asked_for(steward, *buyers())
    night()
    assert Request.objects.get().state == State.AWAITING_SECOND


def test_a_grouping_of_one_buyer_with_somebody_who_never_bought_does_not(steward: User) -> None:
    settle(second_reviewer=True)
    one, other = strangers(2)
    transaction(record_of(one), "12.50")
    assert requests.ask(actor=steward.actor, intent=grouped(one, other)).operation is not None


def test_moving_a_system_ref_across_accounts_waits_as_well(steward: User) -> None:
    settle(second_reviewer=True)
    first, second = record({"first_name": "Ada"}), record({"first_name": "Ada"})
    whole, other = contact(first, second), strangers(1)[0]
    transaction(first, "3.00")
    transaction(record_of(other), "4.00")
    asked = requests.ask(actor=steward.actor, intent=MoveRef(record=first.pk, to=other.pk))
    assert asked.request is not None
    assert asked.request.state == State.AWAITING_SECOND
    assert members(whole) == 2


def test_the_second_person_lets_it_happen_at_once_in_the_name_of_the_first(steward: User) -> None:
    settle(second_reviewer=True)
    one, other = buyers()
    request = asked_for(steward, one, other)
    second = another_steward()
    done = requests.approve(actor=second.actor, request_id=request.pk)
    assert done.operation is not None
    assert done.operation.user_id == steward.pk
    request.refresh_from_db()
    assert (request.state, request.second_by_id) == (State.APPLIED, second.pk)
    assert members(one) == 2


def test_where_changes_wait_what_was_approved_is_queued(steward: User) -> None:
    settle(second_reviewer=True, changes_wait=True)
    one, other = buyers()
    request = asked_for(steward, one, other)
    done = requests.approve(actor=another_steward().actor, request_id=request.pk)
    assert done.operation is None
    request.refresh_from_db()
    assert request.state == State.QUEUED
    night()
    assert members(one) == 2


def test_nobody_approves_what_they_asked_for_nor_somebody_who_is_nobody(steward: User, viewer: User) -> None:
    settle(second_reviewer=True)
    request = asked_for(steward, *buyers())
    for actor in (steward.actor, COMMAND_LINE):
        for decide in (requests.approve, requests.reject):
            with pytest.raises(Refused, match="Somebody other than whoever asked"):
                decide(actor=actor, request_id=request.pk)
    with pytest.raises(NotAllowed):
        requests.approve(actor=viewer.actor, request_id=request.pk)


def test_what_was_rejected_stays_as_it_is_and_frees_the_contacts(steward: User) -> None:
    settle(second_reviewer=True)
    one, other = buyers()
    request = asked_for(steward, one, other)
    requests.reject(actor=another_steward().actor, request_id=request.pk)
    request.refresh_from_db()
    assert request.state == State.REJECTED
    assert members(one) == 1
    asked_for(steward, one, other)
    with pytest.raises(Refused, match="does not wait for a second person"):
        requests.approve(actor=another_steward_again().actor, request_id=request.pk)


def another_steward_again() -> User:
    return User.objects.get(email="second.steward@example.org")


def test_what_can_no_longer_be_done_is_told_to_the_second_person(steward: User) -> None:
    settle(second_reviewer=True)
    one, other = buyers()
    request = asked_for(steward, one, other)
    Contact.objects.filter(pk=other.pk).update(kind="company")
    with pytest.raises(Refused, match="person and a company cannot"):
        requests.approve(actor=another_steward().actor, request_id=request.pk)
    request.refresh_from_db()
    assert request.state == State.AWAITING_SECOND
    assert request.second_by is None
