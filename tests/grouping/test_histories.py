"""Promises 1, 2, 5, 6 and 9 over random histories: imports, edits, runs, and everything a steward can do.

`make test-long` runs ten thousand steps; `make test` some hundred.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, replace

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kith.access.actors import COMMAND_LINE, OVERNIGHT
from kith.contacts import queries
from kith.contacts.actions import suppress
from kith.contacts.models import Contact, KeptOptOut, Suppression
from kith.contacts.standing import standing_of
from kith.golden import assembly
from kith.golden.versions import rules_in_force
from kith.grouping.actions import carry_out
from kith.grouping.decisions import pairs_in_force
from kith.grouping.intents import Group, Intent, KeepApart, MoveRef, Split, Undo, Ungroup
from kith.grouping.models import Operation
from kith.grouping.outcome import ContactAfter
from kith.grouping.previewing import preview
from kith.kernel.errors import Refused
from kith.runs import actions as runs
from kith.runs.models import Run, RunSettings
from kith.sources.models import Membership, SourceRecord
from tests.claims import claim
from tests.grouping.acting import TABLES

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

_LONG = int(os.environ.get("KITH_LONG_TESTS", "0"))
"""Histories of fifty steps."""
_SIZE = settings(
    max_examples=_LONG or 6,
    stateful_step_count=50 if _LONG else 25,
    deadline=None,
    # A short history fails as it is; making it shorter takes many minutes.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
_people = st.fixed_dictionaries(
    {
        "first_name": st.sampled_from(["Eleni", "Helen", "Petros"]),
        "last_name": st.sampled_from(["Reid", "Nikolaou"]),
        "email_1": st.sampled_from(["", "reid@example.com", "petros@example.com"]),
        "phone_1": st.sampled_from(["", "+35799123456", "+35796784521"]),
        "birth_date": st.sampled_from(["", "1987-03-14", "1990-08-19"]),
        "direct_marketing": st.sampled_from(["", "yes", "no"]),
    }
)
_companies = st.fixed_dictionaries(
    {"kind": st.just("company"), "company_name": st.sampled_from(["Harbour Freight Ltd", "Harbour Freight"])}
)
_claims = st.one_of(_people, _people, _people, _companies)
_place = st.integers(0, 10_000)


@dataclass(frozen=True)
class Snapshot:
    """All that undoing has to put back, by contact."""

    members: dict[int, tuple[int, ...]]
    golden: dict[int, tuple[object, ...]]
    reached: dict[int, tuple[object, ...]]
    protections: dict[int, tuple[tuple[int, int], ...]]
    kept_opt_outs: frozenset[tuple[object, ...]]
    decisions: tuple[frozenset[tuple[int, int]], frozenset[tuple[int, int]]]

    @classmethod
    def taken(cls) -> Snapshot:
        members: dict[int, list[int]] = {}
        for group_id, record_id in Membership.objects.order_by("record_id").values_list(
            "contact_id", "record_id"
        ):
            members.setdefault(group_id, []).append(record_id)
        active = Contact.objects.filter(state=Contact.State.ACTIVE)
        golden = active.values_list(
            "pk",
            "name",
            "birth_date",
            "company_name",
            "provenance",
            "primary_record_id",
            "leading_record_ids",
            "record_count",
            "search",
            "direct_marketing",
        )
        reached = active.values_list("emails__value", "emails__position", "phones__value")
        together, apart = pairs_in_force()
        return cls(
            members={group_id: tuple(those) for group_id, those in members.items()},
            golden={pk: tuple(map(str, rest)) for pk, *rest in golden},
            reached={pk: tuple(sorted(map(str, reached.filter(pk=pk)))) for pk in members},
            protections={
                pk: tuple((one.suppression_id, one.records) for one in those)
                for pk, those in standing_of(list(members)).items()
            },
            kept_opt_outs=frozenset(
                KeptOptOut.objects.filter(withdrawn_by=None, ended_at=None).values_list("record_id", "field")
            ),
            decisions=(frozenset(together), frozenset(apart)),
        )


@dataclass
class _Undoable:
    operation: Operation
    before: Snapshot


class Histories(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self._stack: list[_Undoable] = []
        self._number = 0

    @initialize(claims=st.lists(_claims, min_size=3, max_size=6))
    def empty(self, claims: list[dict[str, str]]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        RunSettings.objects.update_or_create(pk=1, defaults={"breaker_minimum": 10_000})
        for said in claims:
            self._claim(said)
        self.overnight()

    # What happens

    @rule(said=_claims)
    def arrive(self, said: dict[str, str]) -> None:
        self._claim(said)
        self._stack.clear()

    @rule(said=_people, at=_place)
    def edit(self, said: dict[str, str], at: int) -> None:
        people = list(SourceRecord.objects.filter(kind="person").order_by("pk"))
        if people:
            record = people[at % len(people)]
            claim("TICKETS", record.system_ref, **_filled(said))
            # What the source says now counts from here on.
            placed = Membership.objects.filter(record=record)
            assembly.assemble(list(placed.values_list("contact_id", flat=True)))
            self._stack.clear()

    @rule()
    def overnight(self) -> None:
        before = _protected()
        run = runs.execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND)
        assert run.state == Run.State.DONE
        _no_looser(before)
        self._stack.clear()
        self._holds()

    @rule()
    def second_night_without_news(self) -> None:
        self.overnight()
        before = Snapshot.taken()
        self.overnight()
        assert Snapshot.taken() == before

    @rule(master=_place, child=_place)
    def group(self, master: int, child: int) -> None:
        contacts = _active()
        one, other = contacts[master % len(contacts)], contacts[child % len(contacts)]
        self._do(Group(master=one, children=(other,)))

    @rule(at=_place)
    def ungroup(self, at: int) -> None:
        contacts = _active()
        self._do(Ungroup(contact=contacts[at % len(contacts)]))

    @rule(at=_place, cuts=st.lists(st.integers(0, 2), min_size=1, max_size=8))
    def split(self, at: int, cuts: list[int]) -> None:
        contacts = _active()
        group_id = contacts[at % len(contacts)]
        parts: dict[int, list[int]] = {}
        for number, pk in enumerate(_members(group_id)):
            parts.setdefault(cuts[number % len(cuts)], []).append(pk)
        self._do(Split(contact=group_id, parts=tuple(tuple(part) for part in parts.values())))

    @rule(record=_place, to=_place)
    def move(self, record: int, to: int) -> None:
        records = list(Membership.objects.order_by("record_id").values_list("record_id", flat=True))
        contacts = _active()
        self._do(MoveRef(record=records[record % len(records)], to=contacts[to % len(contacts)]))

    @rule(one=_place, other=_place)
    def keep_apart(self, one: int, other: int) -> None:
        contacts = _active()
        self._do(KeepApart(contacts=(contacts[one % len(contacts)], contacts[other % len(contacts)])))

    @rule(at=_place, reason=st.sampled_from([Suppression.Reason.MANUAL, Suppression.Reason.BOUNCED]))
    def suppress(self, at: int, reason: Suppression.Reason) -> None:
        contacts = _active()
        group_id = contacts[at % len(contacts)]
        with contextlib.suppress(Refused):
            suppress(actor=COMMAND_LINE, contact_id=group_id, reason=reason, note="asked by phone")
        self._stack.clear()

    @precondition(lambda self: self._stack)
    @rule()
    def undo_the_last(self) -> None:
        """Nothing else happened since: everything is as it was."""
        last = self._stack.pop()
        carry_out(actor=COMMAND_LINE, intent=Undo(operation=last.operation.pk), lift=True)
        _is_as_it_was(last.before)
        self._holds()

    @rule(at=_place)
    def undo_any(self, at: int) -> None:
        """Out of order, whatever happened since; runs too, and undoings."""
        operations = list(Operation.objects.filter(undone_by=None).order_by("pk"))
        if operations:
            self._do(Undo(operation=operations[at % len(operations)].pk), may_free=True)

    # What always holds

    def _do(self, intent: Intent, *, may_free: bool = False) -> None:
        before, protected = Snapshot.taken(), _protected()
        outcome = preview(actor=COMMAND_LINE, intent=intent)
        assert Snapshot.taken() == before
        if not outcome.allowed:
            with pytest.raises(Refused):
                carry_out(actor=COMMAND_LINE, intent=intent, lift=True)
            assert Snapshot.taken() == before
            return
        operation = carry_out(actor=COMMAND_LINE, intent=intent, seen=outcome.seen, lift=True)
        _as_previewed(outcome.contacts)
        if not may_free:
            _no_looser(protected)
        self._stack.append(_Undoable(operation=operation, before=before))
        self._holds()

    def _holds(self) -> None:
        _one_active_groupid_each()
        _decisions_are_obeyed()
        _golden_records_are_those_of_their_members()

    def _claim(self, said: dict[str, str]) -> None:
        self._number += 1
        claim("TICKETS", f"T{self._number}", **_filled(said))


def _is_as_it_was(before: Snapshot) -> None:
    """All but this: where the next run would have changed it again, decisions now keep it as it was."""
    after = Snapshot.taken()
    assert replace(after, decisions=before.decisions) == before
    assert all(those <= now for those, now in zip(before.decisions, after.decisions, strict=True))


def _filled(said: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in said.items() if text}


def _active() -> list[int]:
    return list(Contact.objects.filter(state="active").order_by("pk").values_list("pk", flat=True))


def _members(group_id: int) -> list[int]:
    found = Membership.objects.filter(contact_id=group_id).order_by("record_id")
    return list(found.values_list("record_id", flat=True))


def _protected() -> dict[int, set[int | str]]:
    """By System Ref, the suppressions that its contact carries, and what that refuses."""
    place = dict(Membership.objects.values_list("record_id", "contact_id"))
    carried = standing_of(list(set(place.values())))
    refused = set(Contact.objects.filter(state="active", direct_marketing=False).values_list("pk", flat=True))
    return {
        pk: {*(one.suppression_id for one in carried[group_id]), *_refusal(group_id in refused)}
        for pk, group_id in place.items()
    }


def _refusal(is_refused: bool) -> tuple[str, ...]:
    return ("direct marketing",) if is_refused else ()


def _no_looser(before: dict[int, set[int | str]]) -> None:
    after = _protected()
    assert all(those <= after[pk] for pk, those in before.items())


def _one_active_groupid_each() -> None:
    assert not Membership.objects.exclude(contact__state="active").exists()
    assert not Contact.objects.filter(state="active", memberships=None).exists()
    for pk in Contact.objects.filter(state="retired").values_list("pk", flat=True):
        assert queries.successor_of(pk) is not None
    mixed = Membership.objects.exclude(record__kind="person", contact__kind="person")
    assert not mixed.exclude(record__kind="company", contact__kind="company").exists()


def _decisions_are_obeyed() -> None:
    place = dict(Membership.objects.values_list("record_id", "contact_id"))
    together, apart = pairs_in_force()
    assert all(place[left] == place[right] for left, right in together)
    assert all(place[left] != place[right] for left, right in apart)


def _golden_records_are_those_of_their_members() -> None:
    fresh = Contact.objects.filter(state="active", stale_at=None)
    rules = rules_in_force()
    computed = assembly.preview(list(fresh.values_list("pk", flat=True)), rules=rules)
    changed = set(Membership.objects.filter(record__pk__in=_changed()).values_list("contact_id", flat=True))
    for pk, name in fresh.values_list("pk", "name"):
        assert pk in changed or computed[pk]["name"] == name


def _changed() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT record_id FROM sources_change")
        return [row[0] for row in cursor.fetchall()]


def _as_previewed(contacts: tuple[ContactAfter, ...]) -> None:
    place = dict(Membership.objects.values_list("record_id", "contact_id"))
    stored = Contact.objects.in_bulk()
    for one in contacts:
        [group_id] = {place[pk] for pk in one.record_ids}
        assert one.group_id in {None, group_id}
        assert stored[group_id].name == one.name or not one.name
        assert one.golden.get("direct_marketing") == _WORDS.get(stored[group_id].direct_marketing)


_WORDS: dict[bool | None, str] = {True: "Yes", False: "No"}


def test_random_histories_keep_every_promise() -> None:
    run_state_machine_as_test(Histories, settings=_SIZE)
