"""Whoever was anonymised, in what is grouped, taken apart and taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kith.access.actors import COMMAND_LINE, Actor
from kith.access.permissions import Permission
from kith.contacts.models import Contact
from kith.grouping.actions import carry_out
from kith.grouping.intents import Group, Intent, KeepApart, MoveRef, Split, Undo, Ungroup
from kith.grouping.models import Operation
from kith.grouping.planned import planned
from kith.kernel.errors import Refused
from kith.privacy.erasing import actions, steps
from kith.privacy.models import Erasure
from kith.sources.models import Membership, SourceRecord
from kith.stewardship.models import Case
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow, order

pytestmark = pytest.mark.django_db


def do(intent: Intent) -> Operation:
    return carry_out(actor=COMMAND_LINE, intent=intent, lift=True)


def anonymise(contact_id: int) -> None:
    erasure = order(Contact.objects.get(pk=contact_id))
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert erasure.state == erasure.State.DONE, erasure.trouble


def group_id(record: SourceRecord) -> int:
    return Membership.objects.get(pk=record.pk).contact_id


def three(*, surname: str = "Marlowe") -> tuple[SourceRecord, ...]:
    return tuple(
        factories.record({"first_name": first, "last_name": surname})
        for first in ("Dora", "Doris", "Dorothy")
    )


INTENTS: dict[str, Callable[[Contact, Contact], Intent]] = {
    "put to somebody": lambda gone, there: Group(master=there.pk, children=(gone.pk,)),
    "given somebody": lambda gone, there: Group(master=gone.pk, children=(there.pk,)),
    "taken apart": lambda gone, there: Ungroup(contact=gone.pk),
    "split": lambda gone, there: Split(contact=gone.pk, parts=_parts(gone)),
    "moved out": lambda gone, there: MoveRef(record=_first(gone), to=there.pk),
    "moved in": lambda gone, there: MoveRef(record=_first(there), to=gone.pk),
    "kept apart": lambda gone, there: KeepApart(contacts=(gone.pk, there.pk)),
}


def _parts(contact: Contact) -> tuple[tuple[int, ...], ...]:
    return tuple(
        (pk,) for pk in Membership.objects.filter(contact_id=contact.pk).values_list("pk", flat=True)
    )


def _first(contact: Contact) -> int:
    return Membership.objects.filter(contact_id=contact.pk).order_by("pk")[0].pk


def test_x9_an_anonymised_contact_is_not_grouped_or_ungrouped_by_hand_and_says_why() -> None:
    allow()
    gone, there = factories.contact(*three()), factories.person("Paul", "Other")
    before = dict(Membership.objects.values_list("record_id", "contact_id"))
    anonymise(gone.pk)
    for what, intent in INTENTS.items():
        with pytest.raises(Refused, match="was anonymised") as refused:
            do(intent(gone, there))
        assert f"GroupID {gone.pk}" in refused.value.message, what
    assert dict(Membership.objects.values_list("record_id", "contact_id")) == before


def test_taking_back_what_holds_an_anonymised_system_ref_takes_back_the_rest_and_says_so() -> None:
    allow()
    dora, doris, dorothy = three()
    contacts = [factories.contact(one) for one in (dora, doris, dorothy)]
    grouped = do(Group(master=contacts[0].pk, children=(contacts[1].pk, contacts[2].pk)))
    do(Split(contact=contacts[0].pk, parts=((dora.pk, doris.pk), (dorothy.pk,))))
    where = group_id(dorothy)
    anonymise(where)
    assert planned(Undo(operation=grouped.pk)).change.cannot == ("A System Ref was anonymised since",)
    do(Undo(operation=grouped.pk))
    assert group_id(doris) == contacts[1].pk
    assert group_id(dora) == contacts[0].pk
    assert group_id(dorothy) == where
    contacts[1].refresh_from_db()
    assert contacts[1].first_name == "Doris"
    assert not Contact.objects.filter(first_name="Dorothy").exists()


def test_nobody_goes_back_to_a_contact_that_was_anonymised() -> None:
    allow()
    dora, doris, _ = three()
    contact = factories.contact(dora, doris)
    split = do(Split(contact=contact.pk, parts=((dora.pk,), (doris.pk,))))
    anonymise(contact.pk)
    with pytest.raises(Refused, match=f"came from GroupID {contact.pk}, which was anonymised"):
        do(Undo(operation=split.pk))
    assert Contact.objects.get(pk=group_id(doris)).first_name == "Doris"


def test_whoever_comes_to_the_contact_after_the_order_does_not_go_with_it_unseen() -> None:
    """Grouped by a run or by a steward: somebody else may be among them, and nothing brings them back."""
    allow()
    asked, other = factories.person(last_name="Asked"), factories.person(last_name="Other")
    erasure = order(asked)
    do(Group(master=asked.pk, children=(other.pk,)))
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert (erasure.state, erasure.blocked) == (erasure.State.BLOCKED, ["grown"])
    assert Case.objects.filter(kind=Case.Kind.ERASURE, contact_id=asked.pk).count() == 1
    steps.carry_on([erasure.uid])
    assert not Contact.objects.filter(state=Contact.State.ANONYMISED).exists()
    actions.retry_erasure(actor=COMMAND_LINE, uid=erasure.uid)
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert (erasure.state, erasure.records) == (erasure.State.DONE, 2)


def test_what_leaves_the_contact_after_the_order_stays_and_what_was_approved_for_less_waits_again() -> None:
    allow(four_eyes=True)
    asked = factories.contact(*three())
    second = Actor("Somebody else", frozenset(Permission), user_id=None)
    erasure = order(asked)
    actions.approve_erasure(actor=second, uid=erasure.uid)
    do(Group(master=asked.pk, children=(factories.person(last_name="Other").pk,)))
    steps.carry_on([erasure.uid])
    assert actions.retry_erasure(actor=COMMAND_LINE, uid=erasure.uid).state == erasure.State.WAITS_SECOND
    actions.approve_erasure(actor=second, uid=erasure.uid)
    leaves = Membership.objects.filter(contact_id=asked.pk).order_by("record_id")[0].record_id
    rest = tuple(
        Membership.objects.filter(contact_id=asked.pk)
        .exclude(record_id=leaves)
        .order_by("record_id")
        .values_list("record_id", flat=True)
    )
    do(Split(contact=asked.pk, parts=(rest, (leaves,))))
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert (erasure.state, erasure.records) == (erasure.State.DONE, 3)
    assert SourceRecord.objects.get(pk=leaves).erased_at is None


def test_an_order_whose_contact_went_into_another_one_is_told_by_a_case_however_long_it_waited() -> None:
    allow()
    asked, other = factories.person(last_name="Asked"), factories.person(last_name="Other")
    erasure = order(asked)
    Erasure.objects.filter(pk=erasure.pk).update(state=Erasure.State.BLOCKED, blocked=["financial"])
    do(Group(master=other.pk, children=(asked.pk,)))
    for _ in range(2):
        steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert (erasure.state, erasure.blocked) == (Erasure.State.BLOCKED, ["gone"])
    assert Case.objects.filter(kind=Case.Kind.ERASURE, contact_id=asked.pk).count() == 1
