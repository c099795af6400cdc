"""New contacts and LOCAL System Refs by hand: C26, X1 and two browsers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kith.access.actors import NOBODY
from kith.access.models import User
from kith.audit.models import Entry
from kith.contacts import actions
from kith.contacts.models import Contact
from kith.grouping.models import Move
from kith.grouping.recipe.actions import save_matching_rules
from kith.kernel.errors import Conflict, NotAllowed
from kith.matching.rules import Criterion, Field, Rule, RuleSet
from kith.sources.models import SourceRecord
from tests.contacts import factories

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
ROWS = {
    f"{group}-{name}": value
    for group in ("emails", "phones", "addresses")
    for name, value in (("TOTAL_FORMS", "1"), ("INITIAL_FORMS", "0"))
}
ANN = {"kind": "person", "first_name": "Ann", "last_name": "Lee", **ROWS}


@pytest.fixture
def browser(client_of: ClientOf, agent: User) -> Client:
    return client_of(agent)


def test_c26_a_missing_last_name_is_refused_and_nothing_is_stored(browser: Client) -> None:
    answer = browser.post("/contacts/new-person/", {**ANN, "last_name": "", "title": "Dr"})
    assert answer.status_code == 422
    assert "This field is required" in answer.text
    assert 'value="Dr"' in answer.text
    assert not Contact.objects.exists()
    assert not SourceRecord.objects.exists()


def test_c26_a_valid_person_gets_a_group_id_and_a_local_system_ref(browser: Client) -> None:
    typed = {
        **ANN,
        "birth_date": "14/03/1987",
        "residence_country": "Κύπρος",
        "emails-0-value": "Ann@Example.org",
        "emails-0-type": "PERSONAL",
        "phones-0-value": "99 123456",
        "phones-0-country": "Cyprus",
        "addresses-0-line1": "12 Harbour Walk",
        "addresses-0-city": "Limassol",
    }
    answer = browser.post("/contacts/new-person/", typed)
    contact = Contact.objects.get()
    assert answer["Location"] == f"/contacts/{contact.pk}/"
    record = SourceRecord.objects.get()
    assert record.system_ref.startswith("L-0")
    assert (record.source.code, record.group_id) == ("LOCAL", contact.pk)
    assert contact.name == "Ann Lee"
    assert contact.residence_country == "CY"
    assert [row.value for row in contact.emails.all()] == ["ann@example.org"]
    assert [row.value for row in contact.phones.all()] == ["+35799123456"]
    assert Move.objects.get().to_contact_id == contact.pk
    assert Entry.objects.filter(event="ContactAdded", group_id=contact.pk).exists()
    assert "Ann" not in str(list(Entry.objects.values_list("detail", flat=True)))


def test_c26_a_company_needs_a_name_and_gets_a_group_id(browser: Client) -> None:
    assert browser.post("/contacts/new-company/", {"kind": "company", **ROWS}).status_code == 422
    browser.post("/contacts/new-company/", {"kind": "company", "company_name": "Acme Ltd", **ROWS})
    assert Contact.objects.get().kind == "company"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("birth_date", "31/02/1980"),
        ("birth_date", "tomorrow"),
        ("emails-0-value", "ann at example"),
        ("emails-0-value", "test@test.com"),
        ("phones-0-value", "123"),
        ("residence_country", "Atlantis"),
        ("last_name", "n/a"),
        ("first_name", "x" * 201),
    ],
)
def test_what_cleaning_cannot_read_is_said_at_its_field_and_stays_typed(
    browser: Client, field: str, value: str
) -> None:
    answer = browser.post("/contacts/new-person/", {**ANN, field: value})
    assert answer.status_code == 422
    assert "errorlist" in answer.text
    assert value in answer.text
    assert not Contact.objects.exists()


def test_adding_a_row_complains_of_nothing_that_is_not_typed_yet(browser: Client) -> None:
    empty = {**ROWS, "title": "Dr"}
    for row in ("emails", "phones", "addresses"):
        answer = browser.post("/contacts/new-person/", {**empty, "add": row})
        assert answer.status_code == 200
        assert 'value="Dr"' in answer.text
        assert "required." not in answer.text
        assert "errorlist" not in answer.text
    assert "required." in browser.post("/contacts/new-person/", empty).text


def test_one_more_row_without_javascript_keeps_what_was_typed(browser: Client) -> None:
    answer = browser.post("/contacts/new-person/", {**ANN, "emails-0-value": "a@b.example", "add": "emails"})
    assert answer.status_code == 200
    assert 'name="emails-1-value"' in answer.text
    assert "a@b.example" in answer.text
    assert not Contact.objects.exists()


def test_rows_end_at_nine(browser: Client) -> None:
    answer = browser.post("/contacts/new-person/", {**ANN, "emails-TOTAL_FORMS": "999", "add": "emails"})
    assert 'name="emails-8-value"' in answer.text
    assert 'name="emails-9-value"' not in answer.text


def test_x1_a_likely_duplicate_is_asked_about_once_and_saved_anyway_if_wanted(browser: Client) -> None:
    there = factories.person("Ann", "Lee", email_1="ann@example.org")
    typed = {**ANN, "emails-0-value": "ann@example.org"}
    answer = browser.post("/contacts/new-person/", typed)
    assert answer.status_code == 422
    assert "Save anyway" in answer.text
    assert f"/contacts/{there.pk}/" in answer.text
    assert Contact.objects.count() == 1
    assert browser.post("/contacts/new-person/", {**typed, "save_anyway": "1"}).status_code == 302
    assert Contact.objects.count() == 2


def test_possible_duplicates_show_while_typing(browser: Client) -> None:
    there = factories.person("Ann", "Lee", email_1="ann@example.org")
    answer = browser.post("/contacts/possible-duplicates/", {**ANN, "emails-0-value": "ann@example.org"})
    assert f"/contacts/{there.pk}/" in answer.text
    unfinished = browser.post("/contacts/possible-duplicates/", {"kind": "person", "first_name": "A", **ROWS})
    assert unfinished.status_code == 200
    assert browser.post("/contacts/possible-duplicates/", {}).status_code == 200


def local(browser: Client) -> SourceRecord:
    browser.post("/contacts/new-person/", {**ANN, "save_anyway": "1"})
    return SourceRecord.objects.get(source__code="LOCAL")


def test_an_edit_of_a_local_record_shows_at_once(browser: Client) -> None:
    record = local(browser)
    address = f"/contacts/{record.group_id}/local/{record.pk}/"
    assert 'value="Lee"' in browser.get(address).text
    answer = browser.post(address, {**ANN, "last_name": "Leigh", "version": record.content_hash.hex})
    assert answer.status_code == 302
    assert Contact.objects.get().name == "Ann Leigh"
    entry = Entry.objects.get(event="LocalRecordEdited")
    assert entry.detail == {"fields": ["last_name"]}


def test_two_browsers_editing_one_record_lose_nothing(
    browser: Client, client_of: ClientOf, steward: User
) -> None:
    record, other = local(browser), client_of(steward)
    address, version = f"/contacts/{record.group_id}/local/{record.pk}/", record.content_hash.hex
    other.post(address, {**ANN, "last_name": "Leigh", "version": version})
    answer = browser.post(address, {**ANN, "last_name": "Li", "version": version})
    assert answer.status_code == 422
    assert "Leigh" in answer.text
    assert 'value="Li"' in answer.text
    assert Contact.objects.get().name == "Ann Leigh"
    record.refresh_from_db()
    browser.post(address, {**ANN, "last_name": "Li", "version": record.content_hash.hex})
    assert Contact.objects.get().name == "Ann Li"


def test_only_local_records_can_be_edited(browser: Client) -> None:
    contact = factories.person()
    record = SourceRecord.objects.of_contact(contact.pk).get()
    assert browser.get(f"/contacts/{contact.pk}/local/{record.pk}/").status_code == 404


def test_a_record_of_another_contact_is_404(browser: Client) -> None:
    record, other = local(browser), factories.person("Other", "Person")
    assert browser.get(f"/contacts/{other.pk}/local/{record.pk}/").status_code == 404


@pytest.mark.parametrize("address", ["new-person/", "new-company/", "possible-duplicates/"])
def test_a_viewer_may_not_type_in(client_of: ClientOf, viewer: User, address: str) -> None:
    assert client_of(viewer).post(f"/contacts/{address}", ANN).status_code == 403
    assert not Contact.objects.exists()


@pytest.mark.parametrize("address", ["new-person/", "new-company/", "1/local/1/"])
def test_a_stranger_may_not_type_in(client: Client, address: str) -> None:
    assert client.get(f"/contacts/{address}").status_code == 302


def test_actions_ask_for_their_permission() -> None:
    with pytest.raises(NotAllowed):
        actions.add_contact(actor=NOBODY, kind="person", claim={"last_name": "Lee"})
    with pytest.raises(NotAllowed):
        actions.edit_local(actor=NOBODY, contact_id=1, record_id=1, claim={}, version="")


def test_an_old_version_is_a_conflict(browser: Client, agent: User) -> None:
    record = local(browser)
    assert record.group_id is not None
    with pytest.raises(Conflict):
        actions.edit_local(
            actor=agent.actor, contact_id=record.group_id, record_id=record.pk, claim={}, version="old"
        )


def test_x1_the_warning_follows_the_rules_in_force(browser: Client, power_user: User) -> None:
    factories.person("Eleni", "Markou", email_1="shared@example.org")
    typed = {**ANN, "emails-0-value": "shared@example.org"}
    assert "would be grouped" not in browser.post("/contacts/possible-duplicates/", typed).text
    email_alone = RuleSet(person=(Rule("E-mail alone", (Criterion(Field.EMAIL),)),), company=())
    save_matching_rules(actor=power_user.actor, rules=email_alone, based_on=None)
    assert "would be grouped" in browser.post("/contacts/possible-duplicates/", typed).text
