"""X8: relations hang on System Refs at both ends: grouping takes them along, ungrouping gives them back."""

from __future__ import annotations

import pytest

from kith.access.actors import COMMAND_LINE
from kith.contacts.models import Contact
from kith.grouping.intents import Group, Undo, Ungroup
from kith.grouping.outcome import Along
from kith.grouping.previewing import preview
from kith.relations import actions, queries
from kith.sources.models import SourceRecord
from tests.claims import claim
from tests.grouping.acting import do, group_id, overnight
from tests.relations.test_relations import relate, shown

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def three() -> list[SourceRecord]:
    said = [("Eleni", "Reid"), ("Petros", "Nikolaou"), ("Maria", "Savva")]
    made = [
        claim("TICKETS", str(at), first_name=first, last_name=last) for at, (first, last) in enumerate(said)
    ]
    overnight()
    return made


def at(record: SourceRecord) -> Contact:
    return Contact.objects.get(pk=group_id(record))


def within(record: SourceRecord) -> int:
    return len(queries.within(group_id(record), actor=COMMAND_LINE))


def test_x8_grouping_two_related_contacts_leaves_no_relation_to_itself_and_undoing_brings_it_back() -> None:
    ann, petros, maria = three()
    relate(at(ann), at(petros), "PARTNER")
    relate(at(petros), at(maria), "CHILD")
    done = do(Group(master=group_id(ann), children=(group_id(petros),)))
    assert shown(at(ann)) == [("Child", group_id(maria))]
    assert shown(at(maria)) == [("Parent", group_id(ann))]
    assert within(ann) == 1
    do(Undo(operation=done.pk))
    assert shown(at(ann)) == [("Partner", group_id(petros))]
    assert within(ann) == 0
    assert sorted(shown(at(petros))) == [("Child", group_id(maria)), ("Partner", group_id(ann))]


def test_x8_the_same_relation_from_two_system_refs_shows_once_and_each_gets_its_own_back() -> None:
    ann, petros, maria = three()
    relate(at(ann), at(maria), "FRIEND", "from school")
    relate(at(petros), at(maria), "FRIEND", "from work")
    do(Group(master=group_id(ann), children=(group_id(petros),)))
    assert shown(at(maria)) == [("Friend", group_id(ann))]
    (key,) = queries.keys_of(group_id(maria), actor=COMMAND_LINE)
    (both,) = queries.related(group_id(maria), [key.id], actor=COMMAND_LINE)
    assert both.note == "from school\nfrom work"
    actions.change_relation(
        actor=COMMAND_LINE,
        relation_id=both.id,
        contact_id=group_id(maria),
        code="CHILD",
        note="both",
        seen=both.edits,
    )
    do(Ungroup(contact=group_id(ann)), lift=True)
    assert shown(at(ann)) == shown(at(petros)) == [("Parent", group_id(maria))]
    assert {label for label, _ in shown(at(maria))} == {"Child"}


def test_x8_a_relation_removed_while_grouped_is_removed_for_all_of_its_system_refs() -> None:
    ann, petros, maria = three()
    relate(at(ann), at(maria))
    relate(at(petros), at(maria))
    done = do(Group(master=group_id(ann), children=(group_id(petros),)))
    (key,) = queries.keys_of(group_id(maria), actor=COMMAND_LINE)
    actions.remove_relation(actor=COMMAND_LINE, relation_id=key.id, contact_id=group_id(maria))
    do(Undo(operation=done.pk))
    assert [shown(at(one)) for one in (ann, petros, maria)] == [[], [], []]


def test_x8_a_preview_says_how_many_relations_move() -> None:
    ann, petros, maria = three()
    relate(at(petros), at(maria))
    intent = Group(master=group_id(ann), children=(group_id(petros),))
    assert preview(actor=COMMAND_LINE, intent=intent).moved.along == (Along("relation", 1),)
