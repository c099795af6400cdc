"""Grouping by hand and taking it back, on real claims and the real engine."""

from __future__ import annotations

import pytest

from kith.access.actors import NOBODY
from kith.access.models import User
from kith.contacts import queries
from kith.contacts.models import Contact, Suppression
from kith.contacts.standing import standing_of
from kith.grouping.actions import carry_out
from kith.grouping.intents import Group, KeepApart, MoveRef, Split, Undo, Ungroup
from kith.grouping.models import Decision, Operation
from kith.grouping.previewing import preview
from kith.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from kith.sources.models import SourceRecord
from kith.stewardship.models import Case
from tests.claims import claim
from tests.grouping.acting import ACTOR, do, group_id, overnight, partition

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def one_person() -> tuple[SourceRecord, SourceRecord, SourceRecord]:
    """Three System Refs that the engine holds for one."""
    said = {"first_name": "Eleni", "last_name": "Reid", "email_1": "eleni@example.com"}
    return claim("TICKETS", "1", **said), claim("SHOP", "A", **said), claim("NEWS", "n1", **said)


def two_people() -> tuple[SourceRecord, SourceRecord]:
    return (
        claim("TICKETS", "1", first_name="Eleni", last_name="Reid", email_1="eleni@example.com"),
        claim("SHOP", "A", first_name="Petros", last_name="Nikolaou", phone_1="+35799123456"),
    )


def test_k14_the_master_keeps_its_groupid_and_its_main_details_prevail() -> None:
    master, child = two_people()
    overnight()
    survivor, retired = group_id(master), group_id(child)
    do(Group(master=survivor, children=(retired,)))
    contact = Contact.objects.get(pk=survivor)
    assert group_id(child) == survivor
    assert contact.name == "Eleni Reid"
    # What the master does not say comes from the child.
    assert [phone.value for phone in contact.phones.all()] == ["+35799123456"]
    assert Contact.objects.get(pk=retired).state == Contact.State.RETIRED
    assert queries.successor_of(retired) == survivor


def test_a7_the_child_leads_when_it_is_master_whatever_is_newer() -> None:
    older, newer = two_people()
    overnight()
    do(Group(master=group_id(newer), children=(group_id(older),)))
    assert Contact.objects.get(pk=group_id(older)).name == "Petros Nikolaou"


def test_a_master_of_a_master_still_leads_before_its_own_children() -> None:
    first, second = two_people()
    third = claim("NEWS", "n9", first_name="Zoe", last_name="Adams")
    overnight()
    do(Group(master=group_id(first), children=(group_id(second),)))
    do(Group(master=group_id(first), children=(group_id(third),)))
    contact = Contact.objects.get(pk=group_id(first))
    assert contact.name == "Eleni Reid"
    assert contact.leading_record_ids == [first.pk, 0, second.pk, 0]


def test_a2_a_run_does_not_break_what_a_person_grouped() -> None:
    left, right = two_people()
    overnight()
    do(Group(master=group_id(left), children=(group_id(right),)))
    for _ in range(3):
        overnight()
    assert group_id(left) == group_id(right)


def test_k17_a5_ungrouping_gives_each_system_ref_a_groupid_of_its_own() -> None:
    records = one_person()
    overnight()
    old = group_id(records[0])
    assert len({group_id(one) for one in records}) == 1
    do(Ungroup(contact=old))
    new = {group_id(one) for one in records}
    assert len(new) == 3
    assert old not in new
    assert Contact.objects.get(pk=old).state == Contact.State.RETIRED


def test_k17_a5_one_system_ref_cannot_be_ungrouped() -> None:
    record = claim("TICKETS", "1", first_name="Eleni", last_name="Reid")
    overnight()
    outcome = preview(actor=ACTOR, intent=Ungroup(contact=group_id(record)))
    assert not outcome.allowed
    with pytest.raises(Refused, match="one System Ref only"):
        do(Ungroup(contact=group_id(record)))


def test_k18_ungrouped_refs_that_still_match_stay_apart_over_ten_runs() -> None:
    records = one_person()
    overnight()
    do(Ungroup(contact=group_id(records[0])))
    before = partition()
    for number in range(10):
        overnight(everything=number % 3 == 0)
    assert partition() == before


