"""What is left to see of somebody who was anonymised, and that those beside them keep all of theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.access.roles import RoleName
from kith.contacts.anonymised import LISTED
from kith.contacts.models import Contact
from kith.grouping.intents import Group, Split
from kith.kernel.leaving import Leaving
from kith.privacy.erasing.rows import erase_rows
from kith.sources.models import Membership, SourceRecord, SourceTransaction
from kith.users import actions, keys
from tests.contacts import factories
from tests.grouping.acting import do

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def browser(client_of: ClientOf, steward: User) -> Client:
    return client_of(steward)


@pytest.fixture
def system() -> Client:
    token = keys.new_token()
    actions.create_api_key(
        actor=COMMAND_LINE,
        name="Till",
        role=RoleName.VIEWER,
        prefix=token.prefix,
        secret_hash=token.secret_hash,
    )
    return Client(headers={"Authorization": f"Bearer {token.text}"})


def erased(contact: Contact) -> Contact:
    records = SourceRecord.objects.of_contact(contact.pk).order_by("pk").values_list("pk", flat=True)
    with transaction.atomic():
        erase_rows(Leaving(group_ids=(contact.pk,), record_ids=tuple(records)), erasure=uuid4())
    contact.refresh_from_db()
    return contact


@pytest.mark.parametrize("kind", ["person", "company"])
def test_c44_listed_fields_read_anonymised(kind: str, browser: Client) -> None:
    contact = factories.eleni() if kind == "person" else factories.company("Vanishing Freight Ltd")
    erased(contact)
    page = browser.get(f"/contacts/{contact.pk}/")
    assert page.status_code == 200
    for label in LISTED[kind].values():
        assert f"<dt>{label}</dt><dd>Anonymised</dd>" in page.text
    for text in ("Papadopoulou", "Reid", "Vanishing", "M-20931", "7400 123456", "erased-"):
        assert text not in page.text
    for action in ("Group…", "Suppress…", "Delete…", "Add account", ">Edit<"):
        assert action not in page.text
    assert "Anonymised for good on" in page.text
    assert (
        browser.get(f"/contacts/{contact.pk}/system-refs/").headers["Location"] == f"/contacts/{contact.pk}/"
    )


def test_the_page_of_somebody_anonymised_reads_the_same_number_of_rows_whatever_was_there(
    browser: Client,
) -> None:
    counts = []
    for contact in (factories.eleni(), factories.person()):
        erased(contact)
        browser.get(f"/contacts/{contact.pk}/")
        with CaptureQueriesContext(connection) as made:
            browser.get(f"/contacts/{contact.pk}/")
        counts.append(len(made))
    assert counts[0] == counts[1]


def test_c44_over_the_api_texts_are_the_word_and_the_rest_is_null(system: Client) -> None:
    contact = erased(factories.eleni())
    body = system.get(f"/api/v1/contacts/{contact.pk}").json()
    assert (body["state"], body["name"], body["successor"]) == ("anonymised", "Anonymised", None)
    golden = body["golden"]
    for field in ("title", "first_name", "last_name", "gender", "id_number", "social_security_number"):
        assert golden[field] == {"value": "Anonymised", "masked": None, "said_by": None}
    assert golden["birth_date"] is golden["name_day"] is golden["language"] is None
    assert (body["custom"], body["emails"], body["phones"], body["addresses"]) == ({}, [], [], [])
    assert all(one["system_ref"].startswith("erased-") for one in body["system_refs"])
    values = system.get(f"/api/v1/contacts/{contact.pk}/golden-values").json()
    assert values["fields"] == []


def test_an_old_number_leads_to_whoever_was_anonymised_and_nobody_finds_them(
    browser: Client, system: Client
) -> None:
    survivor, gone = factories.person("Vanna", "Vanishing"), factories.person("Vanna", "Vanishing")
    do(Group(master=survivor.pk, children=(gone.pk,)))
    erased(Contact.objects.get(pk=survivor.pk))
    assert browser.get(f"/contacts/{gone.pk}/").headers["Location"] == f"/contacts/{survivor.pk}/"
    assert system.get(f"/api/v1/contacts/{gone.pk}").json()["successor"] == survivor.pk
    assert Contact.objects.get(pk=gone.pk).first_name is None
    found = system.post("/api/v1/contacts/search", {"q": "Vanishing"}, content_type="application/json").json()
    assert found["items"] == []
    refused = browser.get(reverse("printouts:print", args=(survivor.pk,)))
    assert refused.status_code in {404, 422}


def said_of(contact_id: int) -> Mapping[str, object]:
    """All that is known of a contact, but when it was last assembled."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(c)::text FROM contacts_contact c WHERE id = %s", [contact_id])
        contact = cursor.fetchall()[0][0]
        cursor.execute(
            "SELECT to_jsonb(r)::text FROM sources_sourcerecord r JOIN sources_membership m"
            " ON m.record_id = r.id WHERE m.contact_id = %s ORDER BY r.id",
            [contact_id],
        )
        records = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "SELECT value FROM contacts_contactemail WHERE contact_id = %s ORDER BY 1", [contact_id]
        )
        emails = [row[0] for row in cursor.fetchall()]
    return {"contact": contact, "records": records, "emails": emails}


def test_neighbours_of_a_history_keep_what_is_theirs() -> None:
    anna, berta, carla = (
        factories.person(first, "Neighbour", email_1=f"{first.lower()}@example.org")
        for first in ("Anna", "Berta", "Carla")
    )
    records = [contact.primary_record_id or 0 for contact in (anna, berta, carla)]
    for record in SourceRecord.objects.filter(pk__in=records):
        factories.transaction(record, "12.50")
    do(Group(master=anna.pk, children=(berta.pk, carla.pk)))
    do(Split(contact=anna.pk, parts=((records[0],), (records[1], records[2]))), lift=True)
    places = dict(Membership.objects.values_list("record_id", "contact_id"))
    assert places[records[1]] == places[records[2]] != places[records[0]]
    leaving = Contact.objects.get(pk=places[records[0]])
    before = said_of(places[records[1]])
    erased(leaving)
    assert said_of(places[records[1]]) == before
    assert dict(Membership.objects.values_list("record_id", "contact_id")) == places
    kept = SourceTransaction.objects.filter(record_id__in=records[1:])
    assert {(one.amount, one.description) for one in kept} == {(kept[0].amount, "Season ticket")}
    theirs = SourceTransaction.objects.get(record_id=records[0])
    assert (str(theirs.amount), theirs.description) == ("12.50", "")
