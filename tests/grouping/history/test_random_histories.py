"""As of any moment is what was stored at that moment, whatever happened since."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings as kith_settings
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kith.access.actors import COMMAND_LINE
from kith.contacts.actions import add_contact, edit_local
from kith.contacts.models import Contact
from kith.golden.actions import make_primary, override, withdraw_override
from kith.golden.assembly import assemble_stale, mark_stale
from kith.golden.models import GoldenOverride
from kith.grouping.actions import carry_out
from kith.grouping.history.as_of import Existence, as_of
from kith.grouping.history.telling import just_before
from kith.grouping.intents import Group, MoveRef, Undo, Ungroup
from kith.grouping.models import Operation
from kith.grouping.placing import place_new
from kith.kernel.clock import now
from kith.kernel.errors import Refused
from kith.sources import actions
from kith.sources.importing import run_import
from kith.sources.models import LOCAL, Membership, SourceRecord, SourceSystem
from tests.grouping.history.golden import golden

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

Seen = dict[int, tuple[frozenset[int], dict[str, object]]]
_NUMBERS: Final = count(1)
CLAIMS: Final = (
    {"first_name": "Ann", "last_name": "Stone", "email_1": "ann@example.org"},
    {"first_name": "Anna", "last_name": "Stone", "email_1": "anna@example.org", "phone_1": "+35799123456"},
    {
        "first_name": "Ann",
        "last_name": "Rock",
        "birth_date": "1990-12-31",
        "language": "el",
        "direct_marketing": "no",
    },
    {"last_name": "Stone", "email_1": "ann@example.org", "email_2": "stone@example.org"},
)


@dataclass
class World:
    """A few System Refs of its own, and what was seen after each step."""

    source: SourceSystem
    records: list[int] = field(default_factory=list)
    imported: dict[str, int] = field(default_factory=dict)
    seen: list[tuple[datetime, Seen]] = field(default_factory=list)

    def groups(self) -> list[int]:
        found = Membership.objects.filter(record_id__in=self.records).values_list("contact_id", flat=True)
        return sorted(set(found))

    def several(self) -> list[int]:
        """Contacts that can come apart."""
        held = Counter(
            Membership.objects.filter(record_id__in=self.records).values_list("contact_id", flat=True)
        )
        return sorted(contact for contact, refs in held.items() if refs > 1)

    def one(self, number: int) -> int:
        return self.records[number % len(self.records)]

    def look(self) -> None:
        mark_stale(self.records)  # as a run does for whatever an import changed
        assemble_stale(progress=lambda done, total: None)
        found = {
            contact.pk: (
                frozenset(contact.memberships.values_list("record_id", flat=True)),
                golden(contact),
            )
            for contact in Contact.objects.filter(pk__in=self.groups())
        }
        self.seen.append((now(), found))

    def look_back(self) -> None:
        """A moment before the last operation moved anything, all was as seen before it."""
        moves = Operation.objects.latest("pk").moves.order_by("id")
        if moves:
            self.seen.insert(-1, (just_before(moves[0].at), self.seen[-2][1]))


def add(world: World, number: int, other: int) -> None:
    group_id = add_contact(actor=COMMAND_LINE, kind="person", claim=CLAIMS[number % 4])
    world.records.append(Membership.objects.get(contact_id=group_id).record_id)


def edit(world: World, number: int, other: int) -> None:
    local = SourceRecord.objects.filter(pk__in=world.records, source__code=LOCAL).order_by("pk")
    if not local:
        return
    record = local[number % len(local)]
    edit_local(
        actor=COMMAND_LINE,
        contact_id=Membership.objects.get(pk=record.pk).contact_id,
        record_id=record.pk,
        claim=CLAIMS[other % 4],
        version=record.content_hash.hex,
    )


def take_in(world: World, number: int, other: int) -> None:
    """Its two System Refs, with one claim and the next."""
    header = "Client ID,First name,Last name,E-mail,Phone\n"
    rows = [
        ",".join(
            [
                ref,
                *(
                    CLAIMS[which % 4].get(name, "")
                    for name in ("first_name", "last_name", "email_1", "phone_1")
                ),
            ]
        )
        for ref, which in (("1", number), ("2", other))
    ]
    job = actions.add_import(
        actor=COMMAND_LINE,
        source=world.source,
        kind="contacts",
        file_name="some.csv",
        content=[(header + "\n".join(rows) + "\n").encode()],
    )
    actions.start_import(actor=COMMAND_LINE, import_id=job.pk, in_background=False)
    assert run_import(job.pk).state == "done"
    for record in SourceRecord.objects.filter(source=world.source).unplaced().order_by("pk"):
        place_new(actor=COMMAND_LINE, record_id=record.pk)
        world.records.append(record.pk)


def group(world: World, number: int, other: int) -> None:
    groups = world.groups()
    if len(groups) > 1:
        master = groups.pop(number % len(groups))
        child = groups[other % len(groups)]
        carry_out(actor=COMMAND_LINE, intent=Group(master=master, children=(child,)), lift=True)


def ungroup(world: World, number: int, other: int) -> None:
    several = world.several()
    if several:
        carry_out(actor=COMMAND_LINE, intent=Ungroup(contact=several[number % len(several)]), lift=True)


def move(world: World, number: int, other: int) -> None:
    several = world.several()
    if not several:
        return
    origin = several[number % len(several)]
    to = [contact for contact in world.groups() if contact != origin]
    refs = list(Membership.objects.filter(contact_id=origin).values_list("pk", flat=True))
    if to:
        intent = MoveRef(record=refs[other % len(refs)], to=to[number % len(to)])
        carry_out(actor=COMMAND_LINE, intent=intent, lift=True)


def undo(world: World, number: int, other: int) -> None:
    done = list(
        Operation.objects.filter(undone_by=None, run=None, moves__record_id__in=world.records).distinct()
    )
    if done:
        carry_out(actor=COMMAND_LINE, intent=Undo(operation=done[number % len(done)].pk), lift=True)


def choose(world: World, number: int, other: int) -> None:
    record = world.one(number)
    group_id = Membership.objects.get(pk=record).contact_id
    make_primary(actor=COMMAND_LINE, contact_id=group_id, record_id=record)


SAYINGS: Final = (
    ("language", {"language": "de"}),
    ("name", {"first_name": "Helen", "last_name": "Reid"}),
    ("emails", {"email_1": "helen@reid.example"}),
)


def say(world: World, number: int, other: int) -> None:
    """A person says what a golden field is."""
    groups = world.groups()
    field, value = SAYINGS[other % 3]
    modes = GoldenOverride.Mode.values
    override(
        actor=COMMAND_LINE,
        contact_id=groups[number % len(groups)],
        field=field,
        value=value,
        mode=modes[number % 2],
    )


def take_back(world: World, number: int, other: int) -> None:
    said = GoldenOverride.objects.filter(record__in=world.records, state=GoldenOverride.State.IN_FORCE)
    if said:
        withdraw_override(actor=COMMAND_LINE, override_id=said[number % len(said)].pk)


Step = Callable[[World, int, int], None]
STEPS: Final[tuple[Step, ...]] = (
    edit,
    take_in,
    group,
    ungroup,
    ungroup,
    move,
    move,
    undo,
    undo,
    choose,
    say,
    say,
    take_back,
)
STEP: Final = st.tuples(st.sampled_from(STEPS), st.integers(0, 5), st.integers(0, 5))


@pytest.fixture(autouse=True)
def import_folder(tmp_path: Path) -> None:
    kith_settings.IMPORT_FOLDER = tmp_path


@settings(
    max_examples=150 if "KITH_LONG_TESTS" in os.environ else 4,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEP, min_size=4, max_size=7))
def test_as_of_each_moment_is_what_was_stored_then(steps: list[tuple[Step, int, int]]) -> None:
    SourceSystem.objects.get_or_create(code=LOCAL, defaults={"name": "Typed in Kith", "kind": "local"})
    number = next(_NUMBERS)
    world = World(SourceSystem.objects.create(code=f"H{number}", name="History"))
    for which in (1, 2, 0):
        add(world, which, 0)
    world.look()
    for step, first, second in [(group, 0, 0), *steps]:
        operations = Operation.objects.count()
        try:
            step(world, first, second)
        except Refused:
            continue
        world.look()
        if Operation.objects.count() > operations:
            world.look_back()
    _check(world)


def _check(world: World) -> None:
    everybody = {group_id for _, found in world.seen for group_id in found}
    contacts = Contact.objects.in_bulk(everybody)
    for at, found in world.seen:
        for group_id, contact in contacts.items():
            then = as_of(contact, at=at)
            assert (then.existence is Existence.ACTIVE) == (group_id in found)
            if then.contact is not None:
                members, values = found[group_id]
                assert {one.record.pk for one in then.records} == members
                assert golden(then.contact) == values
                assert not then.unknown
