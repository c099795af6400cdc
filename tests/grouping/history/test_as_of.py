"""A contact as it stood on a past date, in cases one can read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.access.actors import COMMAND_LINE
from kith.contacts.models import Contact
from kith.golden.models import GoldenOverride, GoldenRules
from kith.golden.rules import Attribute, Order, Rules, TieBreaker
from kith.grouping.actions import carry_out
from kith.grouping.history.as_of import AsOf, Existence, as_of
from kith.grouping.history.members import members_at, places_at
from kith.grouping.history.telling import just_before
from kith.grouping.intents import Group, Undo, Ungroup
from kith.grouping.models import Move, Operation
from kith.kernel.clock import now
from kith.sources.models import Membership, PastClaim, SourceRecord
from tests.contacts import factories
from tests.grouping.history.golden import golden

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2026, 10, 5, tzinfo=UTC)


def long_ago() -> None:
    """All that was done so far was done before November."""
    Move.objects.update(at=LONG_AGO)
    Operation.objects.update(at=LONG_AGO)
    PastClaim.objects.update(received_at=LONG_AGO, replaced_at=LONG_AGO)


def name_then(then: AsOf) -> str:
    assert then.contact is not None
    return then.contact.name


def test_as_of_now_is_the_stored_golden_record() -> None:
    contact = factories.eleni()
    then = as_of(contact, at=now())
    assert then.existence is Existence.ACTIVE
    assert then.contact is not None
    assert golden(then.contact) == golden(Contact.objects.get(pk=contact.pk))


def test_a_replaced_claim_makes_the_golden_record_of_its_time() -> None:
    contact = factories.person("Ann", "Stone")
    long_ago()
    record = SourceRecord.objects.of_contact(contact.pk).get()
    PastClaim.objects.create(
        record_id=record.pk,
        claim={"fields": {"first_name": "Anna", "last_name": "Rock", "email_1": "a@rock.example"}},
        content_hash=record.content_hash,
        received_at=LONG_AGO,
        replaced_at=record.received_at,
    )
    then = as_of(contact, at=record.received_at - timedelta(hours=1))
    assert name_then(then) == "Anna Rock"
    assert not then.records[0].is_current
    assert [row.value for row in then.contact.emails.all()] == ["a@rock.example"] if then.contact else False
    assert name_then(as_of(contact, at=now())) == "Ann Stone"


def test_after_grouping_the_child_can_be_seen_as_it_was() -> None:
    master, child = factories.person("Ann", "Stone"), factories.person("Anna", "Rock")
    long_ago()
    carry_out(actor=COMMAND_LINE, intent=Group(master=master.pk, children=(child.pk,)))
    child.refresh_from_db()
    assert child.state == Contact.State.RETIRED
    before = as_of(child, at=LONG_AGO + timedelta(days=1))
    assert name_then(before) == "Anna Rock"
    assert len(before.records) == 1
    after = as_of(child, at=now())
    assert after.existence is Existence.EMPTY
    assert after.went_to == {master.pk: 1}
    assert len(as_of(Contact.objects.get(pk=master.pk), at=now()).records) == 2
    assert name_then(as_of(Contact.objects.get(pk=master.pk), at=LONG_AGO)) == "Ann Stone"


def test_just_before_an_undoing_those_lead_who_led_then() -> None:
    """K17: an operation is written down a moment before it moves anything."""
    child, master = factories.person("Anna", "Rock"), factories.person("Ann", "Stone")
    long_ago()
    grouping = carry_out(actor=COMMAND_LINE, intent=Group(master=master.pk, children=(child.pk,)))
    stored = golden(Contact.objects.get(pk=master.pk))
    undoing = carry_out(actor=COMMAND_LINE, intent=Undo(operation=grouping.pk))
    moved_at = Move.objects.filter(operation=undoing).values_list("at", flat=True)[0]
    then = as_of(Contact.objects.get(pk=master.pk), at=just_before(moved_at))
    assert then.contact is not None
    assert golden(then.contact) == stored


def test_just_before_a_contact_came_apart_no_part_had_kept_its_no() -> None:
    one = factories.record({"last_name": "Stone"})
    other = factories.record({"last_name": "Stone", "direct_marketing": "no"})
    contact = factories.contact(one, other)
    long_ago()
    stored = golden(Contact.objects.get(pk=contact.pk))
    ungrouping = carry_out(actor=COMMAND_LINE, intent=Ungroup(contact=contact.pk))
    moved_at = Move.objects.filter(operation=ungrouping).values_list("at", flat=True)[0]
    then = as_of(Contact.objects.get(pk=contact.pk), at=just_before(moved_at))
    assert then.contact is not None
    assert golden(then.contact) == stored
    apart = Membership.objects.get(record=one).contact
    right_after = as_of(apart, at=moved_at).contact
    assert right_after is not None
    assert right_after.direct_marketing is False


def test_before_its_first_system_ref_a_groupid_was_not_there() -> None:
    contact = factories.person()
    long_ago()
    then = as_of(contact, at=LONG_AGO - timedelta(seconds=1))
    assert then.existence is Existence.NOT_YET
    assert then.contact is None
    assert then.span is not None
    assert then.span.first == LONG_AGO


def test_the_golden_rules_of_that_moment_decide() -> None:
    first = factories.record({"last_name": "Old", "claimed_at": "2020-01-01"}, ref="1")
    second = factories.record({"last_name": "New", "claimed_at": "2024-01-01"}, ref="2")
    contact = factories.contact(first, second)
    long_ago()
    for order, days in ((Order.FIRST, 2), (Order.LAST, 1)):
        rules = (
            Rules.shipped().to_json() | Rules({"name": (TieBreaker(Attribute.CLAIMED_AT, order),)}).to_json()
        )
        version = GoldenRules.objects.create(rules=rules)
        GoldenRules.objects.filter(pk=version.pk).update(saved_at=now() - timedelta(days=days))
    assert name_then(as_of(contact, at=now() - timedelta(days=1, hours=12))) == "Old"
    assert name_then(as_of(contact, at=now())) == "New"


def test_an_edit_counts_from_when_it_was_in_force_until_it_ended() -> None:
    contact = factories.person("Ann", "Stone", language="el")
    long_ago()
    record = SourceRecord.objects.of_contact(contact.pk).get()
    begun, ended = now() - timedelta(days=5), now() - timedelta(days=3)
    GoldenOverride.objects.create(
        record=record,
        field="language",
        value={"language": "de"},
        mode=GoldenOverride.Mode.PINNED,
        state=GoldenOverride.State.ENDED,
        against="",
        actor="Maria",
        in_force_at=begun,
        ended_at=ended,
        ended_because=GoldenOverride.Because.WITHDRAWN,
    )
    spoken = []
    for at in (begun - timedelta(hours=1), begun + timedelta(hours=1), ended + timedelta(hours=1)):
        then = as_of(contact, at=at)
        assert then.contact is not None
        spoken.append(then.contact.language)
    assert spoken == ["el", "de", "el"]


def test_what_was_replaced_before_past_claims_were_kept_is_said_to_be_unknown() -> None:
    contact = factories.person()
    long_ago()
    then = as_of(contact, at=LONG_AGO + timedelta(days=3))
    record = SourceRecord.objects.of_contact(contact.pk).get()
    assert [one.record.pk for one in then.unknown] == [record.pk]
    assert then.complete_from == record.received_at
    assert not as_of(contact, at=now()).unknown


def test_members_and_places_follow_lineage() -> None:
    master, child = factories.person("Ann", "Stone"), factories.person("Anna", "Rock")
    long_ago()
    mine, other = (SourceRecord.objects.of_contact(one.pk).get().pk for one in (master, child))
    carry_out(actor=COMMAND_LINE, intent=Group(master=master.pk, children=(child.pk,)))
    assert members_at(master.pk, at=LONG_AGO) == (mine,)
    assert members_at(master.pk, at=now()) == tuple(sorted((mine, other)))
    assert places_at([mine, other], at=LONG_AGO) == {mine: master.pk, other: child.pk}
    assert places_at([mine, other], at=now()) == {mine: master.pk, other: master.pk}
    assert places_at([mine], at=LONG_AGO - timedelta(days=1)) == {}


def test_any_number_of_system_refs_takes_the_same_queries() -> None:
    numbers = []
    for size in (2, 9):
        contact = factories.contact(*(factories.record({"last_name": f"Lee{n}"}) for n in range(size)))
        long_ago()
        carry_out(actor=COMMAND_LINE, intent=Ungroup(contact=contact.pk))
        contact.refresh_from_db()
        with CaptureQueriesContext(connection) as asked:
            assert len(as_of(contact, at=LONG_AGO).records) == size
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]
    assert numbers[0] <= 15