def test_k18_grouping_by_hand_lifts_keeping_apart_after_a_warning() -> None:
    one, other, third = one_person()
    overnight()
    do(Ungroup(contact=group_id(one)))
    intent = Group(master=group_id(one), children=(group_id(other),))
    outcome = preview(actor=ACTOR, intent=intent)
    assert [(earlier.verdict, earlier.by) for earlier in outcome.lifted] == [("Kept apart", ACTOR.name)]
    with pytest.raises(Refused, match="kept apart by Command line"):
        do(intent)
    do(intent, lift=True)
    overnight()
    assert group_id(one) == group_id(other) != group_id(third)


def test_a37_x12_a_person_and_a_company_are_refused() -> None:
    person = claim("TICKETS", "1", first_name="Eleni", last_name="Reid")
    company = claim("SHOP", "A", kind="company", company_name="Harbour Freight Ltd")
    overnight()
    with pytest.raises(Refused, match="person and a company"):
        do(Group(master=group_id(person), children=(group_id(company),)))


def test_k15_the_same_child_twice_and_the_master_itself_are_refused() -> None:
    left, right = two_people()
    overnight()
    master, child = group_id(left), group_id(right)
    for children in ((child, child), (master,), ()):
        with pytest.raises(Refused):
            do(Group(master=master, children=children))


def test_a_split_keeps_the_groupid_at_the_larger_part_and_lasts() -> None:
    one, other, third = one_person()
    overnight()
    old = group_id(one)
    do(Split(contact=old, parts=((one.pk,), (other.pk, third.pk))))
    overnight()
    assert group_id(other) == group_id(third) == old
    assert group_id(one) != old


def test_a_split_must_name_each_system_ref_once() -> None:
    one, other, third = one_person()
    overnight()
    for parts in (
        ((one.pk,), (other.pk,)),
        ((one.pk, other.pk, third.pk),),
        ((one.pk, other.pk), (third.pk, one.pk)),
    ):
        with pytest.raises(Refused):
            do(Split(contact=group_id(one), parts=parts))


def test_a_moved_system_ref_stays_where_it_was_put() -> None:
    one, other, third = one_person()
    stranger = claim("CLUB", "c", first_name="Petros", last_name="Nikolaou")
    overnight()
    do(MoveRef(record=one.pk, to=group_id(stranger)))
    overnight()
    assert group_id(one) == group_id(stranger)
    assert group_id(other) == group_id(third) != group_id(one)


def test_contacts_kept_apart_are_not_joined_by_new_evidence() -> None:
    one = claim("TICKETS", "1", first_name="Eleni", last_name="Reid", email_1="eleni@example.com")
    other = claim("SHOP", "A", first_name="Eleni", last_name="Reid", email_1="other@example.com")
    overnight()
    do(KeepApart(contacts=(group_id(one), group_id(other))))
    claim("SHOP", "A", first_name="Eleni", last_name="Reid", email_1="eleni@example.com")
    overnight()
    assert group_id(one) != group_id(other)


def test_undoing_a_grouping_brings_everything_back() -> None:
    left, right = two_people()
    overnight()
    before, names = partition(), dict(Contact.objects.values_list("pk", "name"))
    operation = do(Group(master=group_id(left), children=(group_id(right),)))
    do(Undo(operation=operation.pk))
    assert partition() == before
    assert dict(Contact.objects.values_list("pk", "name")) == names
    assert not Decision.objects.filter(lifted_by=None).exists()
    operation.refresh_from_db()
    assert operation.undone_by is not None


def test_undoing_an_ungrouping_brings_the_retired_groupid_back() -> None:
    records = one_person()
    overnight()
    before = partition()
    operation = do(Ungroup(contact=group_id(records[0])))
    do(Undo(operation=operation.pk))
    assert partition() == before
    overnight()
    assert partition() == before


def test_what_was_undone_can_be_done_again_by_undoing_that() -> None:
    records = one_person()
    overnight()
    together = partition()
    operation = do(Ungroup(contact=group_id(records[0])))
    apart = partition()
    undoing = do(Undo(operation=operation.pk))
    again = do(Undo(operation=undoing.pk))
    assert partition() == apart
    with pytest.raises(Refused, match="undone it already"):
        do(Undo(operation=undoing.pk))
    operation.refresh_from_db()
    assert operation.undone_by is None
    do(Undo(operation=again.pk))
    assert partition() == together
    operation.refresh_from_db()
    assert operation.undone_by == undoing


