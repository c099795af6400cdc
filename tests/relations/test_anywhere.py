"""Whatever people group, split, move and undo: each end of a relation shows where its System Ref is."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kith.access.actors import COMMAND_LINE
from kith.contacts.models import Contact
from kith.contacts.settings.relation_types import relation_types_in_force
from kith.grouping.actions import carry_out
from kith.grouping.intents import Group, Intent, MoveRef, Split, Undo, Ungroup
from kith.grouping.models import Operation
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.relations import actions, queries
from kith.relations.models import Relation
from kith.sources.models import SourceRecord
from tests.grouping.acting import TABLES, partition
from tests.grouping.test_undo_in_any_order import people

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PERSONS = 4
CODES = ("FRIEND", "PARENT", "CHILD", "EMPLOYER")
Step = tuple[str, int, int, str]


def contact_of(record: SourceRecord) -> int:
    return next(pk for pk, held in partition().items() if record.pk in held)


def intent_of(step: Step, records: list[SourceRecord]) -> Intent | None:
    what, one, other, _ = step
    here, there = contact_of(records[one]), contact_of(records[other])
    held = sorted(partition()[here])
    if what == "group" and here != there:
        return Group(master=here, children=(there,))
    if what == "move" and here != there:
        return MoveRef(record=records[one].pk, to=there)
    if what == "ungroup" and len(held) > 1:
        return Ungroup(contact=here)
    if what == "split" and len(held) > 1:
        return Split(contact=here, parts=((held[0],), tuple(held[1:])))
    last = Operation.objects.filter(undone_by=None, undoes=None).order_by("-pk").first()
    return Undo(operation=last.pk) if what == "undo" and last else None


def take(step: Step, records: list[SourceRecord]) -> None:
    """What a rule forbids does not happen."""
    what, one, other, code = step
    with_whom = contact_of(records[one]), contact_of(records[other])
    try:
        with transaction.atomic():
            if what == "relate":
                actions.add_relation(
                    actor=COMMAND_LINE, contact_id=with_whom[0], other_id=with_whom[1], code=code
                )
            elif what == "remove":
                for row in Relation.objects.order_by("pk")[:1]:
                    actions.remove_relation(
                        actor=COMMAND_LINE, relation_id=row.pk, contact_id=contact_of_id(row.from_record_id)
                    )
            elif intent := intent_of(step, records):
                carry_out(actor=COMMAND_LINE, intent=intent, lift=True)
    except (Refused, Conflict, NotFound):
        return


def contact_of_id(record_id: int) -> int:
    return next(pk for pk, held in partition().items() if record_id in held)


def shown_everywhere() -> set[tuple[int, str, int]]:
    """(contact, what the other is to it, other), as the pages show them; each once."""
    found = []
    for contact_id in Contact.objects.values_list("pk", flat=True):
        keys = queries.keys_of(contact_id, actor=COMMAND_LINE)
        rows = queries.related(contact_id, [one.id for one in keys], actor=COMMAND_LINE)
        assert len(rows) == len(keys)
        found += [(contact_id, one.code, one.contact_id) for one in rows]
    assert len(set(found)) == len(found)
    return set(found)


def expected() -> set[tuple[int, str, int]]:
    place = {record: contact for contact, held in partition().items() for record in held}
    ends = [(place[row.from_record_id], place[row.to_record_id], row) for row in Relation.objects.all()]
    there = {(one, row.code, other) for one, other, row in ends if one != other}
    back = {(other, row.inverse, one) for one, other, row in ends if one != other}
    return there | back


def within_everywhere() -> list[int]:
    return sorted(
        one.relation.pk
        for contact_id in Contact.objects.values_list("pk", flat=True)
        for one in queries.within(contact_id, actor=COMMAND_LINE)
    )


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join((*TABLES, 'relations_relation'))} CASCADE")


@st.composite
def steps(draw: st.DrawFn) -> list[Step]:
    person = st.integers(0, PERSONS - 1)
    what = st.sampled_from(
        ("relate", "relate", "relate", "group", "group", "ungroup", "split", "move", "undo", "undo", "remove")
    )
    return draw(st.lists(st.tuples(what, person, person, st.sampled_from(CODES)), min_size=3, max_size=12))


@given(steps())
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_x8_each_end_shows_where_its_system_ref_is_and_nobody_is_related_to_itself(taken: list[Step]) -> None:
    empty()
    types = relation_types_in_force()
    records = people(PERSONS)
    for step in taken:
        take(step, records)
        found = shown_everywhere()
        assert found == expected()
        assert all(one != other for one, _, other in found)
        for one, code, other in found:
            inverse = types.inverse_of(code)
            assert inverse is not None
            assert (other, inverse.code, one) in found
        place = {record: contact for contact, held in partition().items() for record in held}
        inside = [
            row.pk for row in Relation.objects.all() if place[row.from_record_id] == place[row.to_record_id]
        ]
        assert within_everywhere() == sorted(inside)
