"""What is told of what happened: ids only, each thing once, nothing that did not happen."""

from __future__ import annotations

import json

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from kith.access.actors import COMMAND_LINE, OVERNIGHT
from kith.contacts.models import Contact
from kith.delivery import actions, announcing
from kith.delivery.events import EventType
from kith.delivery.models import Endpoint, Event, LineageRead, Message
from kith.golden.assembly import assemble, mark_stale
from kith.grouping.actions import carry_out
from kith.grouping.intents import Group, Intent, KeepApart, MoveRef, Split, Undo, Ungroup
from kith.grouping.models import Move, Operation
from kith.runs import actions as runs
from kith.runs.models import Run
from kith.sources.models import Membership, SourceRecord
from tests.claims import claim
from tests.contacts import factories
from tests.delivery.conftest import Receiver

pytestmark = pytest.mark.django_db


def _do(intent: Intent, *, lift: bool = True) -> Operation:
    return carry_out(actor=COMMAND_LINE, intent=intent, lift=lift)


def _told() -> list[tuple[str, int | None]]:
    announcing.read_on()
    found = [(one.type, one.group_id) for one in Event.objects.order_by("pk")]
    Event.objects.all().delete()
    return sorted(found)


def _data(kind: EventType) -> dict[str, object]:
    announcing.read_on()
    data: dict[str, object] = Event.objects.get(type=kind).data
    return data


def _two() -> tuple[Contact, Contact]:
    return (
        factories.person("Ann", "Leeson", email_1="ann@example.org"),
        factories.person("Petros", "Nikolaou", phone_1="+35799123456"),
    )


@pytest.mark.usefixtures("told")
def test_a_new_contact_is_created_and_not_changed() -> None:
    ann = factories.person("Ann", "Leeson")
    assert _told() == [("contact.created", ann.pk)]


@pytest.mark.usefixtures("told")
def test_grouping_tells_of_the_master_and_of_the_groupid_that_retired() -> None:
    ann, petros = _two()
    _told()
    operation = _do(Group(master=ann.pk, children=(petros.pk,)))
    announcing.read_on()
    assert Event.objects.get(type="contact.grouped").data == {
        "group_id": ann.pk,
        "from": [petros.pk],
        "operation_id": operation.pk,
    }
    assert Event.objects.get(type="contact.retired").data == {
        "group_id": petros.pk,
        "to": [ann.pk],
        "successor": ann.pk,
        "operation_id": operation.pk,
    }
    assert _told() == [
        ("contact.changed", ann.pk),
        ("contact.grouped", ann.pk),
        ("contact.retired", petros.pk),
    ]


@pytest.mark.usefixtures("told")
def test_undoing_tells_that_the_retired_groupid_is_in_use_again() -> None:
    ann, petros = _two()
    operation = _do(Group(master=ann.pk, children=(petros.pk,)))
    _told()
    _do(Undo(operation=operation.pk))
    assert _data(EventType.CREATED)["returned"] is True
    assert _data(EventType.CREATED)["from"] == [ann.pk]
    assert ("contact.ungrouped", ann.pk) in (told := _told())
    assert ("contact.created", petros.pk) in told


@pytest.mark.usefixtures("told")
def test_ungrouping_tells_where_the_system_refs_went() -> None:
    eleni = factories.eleni()
    _told()
    _do(Ungroup(contact=eleni.pk))
    parts = set(Membership.objects.values_list("contact_id", flat=True))
    assert _data(EventType.UNGROUPED)["to"] == sorted(parts - {eleni.pk})
    told = _told()
    assert {pk for kind, pk in told if kind == "contact.created"} == parts - {eleni.pk}
    assert ("contact.retired", eleni.pk) in told or eleni.pk in parts
    assert not [one for one in told if one[0] == "contact.grouped"]


@pytest.mark.usefixtures("told")
def test_moving_a_system_ref_tells_of_both_ends() -> None:
    eleni, petros = factories.eleni(), factories.person("Petros", "Nikolaou")
    _told()
    record = Membership.objects.filter(contact_id=eleni.pk).order_by("-pk").values_list("pk", flat=True)[0]
    _do(MoveRef(record=record, to=petros.pk))
    told = _told()
    assert ("contact.grouped", petros.pk) in told
    assert ("contact.ungrouped", eleni.pk) in told
    assert not [one for one in told if one[0] in {"contact.created", "contact.retired"}]


@pytest.mark.usefixtures("told")
def test_keeping_apart_tells_nothing() -> None:
    ann, petros = _two()
    _told()
    _do(KeepApart(contacts=(ann.pk, petros.pk)))
    assert _told() == []


