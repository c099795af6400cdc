"""How the engine would take a contact apart."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.contacts.models import Contact
from kith.grouping.models import Decision, Operation
from kith.grouping.why.falling_apart import suggestion
from kith.matching.records import PERSON
from kith.sources.models import SourceRecord
from tests.claims import claim, place

pytestmark = pytest.mark.django_db
PHONE = "+35799123456"


def together(*claims: dict[str, str]) -> tuple[Contact, list[int]]:
    contact = Contact.objects.create(kind=PERSON, name="Eleni Reid")
    made = [
        claim("TICKETS", f"{contact.pk}-{number}", received_at=None, **fields)
        for number, fields in enumerate(claims)
    ]
    place(contact, *made)
    return contact, [one.pk for one in made]


def two_persons() -> tuple[Contact, list[int]]:
    """Two of one e-mail, two of another; one phone leads from the second to the third."""
    name = {"first_name": "Eleni", "last_name": "Reid"}
    return together(
        {**name, "email_1": "eleni@example.com"},
        {**name, "email_1": "eleni@example.com", "phone_1": PHONE},
        {**name, "email_1": "e.reid@example.org", "phone_1": PHONE},
        {**name, "email_1": "e.reid@example.org"},
    )


def test_k17_two_clusters_that_hang_together_by_one_phone_are_two_parts() -> None:
    contact, (one, two, three, four) = two_persons()
    found = suggestion(contact.pk)
    assert found is not None
    assert set(found.parts) == {(one, two), (three, four)}
    assert "by one link only" in found.words
    assert "same phone" in found.words


def test_of_two_system_refs_each_is_a_part() -> None:
    contact, (one, two) = together(
        {"first_name": "Eleni", "last_name": "Reid", "email_1": "e@example.com"},
        {"first_name": "Eleni", "last_name": "Reid", "email_1": "e@example.com"},
    )
    found = suggestion(contact.pk)
    assert found is not None
    assert found.parts == ((one,), (two,))
    assert "same e-mail" in found.words


def test_where_nothing_speaks_for_it_the_parts_are_what_evidence_connects() -> None:
    contact, (one, two, three) = together(
        {"first_name": "Eleni", "last_name": "Reid", "email_1": "e@example.com"},
        {"first_name": "Otto", "last_name": "Braun"},
        {"first_name": "Eleni", "last_name": "Reid", "email_1": "e@example.com"},
    )
    found = suggestion(contact.pk)
    assert found is not None
    assert found.parts == ((one, three), (two,))
    assert "Nothing speaks for it" in found.words
    asked = Operation.objects.create(kind=Operation.Kind.GROUP, actor="M. K.")
    Decision.objects.create(left_id=one, right_id=two, verdict="together", operation=asked)
    again = suggestion(contact.pk)
    assert again is not None
    assert "Only a person holds these two parts together. Grouped by M. K." in again.words


def test_contradicting_parts_are_told_so() -> None:
    contact, (one, two) = together(
        {"first_name": "Eleni", "last_name": "Reid", "birth_date": "1980-01-17", "email_1": "e@example.com"},
        {"first_name": "Otto", "last_name": "Reid", "birth_date": "1948-11-03", "email_1": "e@example.com"},
    )
    found = suggestion(contact.pk)
    assert found is not None
    assert found.parts == ((one,), (two,))


def test_one_system_ref_cannot_fall_apart_and_nobody_either() -> None:
    contact, _ = together({"first_name": "Eleni", "last_name": "Reid"})
    assert suggestion(contact.pk) is None
    assert suggestion(1) is None


def test_all_alike_still_fall_into_two_and_hold_every_system_ref() -> None:
    alike = {"first_name": "Eleni", "last_name": "Reid", "email_1": "e@example.com"}
    contact, ids = together(*([alike] * 6))
    found = suggestion(contact.pk)
    assert found is not None
    assert sorted(record for part in found.parts for record in part) == ids
    assert [len(part) for part in found.parts] == [5, 1]


def test_queries_do_not_grow_with_system_refs() -> None:
    contact, _ = two_persons()
    suggestion(contact.pk)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            suggestion(contact.pk)
        counts.append(len(asked))
        more = [
            claim("SHOP", f"S-{n}", first_name="Eleni", last_name="Reid", phone_1=PHONE) for n in range(30)
        ]
        if not SourceRecord.objects.filter(membership__contact=contact, system_ref="S-1").exists():
            place(contact, *more)
    assert counts[0] == counts[1]
