"""X8: what hangs on a System Ref goes with it through any history, and comes back with it."""

from __future__ import annotations

import os

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from kith.access.actors import COMMAND_LINE
from kith.accounts import actions, queries
from kith.accounts.models import Account
from kith.accounts.rules import AccountDetails, ItemDetails
from kith.contacts.deletion.actions import delete_contact
from kith.contacts.life_cycle import LifeCycle, life_cycles_of
from kith.contacts.models import Contact
from kith.contacts.queries import successor_of
from kith.grouping.actions import carry_out
from kith.grouping.intents import Group, Intent, MoveRef, Undo, Ungroup
from kith.grouping.models import Operation
from kith.grouping.previewing import preview
from kith.kernel.errors import Refused
from kith.sources.models import Membership
from tests.contacts import factories

pytestmark = pytest.mark.django_db(transaction=True)
_TABLES = "contacts_contact, sources_sourcerecord, grouping_operation, accounts_account"


def _holders() -> dict[str, int | None]:
    """By account number, the contact that shows it."""
    return {
        line.account.number: contact_id
        for contact_id in Contact.objects.filter(state="active").values_list("pk", flat=True)
        for line in queries.accounts_of(contact_id, actor=COMMAND_LINE)
    }


def _account(contact: Contact, number: str) -> None:
    actions.add_account(actor=COMMAND_LINE, contact_id=contact.pk, details=AccountDetails(number=number))


def test_x8_grouped_then_ungrouped_each_account_sits_with_the_contact_of_its_original_system_ref() -> None:
    ann, bob = factories.person("Ann", "Leeson"), factories.person("Bob", "Leeson")
    _account(ann, "A-1")
    _account(bob, "B-1")
    item = ItemDetails(kind="lead", title="Box")
    actions.add_item(actor=COMMAND_LINE, contact_id=bob.pk, details=item)
    bobs_record = Membership.objects.get(contact=bob).record_id
    carry_out(actor=COMMAND_LINE, intent=Group(master=ann.pk, children=(bob.pk,)))
    assert _holders() == {"A-1": ann.pk, "B-1": ann.pk}
    carry_out(actor=COMMAND_LINE, intent=Ungroup(contact=ann.pk), lift=True)
    place = dict(Membership.objects.values_list("record_id", "contact_id"))
    annas = next(group_id for pk, group_id in place.items() if pk != bobs_record)
    assert _holders() == {"A-1": annas, "B-1": place[bobs_record]}
    assert [one.title for one in queries.items_of(place[bobs_record], actor=COMMAND_LINE)] == ["Box"]


class Followers(RuleBasedStateMachine):
    """Contacts are grouped, ungrouped, moved and undone at random: what hangs on a System Ref is always shown
    by the contact that holds it, and by no other.
    """

    @initialize()
    def begin(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {_TABLES} CASCADE")
        self.home: dict[str, int] = {}
        for number in range(8):
            contact = factories.person(f"Person {number}", f"Leeson{number}")
            if number < 4:
                _account(contact, f"A-{number}")
                self.home[f"A-{number}"] = Membership.objects.get(contact=contact).record_id

    @rule(master=st.integers(0, 99), child=st.integers(0, 99))
    def group(self, master: int, child: int) -> None:
        active = self._active()
        self._do(Group(master=active[master % len(active)], children=(active[child % len(active)],)))

    @rule(at=st.integers(0, 99))
    def ungroup(self, at: int) -> None:
        active = self._active()
        self._do(Ungroup(contact=active[at % len(active)]))

    @rule(at=st.integers(0, 99), to=st.integers(0, 99))
    def move(self, at: int, to: int) -> None:
        active, records = self._active(), sorted(self.home.values())
        self._do(MoveRef(record=records[at % len(records)], to=active[to % len(active)]))

    @rule(at=st.integers(0, 99))
    def undo(self, at: int) -> None:
        done = list(Operation.objects.filter(undone_by=None).order_by("pk").values_list("pk", flat=True))
        if done:
            self._do(Undo(operation=done[at % len(done)]))

    @rule(at=st.integers(0, 99))
    def delete(self, at: int) -> None:
        """Who has no account goes for good, and whatever is undone afterwards copes with it."""
        active = self._active()
        contact_id = active[at % len(active)]
        before = Membership.objects.count()
        try:
            gone = delete_contact(actor=COMMAND_LINE, contact_id=contact_id)
        except Refused:
            gone = 0
            assert queries.accounts_of(contact_id, actor=COMMAND_LINE)
        assert Membership.objects.count() == before - gone
        for pk in Contact.objects.filter(state="retired").values_list("pk", flat=True):
            assert successor_of(pk) is not None
        self._holds()

    @rule(at=st.integers(0, 3))
    def terminate(self, at: int) -> None:
        account = Account.objects.get(number=f"A-{at}")
        if account.state != "terminated":
            actions.move_account(actor=COMMAND_LINE, account_id=account.pk, to="terminated")
        self._holds()

    def _do(self, intent: Intent) -> None:
        if preview(actor=COMMAND_LINE, intent=intent).allowed:
            carry_out(actor=COMMAND_LINE, intent=intent, lift=True)
        else:
            with pytest.raises(Refused):
                carry_out(actor=COMMAND_LINE, intent=intent, lift=True)
        self._holds()

    def _holds(self) -> None:
        place = dict(Membership.objects.values_list("record_id", "contact_id"))
        assert _holders() == {number: place[pk] for number, pk in self.home.items()}
        open_numbers = set(Account.objects.exclude(state="terminated").values_list("number", flat=True))
        financial = {place[pk] for number, pk in self.home.items() if number in open_numbers}
        found = life_cycles_of(self._active())
        assert {pk for pk, one in found.items() if one is LifeCycle.FINANCIAL} == financial

    def _active(self) -> list[int]:
        rows = Contact.objects.filter(state="active").order_by("pk")
        return list(rows.values_list("pk", flat=True))


@pytest.mark.slow
def test_x8_through_random_histories_everything_stays_with_its_system_ref() -> None:
    run_state_machine_as_test(
        Followers,
        settings=settings(
            max_examples=int(os.environ.get("KITH_LONG_TESTS", "0")) or 5,
            stateful_step_count=20,
            deadline=None,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
