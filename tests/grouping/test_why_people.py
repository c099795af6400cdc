"""Decisions of people are links too; pictures can be read on a phone."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.access.actors import OVERNIGHT
from kith.access.models import User
from kith.contacts.models import Contact
from kith.grouping import actions
from kith.grouping.intents import Group, Split
from kith.grouping.why.badges import BADGE_HEIGHT, Box, Placing
from kith.grouping.why.decided import decided_among, decided_between
from kith.grouping.why.inspection import inspect
from kith.grouping.why.picture import PHONE, picture
from kith.grouping.why.reasons import reasons_for
from kith.runs.actions import execute_run
from kith.runs.models import Run
from kith.sources.models import SourceRecord
from tests.claims import claim

pytestmark = pytest.mark.django_db(transaction=True)
ClientOf = Callable[[User], Client]


def grouped_by_hand(steward: User) -> Contact:
    """Two that rule 1 joins, and one that only a person joined to them."""
    claim("TICKETS", "A-1", first_name="Eleni", last_name="Reid", email_1="e@example.com")
    claim("SHOP", "B-1", first_name="Eleni", last_name="Reid", email_1="e@example.com")
    claim("CLUB", "C-1", first_name="Helen", last_name="Papadopoulou")
    run = execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND)
    assert run.state == Run.State.DONE
    master = contact_of("A-1")
    actions.carry_out(
        actor=steward.actor,
        intent=Group(master=master.pk, children=(contact_of("C-1").pk,)),
        reason="She married",
    )
    master.refresh_from_db()
    return master


def contact_of(ref: str) -> Contact:
    return Contact.objects.get(memberships__record__system_ref=ref)


def test_k11_a_decision_is_a_link_that_says_who_when_and_why(steward: User) -> None:
    found = inspect(grouped_by_hand(steward))
    assert not found.alone
    (decided,) = [pair for pair in found.pairs if pair.is_person and pair.right.system_ref == "C-1"]
    assert decided.words.startswith(f"Grouped by {steward.name}, ")
    assert "She married" in decided.words
    assert decided.mark == "DS"
    assert {badge.by for badge in found.picture.badges} == {"rule", "person"}


def test_a_split_keeps_its_parts_together_and_is_told_so(steward: User) -> None:
    contact = grouped_by_hand(steward)
    refs = dict(SourceRecord.objects.of_contact(contact.pk).values_list("system_ref", "pk"))
    parts = ((refs["B-1"], refs["C-1"]), (refs["A-1"],))
    actions.carry_out(actor=steward.actor, intent=Split(contact=contact.pk, parts=parts), lift=True)
    (held,) = decided_among(parts[0])
    assert held.words.startswith(f"Kept together by {steward.name}, ")
    (apart,) = decided_between(parts[1], parts[0][:1])
    assert apart.words.startswith(f"Split by {steward.name}, ")


def test_each_link_says_its_version_and_the_run_that_made_it(steward: User) -> None:
    found = inspect(grouped_by_hand(steward))
    (by_rule,) = [pair for pair in found.pairs if pair.is_rule]
    assert "matching rules" in by_rule.origin.lower()
    assert f"one since grouping run {Run.objects.get().pk}" in by_rule.origin


def test_a_link_that_no_run_saw_yet_says_so(steward: User) -> None:
    contact = grouped_by_hand(steward)
    claim("CLUB", "C-1", first_name="Eleni", last_name="Reid", email_1="e@example.com")
    new = [pair for pair in inspect(contact).pairs if pair.right.system_ref == "C-1" and pair.is_rule]
    assert new
    assert all("no run saw this yet" in pair.origin for pair in new)
    assert any("Grouped by" in pair.decided for pair in new)


def test_the_list_of_system_refs_names_the_person_and_the_version(steward: User) -> None:
    contact = grouped_by_hand(steward)
    reasons = {
        SourceRecord.objects.get(pk=pk).system_ref: reason for pk, reason in reasons_for(contact).items()
    }
    assert reasons["C-1"].text == f"Decided by {steward.name}"
    assert "She married" in reasons["C-1"].detail
    assert reasons["B-1"].text.startswith("Rule 1")
    assert "matching rules" in reasons["B-1"].detail.lower()


def test_the_page_shows_the_decision_and_two_pictures(steward: User, client_of: ClientOf) -> None:
    contact = grouped_by_hand(steward)
    page = client_of(steward).get(f"/contacts/{contact.pk}/why/").text
    assert "Grouped by" in page
    assert page.count('<svg class="why"') == 2
    assert "Without evidence now" not in page
    assert page.count('class="why-number"') == 3


def test_all_circles_of_the_small_picture_lie_inside_and_apart(steward: User) -> None:
    claims = [claim("SHOP", f"S-{n}", first_name="Eleni", last_name="Reid") for n in range(40)]
    for size in (1, 2, 3, 5, 12, 40):
        drawn = picture(claims[:size], (), canvas=PHONE)
        assert all(15 <= one.x <= drawn.width - 15 for one in drawn.circles)
        assert all(15 <= one.y <= drawn.height - 15 for one in drawn.circles)
        for one, other in combinations(drawn.circles, 2):
            assert (one.x - other.x) ** 2 + (one.y - other.y) ** 2 >= 32**2


spots = st.tuples(st.integers(30, 320), st.integers(30, 300))


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(st.tuples(spots, spots, st.sampled_from([22, 34, 46])), min_size=1, max_size=14))
def test_k11_badges_never_lie_on_each_other(
    lines: list[tuple[tuple[int, int], tuple[int, int], int]],
) -> None:
    circles = tuple(Box.around(*spot, width=30, height=30) for spot in {line[0] for line in lines[:4]})
    placing = Placing(width=350, height=330, taken=circles)
    boxes = [placing.place(start, end, width=width) for start, end, width in lines]
    for one, other in combinations(boxes, 2):
        assert not one.meets(other)
    assert all(box.height == BADGE_HEIGHT and box.is_inside(width=350, height=330) for box in boxes)
