"""Which questions are asked, and which no longer are."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kith.access.actors import OVERNIGHT
from kith.access.models import User
from kith.contacts.models import Contact
from kith.grouping.actions import carry_out
from kith.grouping.intents import Group, KeepApart, Undo
from kith.grouping.models import Doubt, Evidence, Move
from kith.kernel.clock import now
from kith.runs.actions import execute_run
from kith.runs.models import Run, RunStep
from kith.stewardship.models import StewardshipSettings
from kith.stewardship.requests import approve, ask
from kith.stewardship.review import actions, queue
from kith.stewardship.review.keeping import rebuild, refresh_for
from kith.stewardship.review.models import Answer, ReviewItem
from tests.claims import claim
from tests.contacts import factories
from tests.stewardship.doubtful import asked, asks, doubts, first_of, two

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
OPEN = ReviewItem.State.OPEN


def open_pairs() -> set[tuple[int, int]]:
    waiting = ReviewItem.objects.filter(state=OPEN)
    return set(waiting.values_list("left_contact_id", "right_contact_id"))


def test_k12_evidence_that_does_not_group_becomes_a_question_and_groups_nothing() -> None:
    left, right = two()
    asks(left, right)
    rebuild()
    assert open_pairs() == {(left.pk, right.pk)}
    assert Contact.objects.filter(state="active").count() == 2


def test_of_many_pairs_of_system_refs_the_strongest_asks_once_for_two_contacts() -> None:
    left = factories.contact(
        factories.record({"first_name": "Eva", "last_name": "Kara"}),
        factories.record({"first_name": "Eva", "last_name": "Kara"}),
    )
    right = factories.person("Eva", "Kara")
    asks(left, right, weight=0.5)
    strong = left.memberships.order_by("-record_id").values_list("record_id", flat=True)[0]
    Evidence.objects.create(left_id=strong, right_id=first_of(right), weight=2.5, groups=False)
    rebuild()
    item = ReviewItem.objects.get()
    assert (item.left_record_id, item.right_record_id) == (strong, first_of(right))
    assert item.weight == pytest.approx(2.5)


def test_a_doubt_of_the_engine_says_why_and_has_the_weight_of_the_model() -> None:
    left, right = two()
    doubts(left, right, why=Doubt.Why.BRIDGE, weight=9.0)
    Doubt.objects.update(weight=999.0)
    rebuild()
    item = ReviewItem.objects.get()
    assert (item.kind, item.weight) == (ReviewItem.Kind.BRIDGE, 9.0)


def test_birth_dates_that_differ_make_a_question_more_pressing() -> None:
    calm = asked(first="Maria", last="Calm")
    left = factories.person("Nikos", "Pressing", birth_date="02/02/1961")
    right = factories.person("Nikos", "Pressing", birth_date="19/08/1990")
    asks(left, right)
    rebuild()
    assert [item.left_contact_id for item in queue.in_order(actor=OVERNIGHT)] == [
        left.pk,
        calm.left_contact_id,
    ]


def test_a_weak_pair_is_no_question_where_other_system_refs_tell_the_contacts_apart() -> None:
    names = {"first_name": "Nikos", "last_name": "Pressing"}
    left, right = (
        factories.contact(
            factories.record(names, code="A"), factories.record({**names, "birth_date": born}, code="B")
        )
        for born in ("02/02/1961", "19/08/1990")
    )
    asks(left, right)
    rebuild()
    assert not queue.in_order(actor=OVERNIGHT)


def test_like_cases_share_a_pattern_that_reads_in_words() -> None:
    item = asked()
    other = asked(first="Despina", last="Loizou")
    assert item.pattern == other.pattern
    assert "first_name:exact" in item.pattern
    assert set(queue.like(item)) == {item, other}


def test_what_is_one_now_is_not_asked(steward: User) -> None:
    item = asked()
    carry_out(
        actor=steward.actor, intent=Group(master=item.left_contact_id, children=(item.right_contact_id,))
    )
    rebuild()
    item.refresh_from_db()
    assert item.state == ReviewItem.State.GONE


def test_a2_what_a_person_keeps_apart_is_not_asked_until_the_decision_is_lifted(steward: User) -> None:
    item = asked()
    both = (item.left_contact_id, item.right_contact_id)
    decided = carry_out(actor=steward.actor, intent=KeepApart(contacts=both))
    rebuild()
    assert not open_pairs()
    carry_out(actor=steward.actor, intent=Undo(operation=decided.pk))
    rebuild()
    assert open_pairs() == {both}


def test_transitive_a_not_b_and_b_is_c_so_a_and_c_are_not_asked(steward: User) -> None:
    a, b = two()
    c = factories.person("Andreas", "Georgiou", code="SHOP")
    asks(a, b)
    asks(b, c)
    asks(a, c)
    rebuild()
    assert len(open_pairs()) == 3
    carry_out(actor=steward.actor, intent=KeepApart(contacts=(a.pk, b.pk)))
    refresh_for([first_of(a), first_of(b)])
    assert open_pairs() == {(b.pk, c.pk), (a.pk, c.pk)}
    carry_out(actor=steward.actor, intent=Group(master=b.pk, children=(c.pk,)))
    refresh_for([first_of(b)])
    assert not open_pairs()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    answers=st.lists(st.tuples(st.integers(0, 50), st.booleans()), max_size=5),
    links=st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=3, max_size=8),
)
def test_property_no_question_is_asked_whose_answer_follows_from_answers(
    steward: User, answers: list[tuple[int, bool]], links: set[tuple[int, int]]
) -> None:
    """After any answers: never about one contact, never between contacts that a decision keeps apart, and
    what the refreshes left is what building everything anew gives.
    """
    ReviewItem.objects.all().delete()
    Evidence.objects.all().delete()
    people = [factories.person("Andreas", "Georgiou") for _ in range(5)]
    for left, right in {tuple(sorted(link)) for link in links if link[0] != link[1]}:
        asks(people[left], people[right])
    rebuild()
    said: dict[tuple[int, int], bool] = {}
    for number, together in answers:
        waiting = list(queue.in_order(actor=steward.actor))
        if not waiting:
            break
        item = waiting[number % len(waiting)]
        said[item.left_record_id, item.right_record_id] = together
        actions.answer(
            actor=steward.actor, item_id=item.pk, verdict=Answer.GROUP if together else Answer.APART
        )
    refreshed = open_pairs()
    rebuild()
    assert open_pairs() == refreshed
    follows = _follows(said, [first_of_any(one) for one in people])
    for item in ReviewItem.objects.filter(state=OPEN):
        assert (item.left_record_id, item.right_record_id) not in follows
        assert (item.right_record_id, item.left_record_id) not in follows


def first_of_any(contact: Contact) -> int:
    """Its System Ref from the beginning, wherever it is now."""
    return Move.objects.filter(to_contact_id=contact.pk, from_contact_id__isnull=True).get().record_id


def _follows(said: dict[tuple[int, int], bool], records: list[int]) -> set[tuple[int, int]]:
    """Pairs of System Refs whose answer is known, by hand."""
    group = {pk: pk for pk in records}
    for (left, right), together in said.items():
        if together:
            old, new = group[left], group[right]
            group = {pk: new if of == old else of for pk, of in group.items()}
    apart = {frozenset((group[left], group[right])) for (left, right), one in said.items() if not one}
    return {
        (left, right)
        for left in records
        for right in records
        if left != right and (group[left] == group[right] or frozenset((group[left], group[right])) in apart)
    }


def test_assignment_and_skip_survive_a_rebuild_and_a_skip_ends_after_a_week(steward: User) -> None:
    item, later = asked(), asked(first="Despina", last="Loizou", weight=3.0)
    actions.assign(actor=steward.actor, item_id=item.pk, user_id=steward.pk)
    actions.skip(actor=steward.actor, item_id=item.pk)
    rebuild()
    item.refresh_from_db()
    assert item.assigned_to == steward
    assert list(queue.in_order(actor=steward.actor)) == [later, item]
    ReviewItem.objects.filter(pk=item.pk).update(skipped_at=now().replace(year=2020))
    rebuild()
    assert list(queue.in_order(actor=steward.actor)) == [item, later]


def test_an_assignment_follows_the_two_system_refs_to_other_groupids(steward: User) -> None:
    item = asked()
    actions.assign(actor=steward.actor, item_id=item.pk, user_id=steward.pk)
    third = factories.contact(
        factories.record({"first_name": "Zoe"}), factories.record({"first_name": "Zoe"})
    )
    carry_out(actor=steward.actor, intent=Group(master=third.pk, children=(item.left_contact_id,)))
    rebuild()
    again = ReviewItem.objects.get(state=OPEN)
    assert again.pk != item.pk
    assert again.assigned_to == steward


def test_a_refresh_touches_no_other_question() -> None:
    item, other = asked(), asked(first="Despina", last="Loizou")
    Evidence.objects.all().delete()
    refresh_for([item.left_record_id])
    item.refresh_from_db()
    other.refresh_from_db()
    assert (item.state, other.state) == (ReviewItem.State.GONE, OPEN)


@pytest.mark.django_db(transaction=True)
def test_k12_the_run_keeps_the_queue() -> None:
    shared = {"first_name": "Eleni", "last_name": "Reid", "email_1": "eleni@example.com"}
    claim("TICKETS", "1", birth_date="14/03/1957", **shared)
    claim("SHOP", "A", birth_date="02/08/1991", **shared)
    run = execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND)
    assert run.state == Run.State.DONE
    counts = RunStep.objects.get(run=run, name="review").counts
    assert counts["questions_open"] == ReviewItem.objects.filter(state=OPEN).count()


def test_whoever_changes_who_is_who_elsewhere_takes_the_question_away_at_once(steward: User) -> None:
    item = asked()
    asked_for = ask(
        actor=steward.actor, intent=Group(master=item.right_contact_id, children=(item.left_contact_id,))
    )
    item.refresh_from_db()
    assert item.state == ReviewItem.State.GONE
    assert asked_for.operation is not None
    ask(actor=steward.actor, intent=Undo(operation=asked_for.operation.pk))
    assert open_pairs() == {(item.left_contact_id, item.right_contact_id)}


def test_an_answer_that_a_second_person_approves_is_decided_then(steward: User, power_user: User) -> None:
    StewardshipSettings.objects.create(second_reviewer=True)
    item = asked()
    for contact_id in (item.left_contact_id, item.right_contact_id):
        contact = Contact.objects.get(pk=contact_id)
        factories.transaction(contact.memberships.get().record, "10.00")
    given = actions.answer(actor=steward.actor, item_id=item.pk, verdict=Answer.GROUP)
    assert given.waits
    assert given.item.request is not None
    approve(actor=power_user.actor, request_id=given.item.request.pk)
    item.refresh_from_db()
    assert item.state == ReviewItem.State.DECIDED
    assert item.operation is not None
    assert not open_pairs()
