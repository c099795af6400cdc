"""“Why are these two not one?”"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kith.access.models import User
from kith.contacts.models import Contact
from kith.golden.assembly import assemble
from kith.grouping.models import Decision, Operation
from kith.grouping.why.not_one import NotOne, not_one
from kith.kernel.clock import now
from kith.matching.keys import MOST_OF_ONE_NAME
from kith.matching.records import COMPANY, PERSON
from kith.sources.models import SourceRecord
from tests.claims import claim, place

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
BORN = "1980-01-17"
ELENI = {"first_name": "Eleni", "last_name": "Papadopoulou"}


def contact(*claims: dict[str, str], kind: str = PERSON) -> Contact:
    made = Contact.objects.create(kind=kind, name=claims[0].get("last_name", "Somebody"))
    kinds = {"kind": kind} if kind == COMPANY else {}
    records = [
        claim("TICKETS", f"{made.pk}-{number}", received_at=None, **fields, **kinds)
        for number, fields in enumerate(claims)
    ]
    place(made, *records)
    made.record_count = len(records)
    made.save()
    return made


def kinds(found: NotOne) -> list[str]:
    return [one.kind.value for one in found.obstacles]


def first(of: Contact) -> SourceRecord:
    return SourceRecord.objects.of_contact(of.pk).order_by("pk")[0]


def kept_apart(one: Contact, other: Contact, *, reason: str = "") -> Operation:
    operation = Operation.objects.create(
        kind=Operation.Kind.KEEP_APART, actor="Maria Kyriakou", reason=reason, at=now()
    )
    left, right = sorted((first(one).pk, first(other).pk))
    Decision.objects.create(left_id=left, right_id=right, verdict="apart", operation=operation)
    return operation


def test_too_little_speaks_for_it_and_one_e_mail_would_do() -> None:
    one = contact({**ELENI, "email_1": "eleni@example.com"})
    other = contact({**ELENI, "email_1": "e.papadopoulou@example.org"})
    found = not_one(one, other)
    assert kinds(found)[-1] in {"too_little", "asks"}
    assert found.changes is not None
    assert found.changes.details == 1
    assert "one e-mail in common" in {change.words for change in found.changes.found}
    assert found.pairs[0].falls.rows


def test_the_smallest_change_is_tried_and_not_guessed() -> None:
    """What the page names does join the two when a source really says it."""
    one = contact({**ELENI, "email_1": "eleni@example.com"})
    other = contact({**ELENI})
    found = not_one(one, other)
    assert found.changes is not None
    named = {change.words for change in found.changes.found}
    assert named
    claim("TICKETS", f"{other.pk}-0", received_at=None, **ELENI, email_1="eleni@example.com")
    assert kinds(not_one(one, other)) == ["nothing"]


def test_where_no_single_change_would_two_are_named() -> None:
    one = contact({"first_name": "Eleni", "last_name": "Papadopoulou", "gender": "f"})
    other = contact(
        {"first_name": "Otto", "last_name": "Braun", "gender": "m", "email_1": "otto@example.org"}
    )
    found = not_one(one, other)
    assert found.changes is not None
    assert found.changes.details != 1
    assert "not_compared" in kinds(found)


def test_a_rule_of_never_is_named_and_dropping_the_date_would_join_them() -> None:
    one = contact({**ELENI, "birth_date": BORN, "email_1": "e@example.com"})
    other = contact({**ELENI, "birth_date": "1948-11-03", "email_1": "e@example.com"})
    found = not_one(one, other)
    assert kinds(found) == ["rule_of_never"]
    assert "different birth dates" in found.obstacles[0].words
    assert found.changes is not None
    words = {change.words for change in found.changes.found}
    assert any(one == "the same birth date on both" or one.startswith("no birth date on ") for one in words)


def test_a_contradiction_between_others_of_the_two_contacts_is_told() -> None:
    one = contact(
        {**ELENI, "email_1": "e@example.com"}, {**ELENI, "birth_date": BORN, "email_1": "e@example.com"}
    )
    other = contact(
        {**ELENI, "email_1": "e@example.com", "phone_1": "+35799123456"},
        {**ELENI, "birth_date": "1948-11-03", "phone_1": "+35799123456"},
    )
    found = not_one(one, other)
    assert kinds(found) == ["contradiction"]
    assert "contradict each other" in found.obstacles[0].words
    assert found.changes is not None
    assert found.changes.details == 1, "the one date gone, nothing contradicts"


def test_a_person_s_decision_says_who_when_and_why() -> None:
    one = contact({**ELENI, "email_1": "e@example.com"})
    other = contact({**ELENI, "email_1": "e@example.com"})
    kept_apart(one, other, reason="Mother and daughter")
    found = not_one(one, other)
    assert kinds(found) == ["person", "nothing"]
    assert "Kept apart by Maria Kyriakou" in found.obstacles[0].words
    assert "Mother and daughter" in found.obstacles[0].words
    assert "without the decision they would be one" in found.obstacles[1].words
    assert found.changes is None


def test_a_likely_relation_is_named_and_can_be_added(agent: User, viewer: User, client_of: ClientOf) -> None:
    home = {"address_1_line1": "12 Harbour Walk", "address_1_postcode": "3042", "address_1_city": "Limassol"}
    mother = contact({**ELENI, **home, "birth_date": "1960-01-17"})
    child = contact({"first_name": "Anna", "last_name": "Papadopoulou", **home, "birth_date": "1990-03-02"})
    assemble([mother.pk, child.pk])
    address = reverse("grouping:why-not", args=[mother.pk, child.pk])
    page = client_of(agent).get(address).text
    assert "Likely relation: Parent and child, same household" in page
    assert "?type=CHILD" in page
    assert "?type=" not in client_of(viewer).get(address).text


def test_whoever_may_group_is_led_to_the_operation(steward: User, viewer: User, client_of: ClientOf) -> None:
    one, other = contact(ELENI), contact(ELENI)
    operation = kept_apart(one, other)
    address = f"/contacts/{one.pk}/why-not/{other.pk}/"
    assert f"/operations/{operation.pk}/" in client_of(steward).get(address).text
    assert "/operations/" not in client_of(viewer).get(address).text


def test_what_would_be_one_now_is_told_so() -> None:
    one = contact({**ELENI, "email_1": "e@example.com"})
    other = contact({**ELENI, "email_1": "e@example.com"})
    found = not_one(one, other)
    assert kinds(found) == ["nothing"]
    assert found.waits


def test_x12_a_person_and_a_company_are_answered_plainly(viewer: User, client_of: ClientOf) -> None:
    one = contact(ELENI)
    other = contact({"company_name": "Harbour Freight Ltd"}, kind=COMPANY)
    found = not_one(one, other)
    assert kinds(found) == ["two_kinds"]
    page = client_of(viewer).get(f"/contacts/{one.pk}/why-not/{other.pk}/").text
    assert "A person and a company are never one contact." in page
    assert "What would have joined them" not in page


def test_companies_are_explained_too() -> None:
    one = contact({"company_name": "Harbour Freight Ltd", "vat_number": "CY10259033P"}, kind=COMPANY)
    other = contact({"company_name": "Harbour Freight Limited"}, kind=COMPANY)
    found = not_one(one, other)
    assert found.obstacles
    assert found.changes is None or found.changes.details in {0, 1, 2}


def test_the_page_shows_obstacles_change_and_waterfalls(viewer: User, client_of: ClientOf) -> None:
    one = contact({**ELENI, "email_1": "eleni@example.com"})
    other = contact({**ELENI, "email_1": "e.papadopoulou@example.org"})
    page = client_of(viewer).get(f"/contacts/{one.pk}/why-not/{other.pk}/").text
    for words in (
        "What keeps them apart",
        "What would have joined them",
        "The best evidence",
        "different e-mails",
    ):
        assert words in page
    assert "style=" not in page


def test_retired_groupids_lead_to_their_successors_and_one_contact_to_why(
    viewer: User, client_of: ClientOf
) -> None:
    one, other, gone = contact(ELENI), contact(ELENI), contact(ELENI)
    Contact.objects.filter(pk=gone.pk).update(state="retired", retired_at=now(), successor=other)
    browser = client_of(viewer)
    moved = browser.get(f"/contacts/{one.pk}/why-not/{gone.pk}/")
    assert moved.headers["Location"] == f"/contacts/{one.pk}/why-not/{other.pk}/"
    same = browser.get(f"/contacts/{other.pk}/why-not/{gone.pk}/")
    assert same.headers["Location"] == f"/contacts/{other.pk}/why/"
    assert browser.get(f"/contacts/{one.pk}/why-not/5/").status_code == 404
    assert browser.get(f"/contacts/{one.pk}/why-not/{2**70}/").status_code == 404
    assert browser.get("/contacts/5/why-not/").status_code == 404


def test_a_stranger_signs_in_first(client: Client) -> None:
    assert client.get("/contacts/1000001/why-not/").status_code == 302
    assert client.get("/contacts/1000001/why-not/1000002/").status_code == 302


def test_the_other_is_chosen_by_groupid_or_system_ref(viewer: User, client_of: ClientOf) -> None:
    from kith.golden.assembly import assemble

    one, other, third = contact(ELENI), contact(ELENI), contact({**ELENI, "first_name": "Otto"})
    assemble([one.pk, other.pk, third.pk])
    browser = client_of(viewer)
    address = f"/contacts/{one.pk}/why-not/"
    assert browser.get(address).status_code == 200
    target = f"/contacts/{one.pk}/why-not/{other.pk}/"
    assert browser.get(address, {"other": str(other.pk)}).headers["Location"] == target
    assert browser.get(address, {"other": f"{other.pk}-0"}).headers["Location"] == target
    offered = browser.get(address, {"other": "papadopoulou"})
    assert offered.status_code == 200
    assert f"/why-not/{third.pk}/" in offered.text
    assert browser.get(address, {"other": "nobody at all"}).status_code == 422


def test_queries_do_not_grow_with_system_refs() -> None:
    few = contact(ELENI), contact({**ELENI, "email_1": "e@example.com"})
    many = (
        contact(*({**ELENI, "phone_1": f"+3579912345{n}"} for n in range(9))),
        contact(*({**ELENI, "email_1": f"e{n}@example.com"} for n in range(9))),
    )
    not_one(*few)
    counts = []
    for pair in (few, many):
        with CaptureQueriesContext(connection) as asked:
            not_one(*pair)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_who_may_group_goes_on_to_group_the_two(steward: User, viewer: User, client_of: ClientOf) -> None:
    one, other = contact(ELENI), contact({**ELENI, "email_1": "e@example.com"})
    address = f"/contacts/{one.pk}/why-not/{other.pk}/"
    page = client_of(steward).get(address).text
    assert f'href="/contacts/{one.pk}/group/?with={other.pk}"' in page
    assert "/group/" not in client_of(viewer).get(address).text


def test_contacts_that_meet_only_by_a_name_of_very_many_were_never_compared() -> None:
    one, other = contact(ELENI), contact(ELENI)
    assert "not_compared" not in kinds(not_one(one, other))
    for number in range(MOST_OF_ONE_NAME):
        claim("SHOP", f"S-{number}", received_at=None, **ELENI)
    found = not_one(one, other)
    assert kinds(found)[0] == "not_compared"
    assert "too many other System Refs share too" in found.obstacles[0].words


def test_a_contact_without_system_refs_has_nothing_to_compare() -> None:
    one, empty = contact(ELENI), Contact.objects.create(kind=PERSON)
    found = not_one(one, empty)
    assert kinds(found) == ["nothing"]
    assert found.changes is None
    assert not found.pairs