def test_an_earlier_operation_is_undone_while_a_later_one_stands() -> None:
    first, second = two_people()
    third = claim("NEWS", "n9", first_name="Zoe", last_name="Adams")
    overnight()
    master, child = group_id(first), group_id(second)
    earlier = do(Group(master=master, children=(child,)))
    do(Group(master=group_id(third), children=(master,)))
    do(Undo(operation=earlier.pk), lift=True)
    assert group_id(second) == child
    assert group_id(first) == group_id(third)


def test_what_a_later_operation_took_elsewhere_is_named() -> None:
    one, other, third = one_person()
    stranger = claim("CLUB", "c", first_name="Petros", last_name="Nikolaou")
    overnight()
    operation = do(Ungroup(contact=group_id(one)))
    later = do(Group(master=group_id(stranger), children=(group_id(one),)))
    outcome = preview(actor=ACTOR, intent=Undo(operation=operation.pk))
    which = f"operation {later.pk} (grouped, {later.at.day} {later.at:%b %Y})"
    assert outcome.cannot == (f"Tickets 1 was moved later by {which}: undo that first",)
    do(Undo(operation=operation.pk))
    assert group_id(other) == group_id(third)
    assert group_id(one) == group_id(stranger)


def test_undoing_a_run_separates_what_it_joined_and_the_next_run_leaves_it_so() -> None:
    one = claim("TICKETS", "1", first_name="Eleni", last_name="Reid", email_1="eleni@example.com")
    other = claim("SHOP", "A", first_name="Eleni", last_name="Reid", email_1="other@example.com")
    overnight()
    before = partition()
    claim("SHOP", "A", first_name="Eleni", last_name="Reid", email_1="eleni@example.com")
    overnight()
    assert group_id(one) == group_id(other)
    run = Operation.objects.filter(kind=Operation.Kind.RUN).latest("pk")
    outcome = preview(actor=ACTOR, intent=Undo(operation=run.pk))
    assert outcome.warnings
    do(Undo(operation=run.pk))
    assert partition() == before
    overnight()
    assert partition() == before


def test_undoing_a_run_takes_new_system_refs_out_of_contacts_there_were_before() -> None:
    one = claim("TICKETS", "1", first_name="Eleni", last_name="Reid", email_1="eleni@example.com")
    overnight()
    new = claim("SHOP", "A", first_name="Eleni", last_name="Reid", email_1="eleni@example.com")
    overnight()
    assert group_id(one) == group_id(new)
    run = Operation.objects.filter(kind=Operation.Kind.RUN).latest("pk")
    do(Undo(operation=run.pk))
    overnight()
    assert group_id(one) != group_id(new)


def test_the_first_run_has_nothing_to_go_back_to() -> None:
    one_person()
    overnight()
    run = Operation.objects.filter(kind=Operation.Kind.RUN).latest("pk")
    with pytest.raises(Refused, match="nothing left of it"):
        do(Undo(operation=run.pk))


def test_x8_ungrouping_copies_suppression_to_every_part_and_undoing_takes_the_copies_back() -> None:
    from kith.contacts.actions import suppress

    records = one_person()
    overnight()
    whole = group_id(records[0])
    suppress(actor=ACTOR, contact_id=whole, reason=Suppression.Reason.MANUAL, note="asked by phone")
    before = standing_of([whole])
    operation = do(Ungroup(contact=whole))
    parts = [group_id(one) for one in records]
    assert all(standing_of(parts).values())
    do(Undo(operation=operation.pk))
    assert standing_of([whole]) == before


def test_x7_suppression_of_any_member_suppresses_the_group_and_undoing_frees_the_other() -> None:
    from kith.contacts.actions import suppress

    left, right = two_people()
    overnight()
    free, suppressed = group_id(left), group_id(right)
    suppress(actor=ACTOR, contact_id=suppressed, reason=Suppression.Reason.MANUAL, note="asked by phone")
    intent = Group(master=free, children=(suppressed,))
    assert preview(actor=ACTOR, intent=intent).contacts[0].protections == ("Suppressed: manual",)
    operation = do(intent)
    assert standing_of([free])[free]
    do(Undo(operation=operation.pk))
    assert not standing_of([free])[free]
    assert standing_of([suppressed])[suppressed]