@pytest.mark.usefixtures("told")
def test_two_changes_in_a_row_are_told_one_after_the_other() -> None:
    """Read together, they are not mixed into one."""
    ann, petros = _two()
    _told()
    _do(Group(master=ann.pk, children=(petros.pk,)))
    records = tuple((pk,) for pk in Membership.objects.filter(contact_id=ann.pk).values_list("pk", flat=True))
    _do(Split(contact=ann.pk, parts=records))
    announcing.read_on()
    kinds = Event.objects.exclude(type="contact.changed").order_by("pk").values_list("type", flat=True)
    assert list(kinds) == [
        "contact.grouped",
        "contact.retired",
        "contact.created",
        "contact.ungrouped",
    ]


@pytest.mark.usefixtures("told")
def test_a_changed_value_is_told_and_an_unchanged_one_is_not() -> None:
    ann, _ = _two()
    _told()
    record = SourceRecord.objects.get(membership__contact=ann)
    mark_stale([record.pk])
    assemble([ann.pk])
    assert _told() == []
    SourceRecord.objects.filter(pk=record.pk).update(last_name="Leeson-Reid")
    assemble([ann.pk])
    assert _told() == [("contact.changed", ann.pk)]
    SourceRecord.objects.filter(pk=record.pk).update(emails=["ann@example.net"])
    assemble([ann.pk])
    assert _told() == [("contact.changed", ann.pk)]


@pytest.mark.usefixtures("told")
def test_a_change_that_is_rolled_back_is_not_told() -> None:
    ann, petros = _two()
    _told()
    with transaction.atomic():
        _do(Group(master=ann.pk, children=(petros.pk,)))
        transaction.set_rollback(True)
    assert _told() == []


@pytest.mark.usefixtures("told")
def test_no_value_of_anybody_is_in_any_event() -> None:
    eleni = factories.eleni()
    _do(Ungroup(contact=eleni.pk))
    announcing.read_on()
    said = json.dumps(list(Event.objects.values_list("data", flat=True)))
    assert not [word for word in ("leni", "apado", "eid", "@", "+44", "imassol") if word in said]


def test_nobody_is_told_of_what_happened_before(receiver: Receiver) -> None:
    _two()
    actions.add_endpoint(actor=COMMAND_LINE, name="CRM", url=receiver.url, events=["contact.created"])
    assert _told() == []
    later = factories.person("Ann", "Later")
    assert _told() == [("contact.created", later.pk)]


def test_each_is_told_what_it_chose(told: Endpoint, receiver: Receiver) -> None:
    narrow = actions.add_endpoint(
        actor=COMMAND_LINE, name="Narrow", url=receiver.url, events=["contact.retired"]
    )
    ann, petros = _two()
    _do(Group(master=ann.pk, children=(petros.pk,)))
    announcing.read_on()
    assert [one.event.type for one in Message.objects.filter(endpoint=narrow)] == ["contact.retired"]
    assert Message.objects.filter(endpoint=told).count() == Event.objects.count() == 5


def test_a_paused_endpoint_is_told_nothing_of_its_pause(told: Endpoint) -> None:
    actions.pause_endpoint(actor=COMMAND_LINE, endpoint_id=told.pk)
    factories.person("Ann", "Leeson")
    actions.resume_endpoint(actor=COMMAND_LINE, endpoint_id=told.pk)
    assert _told() == []


def test_without_an_endpoint_one_question_is_all_it_costs() -> None:
    ann = factories.person("Ann", "Leeson")
    with CaptureQueriesContext(connection) as made, announcing.watched([ann.pk]):
        pass
    assert len(made) == 1
    assert not LineageRead.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("told", "empty_queue")
def test_a_run_is_told_when_it_is_over() -> None:
    said = {"first_name": "Eleni", "last_name": "Reid", "email_1": "eleni@example.com"}
    claim("TICKETS", "1", **said)
    claim("SHOP", "A", **said)
    run = runs.execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND)
    Run.objects.filter(pk=run.pk).update(state=Run.State.RUNNING)
    assert _told() == []
    Run.objects.filter(pk=run.pk).update(state=Run.State.DONE)
    group_id = Membership.objects.values_list("contact_id", flat=True)[0]
    assert _data(EventType.CREATED)["run_id"] == run.pk
    assert _told() == [("contact.created", group_id)]
    assert Move.objects.count() == 2


@pytest.mark.usefixtures("told")
def test_however_many_changed_the_queries_are_as_many() -> None:
    for number in range(20):
        factories.person("Ann", f"Leeson{number}")
    with CaptureQueriesContext(connection) as many:
        announcing.read_on()
    factories.person("Ann", "Later")
    with CaptureQueriesContext(connection) as one:
        announcing.read_on()
    assert len(one) == len(many)
