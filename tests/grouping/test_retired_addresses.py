"""C24: what people retired goes with its System Ref: grouped, ungrouped, undone, and in the past."""

from __future__ import annotations

import pytest
from django.utils import timezone

from kith.access.actors import COMMAND_LINE
from kith.contacts.actions import add_contact
from kith.contacts.models import Contact
from kith.contacts.rights.seeing import unseen
from kith.contacts.value_ids import address_key
from kith.golden import actions
from kith.golden.value_statements import statements_of
from kith.grouping.actions import carry_out
from kith.grouping.history.as_of import as_of
from kith.grouping.intents import Group, Intent, Undo, Ungroup
from kith.grouping.models import Operation
from kith.matching.records import ADDRESS_PARTS
from tests.claims import source

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def typed_in() -> None:
    """Other tests may have emptied every table."""
    source("LOCAL")


HOME = {"address_1_line1": "12 Harbour Walk", "address_1_city": "Limassol", "address_1_type": "HOME"}
OFFICE = {"address_2_line1": "1 Low Lane", "address_2_city": "Paphos", "address_2_type": "BUSINESS"}


def add(first_name: str, **claim: str) -> int:
    return add_contact(
        actor=COMMAND_LINE, kind="person", claim={"first_name": first_name, "last_name": "Lee", **claim}
    )


def do(intent: Intent) -> Operation:
    return carry_out(actor=COMMAND_LINE, intent=intent, lift=True)


def lines(contact_id: int) -> set[str | None]:
    return set(Contact.objects.get(pk=contact_id).addresses.values_list("line1", flat=True))


def retire(contact_id: int, line1: str) -> str:
    rows = Contact.objects.get(pk=contact_id).addresses.values("type", *ADDRESS_PARTS)
    key = next(address_key(row) for row in rows if row["line1"] == line1)
    actions.deactivate_address(actor=COMMAND_LINE, contact_id=contact_id, key=key)
    return key


def test_c24_grouping_takes_the_inactive_address_along_and_undoing_gives_it_back() -> None:
    ann, bob = add("Ann", **HOME, **OFFICE), add("Bob", address_1_line1="5 Hill", address_1_city="Nicosia")
    key = retire(ann, "12 Harbour Walk")
    grouped = do(Group(master=bob, children=(ann,)))
    assert lines(bob) == {"5 Hill", "1 Low Lane"}
    assert [one.key for one in statements_of(Contact.objects.get(pk=bob)).inactive] == [key]
    do(Undo(operation=grouped.pk))
    assert lines(ann) == {"1 Low Lane"}
    assert lines(bob) == {"5 Hill"}
    assert not statements_of(Contact.objects.get(pk=bob)).inactive


def test_c24_each_part_that_says_the_address_keeps_it_inactive() -> None:
    ann, bob = add("Ann", **HOME), add("Bob", **HOME, **OFFICE)
    do(Group(master=bob, children=(ann,)))
    retire(bob, "12 Harbour Walk")
    do(Ungroup(contact=bob))
    parts = Contact.objects.filter(state="active")
    assert sorted(len(lines(part.pk)) for part in parts) == [0, 1]
    assert all(len(statements_of(part).inactive) == 1 for part in parts)


def test_c24_a_past_date_shows_the_address_as_it_was() -> None:
    ann = add("Ann", **HOME, **OFFICE)
    before = timezone.now()
    key = retire(ann, "12 Harbour Walk")
    between = timezone.now()
    actions.activate_address(actor=COMMAND_LINE, contact_id=ann, key=key)
    contact = Contact.objects.get(pk=ann)
    for at, expected in ((before, 2), (between, 1), (timezone.now(), 2)):
        then = as_of(contact, at=at).contact
        assert then is not None
        assert len(unseen(then).addresses.all()) == expected
