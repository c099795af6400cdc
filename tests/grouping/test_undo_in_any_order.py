"""Operations that build on each other are undone in any order: what is left is as if they had not been."""

from __future__ import annotations

import os

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from kith.contacts.models import Contact
from kith.golden.actions import make_primary
from kith.grouping.actions import carry_out
from kith.grouping.decisions import pairs_in_force
from kith.grouping.intents import Group, Intent, KeepApart, MoveRef, Split, Undo, Ungroup
from kith.grouping.models import Operation
from kith.grouping.previewing import preview
from kith.kernel.errors import Refused
from kith.runs.models import Run
from kith.sources.models import SourceRecord
from tests.claims import claim
from tests.grouping.acting import ACTOR, TABLES, group_id, overnight, partition

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PEOPLE = (
    ("Eleni", "Reid"),
    ("Petros", "Nikolaou"),
    ("Zoe", "Adams"),
    ("Anna", "Berg"),
    ("Tomasz", "Kowalski"),
)


def do(intent: Intent, *, lift: bool = True) -> Operation:
    return carry_out(actor=ACTOR, intent=intent, lift=lift)


def people(number: int) -> list[SourceRecord]:
    """As many who have nothing in common, each with a GroupID."""
    records = [
        claim("TICKETS", str(at), first_name=first, last_name=last)
        for at, (first, last) in enumerate(PEOPLE[:number])
    ]
    overnight()
    return records


def test_who_was_put_back_with_others_goes_with_them_when_they_go_back() -> None:
    one, other, third = people(3)
    home, stranger = group_id(one), group_id(third)
    do(Group(master=home, children=(group_id(other),)))
    split = do(Split(contact=home, parts=((one.pk,), (other.pk,))))
    grouped = do(Group(master=stranger, children=(home,)))
    do(Undo(operation=split.pk))
    assert group_id(one) == group_id(other) == group_id(third) == stranger
    do(Undo(operation=grouped.pk))
    assert (group_id(one), group_id(other), group_id(third)) == (home, home, stranger)


def test_a_groupid_that_only_lost_what_an_earlier_undoing_took_comes_back_as_itself() -> None:
    one, other, third = people(3)
    home, stranger = group_id(other), group_id(third)
    first = do(Group(master=home, children=(group_id(one),)))
    second = do(MoveRef(record=other.pk, to=stranger))
    do(Undo(operation=first.pk))
    do(Undo(operation=second.pk))
    assert group_id(other) == home != group_id(one)


def test_a_decision_that_was_itself_undone_is_not_said_again() -> None:
    one, other, third = people(3)
    home = group_id(one)
    first = do(Group(master=home, children=(group_id(other),)))
    second = do(MoveRef(record=other.pk, to=group_id(third)))
    later = do(Group(master=home, children=(group_id(third),)))
    do(Undo(operation=second.pk))
    do(Undo(operation=first.pk))
    do(Undo(operation=later.pk))
    assert pairs_in_force() == ((), ())


def test_who_an_earlier_undoing_took_out_is_no_obstacle() -> None:
    one, other, third = people(3)
    before = partition()
    first = do(Group(master=group_id(one), children=(group_id(other),)))
    second = do(Group(master=group_id(third), children=(group_id(one),)))
    do(Undo(operation=first.pk))
    assert preview(actor=ACTOR, intent=Undo(operation=second.pk)).cannot == ()
    do(Undo(operation=second.pk))
    assert partition() == before


def test_an_operation_of_which_nothing_can_go_back_names_what_is_first_and_stays() -> None:
    one, other, third, fourth = people(4)
    whole = group_id(one)
    do(Group(master=whole, children=(group_id(other),)))
    apart = do(Ungroup(contact=whole))
    later = [
        do(Group(master=group_id(stranger), children=(group_id(record),)))
        for record, stranger in ((one, third), (other, fourth))
    ]
    with pytest.raises(Refused, match=f"operation {later[0].pk} .*undo that first"):
        do(Undo(operation=apart.pk))
    for each in later:
        do(Undo(operation=each.pk))
    do(Undo(operation=apart.pk))
    assert group_id(one) == group_id(other) == whole


def test_undoing_a_keep_apart_lets_the_next_run_group_them() -> None:
    one = claim("TICKETS", "1", first_name="Eleni", last_name="Reid", email_1="eleni@example.com")
    other = claim("SHOP", "A", first_name="Eleni", last_name="Reid", email_1="other@example.com")
    overnight()
    kept = do(KeepApart(contacts=(group_id(one), group_id(other))))
    claim("SHOP", "A", first_name="Eleni", last_name="Reid", email_1="eleni@example.com")
    overnight()
    assert group_id(one) != group_id(other)
    do(Undo(operation=kept.pk))
    assert pairs_in_force() == ((), ())
    overnight()
    assert group_id(one) == group_id(other)


def test_a37_undoing_puts_no_company_back_to_a_person() -> None:
    one, other = people(2)
    do(Group(master=group_id(one), children=(group_id(other),)))
    claim("TICKETS", "1", kind="company", company_name="Harbour Freight Ltd")
    run = overnight()
    company = group_id(other)
    assert company != group_id(one)
    of_run = Operation.objects.get(run=run)
    with pytest.raises(Refused, match="Tickets 1 is a company now"):
        do(Undo(operation=of_run.pk))
    assert group_id(other) == company


