"""Promise 6: whatever happens to contacts, nobody gets freer who did not ask for it. On the real store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, note, settings
from hypothesis import strategies as st

from kith.access.actors import COMMAND_LINE
from kith.contacts import actions as contacts
from kith.contacts.may.asking import allowed, facts_of
from kith.contacts.may.rules import Ask, may_we
from kith.contacts.models import Contact, SuppressedRecord
from kith.contacts.suppressions import actions as suppressions
from kith.contacts.suppressions.actions import Because
from kith.grouping.actions import carry_out
from kith.grouping.intents import Group, Intent, Split, Undo, Ungroup
from kith.grouping.placing import place_new
from kith.kernel.errors import Refused
from kith.sources import actions as sources
from kith.sources.importing import run_import
from kith.sources.models import Membership, SourceRecord, SourceSystem
from tests.contacts.may.test_asking import ASKS

pytestmark = pytest.mark.django_db
PEOPLE = 4
MAILS = tuple(f"person{number}@example.com" for number in range(PEOPLE))
REASONS = ("manual", "opt_out", "restricted", "deceased")
SCOPES = ("all", "email", "phone", "post")
Forbidden = dict[int, frozenset[Ask]]
"""By record id, what may not be done with its contact."""

one_step = st.tuples(
    st.sampled_from(
        ["group", "group", "ungroup", "split", "undo", "undo", "suppress", "suppress", "value", "import"]
    ),
    st.integers(0, PEOPLE - 1),
    st.integers(0, PEOPLE - 1),
)


@pytest.fixture
def source(tmp_path: Path, settings: LazySettings) -> SourceSystem:
    settings.IMPORT_FOLDER = tmp_path / "imports"
    details = sources.SourceDetails(name="Ticketing", kind="ticketing")
    return sources.add_source(actor=COMMAND_LINE, code="TICKETS", details=details)


class World:
    """Four people of one source, each with an e-mail; what was done to them, the last first undone."""

    def __init__(self, source: SourceSystem) -> None:
        self.source = source
        self.take_in({number: MAILS[number] for number in range(PEOPLE)})
        found = SourceRecord.objects.filter(source=source).order_by("system_ref")
        self.records = list(found.values_list("pk", flat=True))
        for pk in self.records:
            place_new(actor=COMMAND_LINE, record_id=pk)
        self.done: list[tuple[int, Forbidden]] = []

    def take_in(self, mails: dict[int, str]) -> None:
        rows = "".join(f"P{number},Ann,Lee {number},{mail}\n" for number, mail in mails.items())
        content = f"system_ref,first_name,last_name,email_1\n{rows}".encode()
        job = sources.add_import(
            actor=COMMAND_LINE, source=self.source, kind="contacts", file_name="a.csv", content=[content]
        )
        sources.start_import(actor=COMMAND_LINE, import_id=job.pk, in_background=False)
        assert run_import(job.pk).state == "done"

    def contact(self, number: int) -> int:
        return Membership.objects.get(record_id=self.records[number]).contact_id

    def forbidden(self) -> Forbidden:
        """As the table says, and as the database says: they agree."""
        of = dict(Membership.objects.values_list("record_id", "contact_id"))
        facts = facts_of(sorted(set(of.values())))
        for ask in ASKS:
            found = set(Contact.objects.filter(allowed(ask), pk__in=facts).values_list("pk", flat=True))
            assert found == {pk for pk in facts if may_we(facts[pk], ask)}
        return {
            pk: frozenset(ask for ask in ASKS if not may_we(facts[contact], ask))
            for pk, contact in of.items()
        }

    def step(self, kind: str, one: int, other: int) -> Forbidden | None:
        """What was forbidden before the operation that it undid; None for everything else."""
        if kind == "undo":
            return self.undo()
        if kind in {"group", "ungroup", "split"}:
            self.regroup(kind, one, other)
        elif kind == "import":
            self.take_in({one: MAILS[other]})
        else:
            self.say(kind, one, other)
        return None

    def regroup(self, kind: str, one: int, other: int) -> None:
        contact = self.contact(one)
        members = sorted(Membership.objects.filter(contact_id=contact).values_list("record_id", flat=True))
        intents: dict[str, Intent] = {
            "group": Group(master=contact, children=(self.contact(other),)),
            "ungroup": Ungroup(contact=contact),
            "split": Split(contact=contact, parts=((members[0],), tuple(members[1:]))),
        }
        before = self.forbidden()
        try:
            done = carry_out(actor=COMMAND_LINE, intent=intents[kind], lift=True)
        except Refused:
            return
        self.done.append((done.pk, before))

    def undo(self) -> Forbidden | None:
        if not self.done:
            return None
        operation, before = self.done.pop()
        carry_out(actor=COMMAND_LINE, intent=Undo(operation=operation), lift=True)
        return before

    def say(self, kind: str, one: int, other: int) -> None:
        try:
            if kind == "suppress":
                reason = REASONS[other]
                contacts.suppress(
                    actor=COMMAND_LINE,
                    contact_id=self.contact(one),
                    reason=reason,
                    note="",
                    scope="all" if reason in {"deceased", "restricted"} else SCOPES[one],
                )
            else:
                because = Because(reason="imported", scope=SCOPES[other])
                suppressions.suppress_value(actor=COMMAND_LINE, value=MAILS[one], because=because)
        except Refused:
            return


def said_of() -> Iterator[tuple[int, int]]:
    """System Ref and suppression, of what was said of itself."""
    rows = SuppressedRecord.objects.filter(copied_by__isnull=True, lift__isnull=True)
    yield from rows.values_list("record_id", "suppression_id")


@settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(steps=[("suppress", 1, 1), ("group", 0, 1), ("ungroup", 0, 0), ("undo", 0, 0), ("undo", 0, 0)])
@example(steps=[("suppress", 3, 3), ("group", 0, 3), ("group", 1, 0), ("split", 1, 0), ("undo", 0, 0)])
@example(steps=[("value", 2, 0), ("group", 0, 1), ("import", 0, 2), ("import", 0, 0), ("ungroup", 1, 0)])
@example(steps=[("suppress", 1, 2), ("group", 0, 1), ("import", 1, 3), ("ungroup", 0, 0), ("undo", 0, 0)])
@given(steps=st.lists(one_step, min_size=4, max_size=9))
def test_promise_6_whatever_happens_what_is_forbidden_of_a_system_ref_stays_so(
    source: SourceSystem, steps: list[tuple[str, int, int]]
) -> None:
    """Undoing gives back what was before, and frees nobody further than that."""
    with transaction.atomic():
        world = World(source)
        before, said = world.forbidden(), set(said_of())
        for kind, one, other in steps:
            earlier = world.step(kind, one, other)
            after = world.forbidden()
            note(f"{kind} {one} {other}")
            floor = before if earlier is None else earlier
            assert all(floor[pk] <= after[pk] for pk in floor), kind
            assert said <= set(said_of()), "what was said of a System Ref itself is never taken away"
            before, said = after, set(said_of())
        transaction.set_rollback(True)


def test_promise_6_the_property_test_would_see_somebody_freed(source: SourceSystem) -> None:
    world = World(source)
    world.say("suppress", 0, 1)
    before = world.forbidden()
    SuppressedRecord.objects.all().delete()
    after = world.forbidden()
    assert not all(before[pk] <= after[pk] for pk in before)
