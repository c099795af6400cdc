"""One golden field made anew alone is what the whole assembly makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kith.access.actors import COMMAND_LINE
from kith.contacts.models import Contact
from kith.golden import actions, many
from kith.golden.assembly import assemble
from kith.golden.models import GoldenOverride
from kith.golden.one_field import assemble_field
from kith.golden.pieces import Piece
from kith.golden.writing import entering
from tests.claims import claim, place

pytestmark = pytest.mark.django_db
THEN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def contact(number: int, *categories: str) -> Contact:
    made = Contact.objects.create(kind="person")
    for place_in_it, category in enumerate(categories):
        # Of the same completeness and day but for one: the last tie-breakers decide.
        fields = {"last_name": f"Lee{number}", "email_1": f"{number}@example.org", "category": category}
        if place_in_it == 2:
            fields["first_name"] = "Ann"
        code = f"S{place_in_it % 2}"
        place(made, claim(code, f"{'aB'[place_in_it % 2]}{number}-{place_in_it}", received_at=THEN, **fields))
    assemble([made.pk])
    return made


def read(pk: int) -> tuple[str | None, object, object, object]:
    found = Contact.objects.get(pk=pk)
    return found.category, found.provenance, found.search, found.stale_at


def lay(contacts: list[Contact], category: str | None) -> list[many.Laid]:
    pieces = dict.fromkeys((one.pk for one in contacts), Piece(category=category))
    return many.lay_many(pieces, actor=COMMAND_LINE, field="category", note="", entering=entering())


def assert_same_as_the_whole(contacts: list[Contact]) -> list[str | None]:
    ids = [one.pk for one in contacts]
    assemble_field(ids, field="category")
    alone = [read(pk) for pk in ids]
    assemble(ids)
    assert alone == [read(pk) for pk in ids]
    return [category for category, *_ in alone]


def test_a_category_laid_cleared_and_lifted_is_as_the_whole_assembly_makes_it() -> None:
    contacts = [
        contact(1, ""),
        contact(2, "PARTNER"),
        contact(3, "PARTNER", "SUPPLIER"),
        contact(4, "", "SUPPLIER", "PARTNER"),
        contact(5, "ΠΕΛΆΤΗΣ"),
    ]
    actions.override(
        actor=COMMAND_LINE,
        contact_id=contacts[1].pk,
        field="language",
        value={"language": "el"},
        mode=GoldenOverride.Mode.PINNED,
    )
    before = [read(one.pk)[:3] for one in contacts]
    laid = lay(contacts, "PROSPECT")
    assert assert_same_as_the_whole(contacts) == ["PROSPECT"] * 5
    many.lift_many({one.override_id: one.replaced for one in laid}, actor=COMMAND_LINE)
    assert assert_same_as_the_whole(contacts)[:2] == [None, "PARTNER"]
    assert [read(one.pk)[:3] for one in contacts] == before
    lay(contacts, None)
    assert assert_same_as_the_whole(contacts) == [None] * 5


def test_a_contact_whose_claims_changed_since_is_assembled_whole() -> None:
    moved = contact(6, "PARTNER")
    claim("S0", "a6-0", received_at=THEN + timedelta(days=1), last_name="Other", category="SUPPLIER")
    lay([moved], "PROSPECT")
    assemble_field([moved.pk], field="category")
    found = Contact.objects.get(pk=moved.pk)
    assert (found.category, found.last_name) == ("PROSPECT", "Other")