def test_two_that_a_person_grouped_and_of_whom_one_became_a_company_are_kept_apart_after_a_warning() -> None:
    one, other = people(2)
    do(Group(master=group_id(one), children=(group_id(other),)))
    claim("TICKETS", "1", kind="company", company_name="Harbour Freight Ltd")
    overnight()
    intent = KeepApart(contacts=(group_id(one), group_id(other)))
    assert [earlier.verdict for earlier in preview(actor=ACTOR, intent=intent).lifted] == ["Kept together"]
    with pytest.raises(Refused, match="were grouped by Command line"):
        do(intent, lift=False)
    do(intent)
    assert pairs_in_force() == ((), ((one.pk, other.pk),))


def test_k9_the_primary_system_ref_a_person_chose_comes_back_with_its_system_ref() -> None:
    one, other, third = people(3)
    home = group_id(one)
    do(Group(master=home, children=(group_id(other),)))
    make_primary(actor=ACTOR, contact_id=home, record_id=other.pk)
    before = _headed(home)
    moved = do(MoveRef(record=other.pk, to=group_id(third)))
    assert _headed(home) != before
    intent = Undo(operation=moved.pk)
    shown = {one.group_id: one.name for one in preview(actor=ACTOR, intent=intent).contacts}
    do(intent)
    assert _headed(home) == before == (other.pk, True, "Petros Nikolaou")
    assert shown[home] == "Petros Nikolaou"


def test_k9_a_primary_system_ref_that_was_chosen_since_stays() -> None:
    one, other, third, fourth = people(4)
    home = group_id(one)
    do(Group(master=home, children=(group_id(other), group_id(fourth))))
    make_primary(actor=ACTOR, contact_id=home, record_id=other.pk)
    moved = do(MoveRef(record=other.pk, to=group_id(third)))
    make_primary(actor=ACTOR, contact_id=home, record_id=fourth.pk)
    do(Undo(operation=moved.pk))
    assert _headed(home) == (fourth.pk, True, "Anna Berg")


def test_a_run_that_was_killed_and_went_on_is_undone_operation_by_operation() -> None:
    one, other = (
        claim("TICKETS", "1", first_name="Eleni", last_name="Reid", email_1="eleni@example.com"),
        claim("SHOP", "A", first_name="Eleni", last_name="Reid", email_1="other@example.com"),
    )
    overnight()
    before = partition()
    claim("SHOP", "A", first_name="Eleni", last_name="Reid", email_1="eleni@example.com")
    run = overnight()
    # Killed after it had moved them, before it wrote down that it had.
    Run.objects.filter(pk=run.pk).update(state=Run.State.RUNNING, finished_at=None)
    run.steps.update(state="waiting")
    third = claim("CLUB", "c", first_name="Eleni", last_name="Reid", email_1="eleni@example.com")
    assert overnight().pk == run.pk
    first, second = Operation.objects.filter(run=run).order_by("pk")
    assert group_id(one) == group_id(other) == group_id(third)
    do(Undo(operation=second.pk))
    assert group_id(one) == group_id(other) != group_id(third)
    do(Undo(operation=first.pk))
    assert {home: members for home, members in partition().items() if home in before} == before


def _headed(contact_id: int) -> tuple[int | None, bool, str]:
    contact = Contact.objects.get(pk=contact_id)
    return contact.primary_record_id, contact.primary_chosen, contact.name


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["group", "group", "move", "split", "ungroup"]),
        st.integers(0, 99),
        st.integers(0, 99),
    ),
    min_size=2,
    max_size=6,
)


@settings(
    max_examples=int(os.environ.get("KITH_LONG_TESTS", "0")) or 8,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(steps=_STEPS, order=st.randoms(use_true_random=False))
def test_whatever_order_they_are_undone_in_everything_is_as_it_was(
    steps: list[tuple[str, int, int]], order: object
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
    people(5)
    before = partition()
    done = [operation for step in steps for operation in _done(*step)]
    waiting = list(done)
    order.shuffle(waiting)  # type: ignore[attr-defined]  # hypothesis draws a random.Random
    while waiting:
        whole = [one for one in waiting if _is_whole(one)]
        if not whole:
            assert all(_is_empty(one) for one in waiting), "what was done last can be undone"
            break
        note(f"undo {whole[0].pk}")
        do(Undo(operation=whole[0].pk))
        waiting.remove(whole[0])
    assert partition() == before
    assert pairs_in_force() == ((), ())


def _done(kind: str, at: int, other: int) -> list[Operation]:
    places = sorted(partition().items())
    group_ids = [group_id for group_id, _ in places]
    contact, members = places[at % len(places)]
    intents: dict[str, Intent] = {
        "group": Group(master=contact, children=(group_ids[other % len(group_ids)],)),
        "move": MoveRef(record=sorted(members)[other % len(members)], to=group_ids[other % len(group_ids)]),
        "split": Split(contact=contact, parts=tuple((pk,) for pk in sorted(members))),
        "ungroup": Ungroup(contact=contact),
    }
    try:
        return [do(intents[kind], lift=True)]
    except Refused:
        return []


def _is_whole(operation: Operation) -> bool:
    """Every System Ref goes back that is not back already."""
    outcome = preview(actor=ACTOR, intent=Undo(operation=operation.pk))
    return bool(outcome.allowed) and all("earlier decision" in why for why in outcome.cannot)


def _is_empty(operation: Operation) -> bool:
    outcome = preview(actor=ACTOR, intent=Undo(operation=operation.pk))
    return outcome.allowed.reasons == ("there is nothing left of it to take back",)
