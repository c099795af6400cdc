"""Suppressions: said of a contact, carried by its System Refs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kith import bulk
from kith.access.actors import Actor
from kith.access.models import User
from kith.access.permissions import Permission
from kith.audit.models import Entry
from kith.contacts import actions
from kith.contacts.models import Contact, SuppressedRecord, Suppression
from kith.contacts.standing import copy_to_parts, forget_copies, protections_of_records, standing_of
from kith.grouping import membership
from kith.grouping.models import Move, Operation
from kith.kernel.errors import NotAllowed, NotFound, Refused
from kith.sources.models import Membership
from tests.contacts import factories

pytestmark = pytest.mark.django_db

_MOVES = {
    "record_id": pl.Int64(),
    "kind": pl.String(),
    "from_contact_id": pl.Int64(),
    "to_contact_id": pl.Int64(),
    "is_new": pl.Boolean(),
}
_TYPES = {
    "record_id": "bigint",
    "kind": "text",
    "from_contact_id": "bigint",
    "to_contact_id": "bigint",
    "is_new": "boolean",
}


def contact_of(size: int) -> tuple[Contact, list[int]]:
    claims = [factories.record({"last_name": "Lee"}) for _ in range(size)]
    return factories.contact(*claims), [one.pk for one in claims]


def move(records: Sequence[int], *, to: int, operation: int | None) -> None:
    """As membership is written: the System Refs change their contact, then protection is carried along."""
    before = dict(Membership.objects.filter(record_id__in=records).values_list("record_id", "contact_id"))
    rows = [(one, "person", before[one], to, False) for one in records if before[one] != to]
    with transaction.atomic():
        bulk.load(pl.DataFrame(rows, schema=_MOVES, orient="row"), "moves_now", columns=_TYPES)
        Membership.objects.filter(record_id__in=records).update(contact_id=to)
        if operation is not None:
            copy_to_parts(operation_id=operation)
        bulk.drop("moves_now")


def reasons_of(contact: Contact) -> list[str]:
    return [one.reason for one in standing_of([contact.pk])[contact.pk]]


def new_contact() -> Contact:
    return Contact.objects.create(kind="person")


def test_k23_a_suppressed_contact_says_so_with_author_and_note(privacy_officer: User) -> None:
    contact, _ = contact_of(3)
    actor = privacy_officer.actor
    actions.suppress(actor=actor, contact_id=contact.pk, reason="opt_out", note=" By phone ")
    (protection,) = standing_of([contact.pk])[contact.pk]
    assert (protection.words, protection.note, protection.by) == (
        "Suppressed: opt-out",
        "By phone",
        privacy_officer.name,
    )
    assert protection.records == 3
    assert Entry.objects.get(event="ContactSuppressed").group_id == contact.pk


def test_k19_one_suppressed_system_ref_of_three_suppresses_the_contact(privacy_officer: User) -> None:
    alone, (record,) = contact_of(1)
    others, _ = contact_of(2)
    actions.suppress(actor=privacy_officer.actor, contact_id=alone.pk, reason="manual", note="")
    move([record], to=others.pk, operation=1)
    (protection,) = standing_of([others.pk])[others.pk]
    assert protection.records == 1


def test_a10_x8_taking_a_contact_apart_copies_its_suppressions_to_every_part(privacy_officer: User) -> None:
    alone, (first,) = contact_of(1)
    others, (second, third) = contact_of(2)
    actions.suppress(actor=privacy_officer.actor, contact_id=alone.pk, reason="manual", note="")
    move([first], to=others.pk, operation=1)
    part = new_contact()
    move([third], to=part.pk, operation=2)
    assert reasons_of(part) == reasons_of(others) == ["manual"]
    assert set(SuppressedRecord.objects.filter(copied_by=2).values_list("record_id", flat=True)) == {
        second,
        third,
    }


def test_a_contact_that_moves_as_a_whole_copies_nothing(privacy_officer: User) -> None:
    alone, (first,) = contact_of(1)
    others, _ = contact_of(2)
    actions.suppress(actor=privacy_officer.actor, contact_id=alone.pk, reason="manual", note="")
    move([first], to=others.pk, operation=1)
    assert not SuppressedRecord.objects.filter(copied_by__isnull=False).exists()


def test_what_comes_to_a_contact_while_others_leave_it_is_left_alone(privacy_officer: User) -> None:
    kept, (first, second) = contact_of(2)
    actions.suppress(actor=privacy_officer.actor, contact_id=kept.pk, reason="manual", note="")
    other, (third, _) = contact_of(2)
    move([third], to=kept.pk, operation=1)
    assert reasons_of(other) == []
    assert not SuppressedRecord.objects.filter(record_id=third).exists()
    move([first, second], to=new_contact().pk, operation=2)
    assert reasons_of(kept) == ["manual"]


def test_undoing_a_split_forgets_its_copies(privacy_officer: User) -> None:
    contact, _records = contact_of(2)
    other, (third,) = contact_of(1)
    actions.suppress(actor=privacy_officer.actor, contact_id=contact.pk, reason="manual", note="")
    move([third], to=contact.pk, operation=1)
    move([third], to=other.pk, operation=2)
    assert reasons_of(other) == ["manual"]
    move([third], to=contact.pk, operation=None)
    assert forget_copies(operation_id=2, by=3) == 1
    move([third], to=other.pk, operation=None)
    assert reasons_of(other) == []
    assert forget_copies(operation_id=3, by=4) == 0
    assert reasons_of(other) == ["manual"]
    move([third], to=contact.pk, operation=None)
    assert forget_copies(operation_id=4, by=5) == 1


def test_undoing_keeps_a_copy_whose_original_was_lifted_meanwhile(privacy_officer: User) -> None:
    contact, (_first, _second) = contact_of(2)
    part, (third,) = contact_of(1)
    made = actions.suppress(actor=privacy_officer.actor, contact_id=contact.pk, reason="manual", note="")
    move([third], to=contact.pk, operation=1)
    move([third], to=part.pk, operation=2)
    actions.lift_suppression(
        actor=privacy_officer.actor, contact_id=contact.pk, suppression_id=made.pk, note="He wrote to us"
    )
    assert (reasons_of(contact), reasons_of(part)) == ([], ["manual"])
    move([third], to=contact.pk, operation=None)
    assert forget_copies(operation_id=2, by=3) == 0
    assert reasons_of(contact) == ["manual"]


def test_a_lift_acts_on_the_system_refs_of_the_contact_at_that_time(privacy_officer: User) -> None:
    contact, (_first, second) = contact_of(2)
    actor = privacy_officer.actor
    made = actions.suppress(actor=actor, contact_id=contact.pk, reason="manual", note="")
    part = new_contact()
    move([second], to=part.pk, operation=1)
    actions.lift_suppression(actor=actor, contact_id=part.pk, suppression_id=made.pk, note="Asked by mail")
    assert (reasons_of(contact), reasons_of(part)) == (["manual"], [])
    move([second], to=contact.pk, operation=2)
    move([second], to=part.pk, operation=3)
    assert reasons_of(part) == ["manual"], "protection is copied again: the strictest wins"
    assert Entry.objects.get(event="SuppressionLifted").group_id == part.pk


def test_what_a_preview_says_of_contacts_that_do_not_exist_yet(privacy_officer: User) -> None:
    contact, records = contact_of(2)
    _other, more = contact_of(1)
    actor = privacy_officer.actor
    actions.suppress(actor=actor, contact_id=contact.pk, reason="manual", note="")
    actions.suppress(actor=actor, contact_id=contact.pk, reason="deceased", note="")
    assert protections_of_records([*records, *more]) == ("Suppressed: manual", "Suppressed: deceased")
    assert protections_of_records(more) == ()


@pytest.mark.parametrize("reason", ["manual", "opt_out", "imported", "bounced"])
def test_a9_a_privacy_officer_lifts_with_a_note_only(privacy_officer: User, reason: str) -> None:
    contact, _ = contact_of(1)
    actor = privacy_officer.actor
    made = actions.suppress(actor=actor, contact_id=contact.pk, reason=reason, note="")
    with pytest.raises(Refused, match="who asked"):
        actions.lift_suppression(actor=actor, contact_id=contact.pk, suppression_id=made.pk, note=" ")
    actions.lift_suppression(actor=actor, contact_id=contact.pk, suppression_id=made.pk, note="By mail")
    assert reasons_of(contact) == []
    with pytest.raises(NotFound):
        actions.lift_suppression(actor=actor, contact_id=contact.pk, suppression_id=made.pk, note="Again")


def test_a9_a_restriction_has_no_end_and_forbids_every_channel(privacy_officer: User) -> None:
    contact, _ = contact_of(1)
    given: dict[str, Any] = {"contact_id": contact.pk, "reason": "restricted", "note": "Contested"}
    with pytest.raises(Refused, match="until somebody unflags it"):
        actions.suppress(actor=privacy_officer.actor, ends_on=date(2030, 1, 1), **given)
    with pytest.raises(Refused, match="every channel"):
        actions.suppress(actor=privacy_officer.actor, scope="email", **given)
    for wrong in ({"scope": "email"}, {"ends_on": date(2030, 1, 1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Suppression.objects.create(reason="restricted", actor="Anna", **wrong)
    actions.suppress(actor=privacy_officer.actor, **given)
    assert reasons_of(contact) == ["restricted"]


def test_a9_deceased_is_lifted_by_an_administrator_only(privacy_officer: User, administrator: User) -> None:
    contact, _ = contact_of(1)
    made = actions.suppress(actor=privacy_officer.actor, contact_id=contact.pk, reason="deceased", note="")
    given = {"contact_id": contact.pk, "suppression_id": made.pk}
    with pytest.raises(Refused, match="deceased"):
        actions.lift_suppression(actor=privacy_officer.actor, note="He lives", **given)
    actions.lift_suppression(actor=administrator.actor, note="He lives", **given)
    assert reasons_of(contact) == []


def test_a9_anonymised_is_neither_set_nor_lifted_by_hand(administrator: User) -> None:
    contact, (_record,) = contact_of(1)
    actor = administrator.actor
    with pytest.raises(Refused, match="not a reason"):
        actions.suppress(actor=actor, contact_id=contact.pk, reason="anonymised", note="")
    made = actions.suppress(actor=actor, contact_id=contact.pk, reason="manual", note="")
    made.reason = "anonymised"
    made.save()
    with pytest.raises(Refused, match="for ever"):
        actions.lift_suppression(actor=actor, contact_id=contact.pk, suppression_id=made.pk, note="No")


def test_the_same_reason_twice_is_refused(privacy_officer: User) -> None:
    contact, _ = contact_of(1)
    actor = privacy_officer.actor
    actions.suppress(actor=actor, contact_id=contact.pk, reason="manual", note="")
    with pytest.raises(Refused, match="already"):
        actions.suppress(actor=actor, contact_id=contact.pk, reason="manual", note="")


def test_who_may_not_suppress_may_not(steward: User) -> None:
    contact, _ = contact_of(1)
    with pytest.raises(NotAllowed):
        actions.suppress(actor=steward.actor, contact_id=contact.pk, reason="manual", note="")
    with pytest.raises(NotAllowed):
        actions.lift_suppression(actor=steward.actor, contact_id=contact.pk, suppression_id=1, note="x")


def test_nothing_retired_or_unknown_is_suppressed(privacy_officer: User) -> None:
    gone, _ = contact_of(1)
    factories.retire(gone, successor=factories.person())
    for contact_id in (gone.pk, 1):
        with pytest.raises(NotFound):
            actions.suppress(actor=privacy_officer.actor, contact_id=contact_id, reason="manual", note="")


def test_without_suppressions_carrying_costs_one_look() -> None:
    with CaptureQueriesContext(connection) as asked:
        assert copy_to_parts(operation_id=1) == 0
    assert len(asked) == 1


@pytest.fixture
def officer() -> Actor:
    return Actor("Officer", frozenset({Permission.CONTACT_SUPPRESS}))


steps = st.lists(
    st.tuples(st.integers(0, 3), st.lists(st.integers(0, 5), min_size=1, max_size=5, unique=True)),
    min_size=1,
    max_size=8,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps, suppressed=st.sets(st.integers(0, 3), min_size=1))
def test_promise_6_x8_no_moving_loosens_protection(
    officer: Actor, steps: list[tuple[int, list[int]]], suppressed: set[int]
) -> None:
    """A System Ref whose contact was suppressed stays in a suppressed contact, whatever membership writes."""
    with transaction.atomic():
        made = [contact_of(size) for size in (1, 2, 2, 1)]
        records = [record for _, members in made for record in members]
        for number in suppressed:
            actions.suppress(actor=officer, contact_id=made[number][0].pk, reason="manual", note="")
        protected = protected_records(records)
        for target, moved in steps:
            write([records[number] for number in moved], to=made[target][0].pk)
            after = protected_records(records)
            assert protected <= after
            protected = after
        transaction.set_rollback(True)


def write(records: Sequence[int], *, to: int) -> None:
    """As grouping does it."""
    before = dict(Membership.objects.filter(record_id__in=records).values_list("record_id", "contact_id"))
    moves = [(one, "person", before[one], to) for one in records if before[one] != to]
    operation = Operation.objects.create(kind=Operation.Kind.MOVE, actor="Somebody")
    plan = membership.moving(moves, retired={})
    membership.write(plan, because=Move.Because.STEWARD, run_id=None, operation_id=operation.pk)


def protected_records(records: Sequence[int]) -> set[int]:
    placed = dict(Membership.objects.filter(record_id__in=records).values_list("record_id", "contact_id"))
    standing = standing_of(list(set(placed.values())))
    return {record for record, contact_id in placed.items() if standing[contact_id]}