def test_a_preview_says_what_happens_and_changes_nothing() -> None:
    left, right = two_people()
    overnight()
    before = partition()
    outcome = preview(actor=ACTOR, intent=Group(master=group_id(left), children=(group_id(right),)))
    assert partition() == before
    assert [one.group_id for one in outcome.contacts] == [group_id(left)]
    assert [(one.group_id, one.successor) for one in outcome.retired] == [(group_id(right), group_id(left))]
    changes = {one.field: (one.before, one.after, one.lost) for one in outcome.contacts[0].changes}
    assert changes["name"] == ("Eleni Reid", "Eleni Reid", ("Petros Nikolaou",))
    assert changes["phones"] == ("", "+35799123456", ())
    do(Group(master=group_id(left), children=(group_id(right),)))
    assert Contact.objects.get(pk=group_id(left)).name == outcome.contacts[0].golden["name"]


def test_whoever_decides_on_an_old_preview_is_told() -> None:
    left, right = two_people()
    overnight()
    intent = Group(master=group_id(left), children=(group_id(right),))
    seen = preview(actor=ACTOR, intent=intent).seen
    claim("SHOP", "A", first_name="Petros", last_name="Nikolaidis", phone_1="+35799123456")
    with pytest.raises(Conflict):
        carry_out(actor=ACTOR, intent=intent, seen=seen)
    assert group_id(left) != group_id(right)


def test_nothing_is_done_for_whoever_may_not(agent: User) -> None:
    left, right = two_people()
    overnight()
    intent = Group(master=group_id(left), children=(group_id(right),))
    for actor in (NOBODY, agent.actor):
        with pytest.raises(NotAllowed):
            carry_out(actor=actor, intent=intent)
        with pytest.raises(NotAllowed):
            preview(actor=actor, intent=intent)
    assert group_id(left) != group_id(right)


def test_keeping_apart_is_undone_after_a_grouping_over_it_was() -> None:
    one, other, _ = one_person()
    overnight()
    do(Ungroup(contact=group_id(one)))
    stranger = claim("CLUB", "c", first_name="Petros", last_name="Nikolaou")
    overnight()
    apart = do(KeepApart(contacts=(group_id(one), group_id(stranger))))
    over = do(Group(master=group_id(one), children=(group_id(stranger),)), lift=True)
    do(Undo(operation=over.pk))
    do(Undo(operation=apart.pk))
    do(Group(master=group_id(one), children=(group_id(stranger),)))
    assert group_id(other) != group_id(one)


def test_a_system_ref_that_turns_into_a_company_leaves_its_person_and_opens_a_case() -> None:
    left, right = two_people()
    overnight()
    do(Group(master=group_id(left), children=(group_id(right),)))
    claim("SHOP", "A", kind="company", company_name="Harbour Freight Ltd")
    overnight()
    assert group_id(left) != group_id(right)
    assert Case.objects.get().kind == Case.Kind.CONTRADICTION
    overnight()
    assert Case.objects.count() == 1


def test_an_operation_that_does_not_exist_is_not_found() -> None:
    with pytest.raises(NotFound):
        do(Undo(operation=999_999))


def test_keeping_apart_shows_golden_records_as_they_stand() -> None:
    left, right = two_people()
    overnight()
    claim("SHOP", "A", first_name="Petros", last_name="Changed")
    intent = KeepApart(contacts=(group_id(left), group_id(right)))
    contacts = preview(actor=ACTOR, intent=intent).contacts
    assert [one.name for one in contacts] == ["Eleni Reid", "Petros Nikolaou"]
    assert not any(one.changes for one in contacts)


def test_of_many_contacts_the_preview_says_of_the_first_how_they_are_now(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kith.grouping.previewing.MOST_SHOWN", 1)
    for number in range(8):
        claim("TICKETS", str(number), last_name=f"Reid{chr(97 + number)}", email_1=f"e{number}@example.com")
    one = claim("TICKETS", "one", last_name="Adams", email_1="adams@example.com")
    claim("SHOP", "one", last_name="Adams", email_1="adams@example.com")
    overnight()
    for number in range(8):
        claim("CLUB", str(number), last_name=f"Reid{chr(97 + number)}", email_1=f"e{number}@example.com")
    claim("CLUB", "one", first_name="Zoe", last_name="Adams", email_1="adams@example.com")
    overnight()
    run = Operation.objects.filter(kind=Operation.Kind.RUN).latest("pk")
    [shown] = preview(actor=ACTOR, intent=Undo(operation=run.pk)).contacts
    assert shown.group_id == group_id(one)
    assert [(change.field, change.before, change.after) for change in shown.changes] == [
        ("name", "Zoe Adams", "Adams")
    ]
