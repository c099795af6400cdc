"""C21 to C23, C26, C27, C30: the form of a person and of a company, and the sections at the bottom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.contacts.actions import add_contact
from kith.contacts.address_layout import layout_of, troubles_of
from kith.contacts.models import Contact
from kith.kernel.errors import Refused
from kith.sources.models import SourceRecord
from tests.claims import source

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def typed_in() -> None:
    """Other tests may have emptied every table."""
    source("LOCAL")


ClientOf = Callable[[User], Client]


def rows(**number: int) -> dict[str, str]:
    counts = {"emails": 1, "phones": 1, "addresses": 1} | number
    return {
        f"{group}-{name}": value
        for group, total in counts.items()
        for name, value in (("TOTAL_FORMS", str(total)), ("INITIAL_FORMS", "0"))
    }


ANN = {"kind": "person", "first_name": "Ann", "last_name": "Lee"}
THREE = {
    **ANN,
    **rows(addresses=3),
    "addresses-0-line1": "12 Harbour Walk",
    "addresses-0-type": "HOME",
    "addresses-1-line1": "1 Low Lane",
    "addresses-1-type": "BUSINESS",
    "addresses-2-po_box": "77",
    "addresses-2-type": "POBOX",
}


@pytest.fixture
def browser(client_of: ClientOf, agent: User) -> Client:
    return client_of(agent)


def test_c21_every_field_of_a_person_is_typed_saved_and_read_again(browser: Client) -> None:
    typed = {
        **ANN,
        **rows(),
        "title": "Dr",
        "middle_name": "May",
        "gender": "female",
        "category": "CUSTOMER",
        "language": "el",
        "birth_date": "14/03/1987",
        "name_day": "23 April",
        "residence_country": "Cyprus",
        "id_number": "X1234567",
        "id_number_country": "Cyprus",
        "id_number_expires": "31/12/2031",
        "passport_number": "K00081234",
        "passport_country": "Greece",
        "passport_expires": "28 Feb 2029",
        "social_security_number": "784512963",
        "direct_marketing": "no",
        "affiliate_marketing": "yes",
        "custom.industry": "Fishing",
        "addresses-0-street": "Makariou",
        "addresses-0-street_number": "4",
        "addresses-0-city": "Limassol",
        "addresses-0-country": "Cyprus",
    }
    answer = browser.post("/contacts/new-person/", typed)
    assert answer.status_code == 302
    contact = Contact.objects.get()
    assert (contact.category, contact.name_day, contact.custom) == (
        "CUSTOMER",
        "04-23",
        {"industry": "Fishing"},
    )
    assert (contact.id_number_country, contact.id_number_expires) == ("CY", date(2031, 12, 31))
    assert (contact.passport_country, contact.passport_expires) == ("GR", date(2029, 2, 28))
    assert (contact.direct_marketing, contact.affiliate_marketing) == (False, True)
    assert contact.addresses.get().line1 == "Makariou 4"
    page = browser.get(f"/contacts/{contact.pk}/").text
    for text in (
        "23 Apr",
        "••••4567",
        "Customer",
        "Fishing",
        "Industry (of a person)",
    ):
        assert text in page
    record = SourceRecord.objects.get()
    again = browser.get(f"/contacts/{contact.pk}/local/{record.pk}/").text
    for text in ("23 April", "Makariou", "Fishing"):
        assert text in again
    # What came with a masked number is not told either (C20).
    assert "28 Feb 2029" not in again


def test_c22_every_field_of_a_company_is_typed_and_it_has_no_name_day(browser: Client) -> None:
    form = browser.get("/contacts/new-company/").text
    assert "name_day" not in form
    assert "birth_date" not in form
    typed = {
        "kind": "company",
        "company_name": "Acme Ltd",
        **rows(),
        "vat_number": "CY10259033P",
        "registration_number": "HE123456",
        "registration_country": "Cyprus",
        "established_on": "14/03/1987",
        "website": "acme.example",
        "employees": "1,250",
        "category": "PARTNER",
    }
    assert browser.post("/contacts/new-company/", typed).status_code == 302
    contact = Contact.objects.get()
    assert (contact.registration_country, contact.established_on) == ("CY", date(1987, 3, 14))
    assert (contact.website, contact.employees) == ("https://acme.example", 1250)
    page = browser.get(f"/contacts/{contact.pk}/").text
    assert "Company profile" in page
    assert "Demographics" not in page
    assert "1250" in page


def test_c23_three_addresses_none_primary_are_refused_and_the_chosen_one_leads(browser: Client) -> None:
    refused = browser.post("/contacts/new-person/", THREE)
    assert refused.status_code == 422
    assert "Choose which address is the primary one." in refused.text
    assert "1 Low Lane" in refused.text
    assert not Contact.objects.exists()
    assert browser.post("/contacts/new-person/", {**THREE, "addresses-primary": "1"}).status_code == 302
    contact = Contact.objects.get()
    found = list(contact.addresses.order_by("position").values_list("line1", "is_primary"))
    assert found == [("1 Low Lane", True), ("12 Harbour Walk", False), ("PO Box 77", False)]


def test_c23_two_active_addresses_of_one_type_are_refused(browser: Client) -> None:
    typed = {**THREE, "addresses-primary": "0", "addresses-1-type": "HOME"}
    refused = browser.post("/contacts/new-person/", typed)
    assert refused.status_code == 422
    assert "There is another address of this type." in refused.text


def test_c23_addresses_are_typed_as_their_country_writes_them(browser: Client) -> None:
    assert layout_of("US").labels["postcode"] == "ZIP code"
    assert layout_of("US").labels["region"] == "State"
    assert layout_of("GB").order.index("city") < layout_of("GB").order.index("postcode")
    assert layout_of("").required == frozenset()
    assert set(troubles_of({"country": "GB", "line1": "1 Low Lane"})) == {"city", "postcode"}
    assert set(troubles_of({"country": "GR", "line1": "x", "city": "y", "postcode": "12"})) == {"postcode"}
    typed = {**ANN, **rows(), "addresses-0-line1": "1 Low Lane", "addresses-0-country": "United Kingdom"}
    refused = browser.post("/contacts/new-person/", typed)
    assert refused.status_code == 422
    assert "is needed in an address of this country" in refused.text


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("name_day", "31/02", "Not a day of the year."),
        ("passport_expires", "soon", "Not a date."),
        ("id_number_country", "Narnia", "This is not a country we know."),
    ],
)
def test_c26_what_cannot_be_read_is_said_at_its_field_and_kept(
    browser: Client, field: str, text: str, sentence: str
) -> None:
    refused = browser.post("/contacts/new-person/", {**ANN, **rows(), field: text, "title": "Dr"})
    assert refused.status_code == 422
    assert sentence in refused.text
    assert text in refused.text
    assert not Contact.objects.exists()


def test_c30_a13_exactly_five_sections_stand_at_the_bottom(browser: Client) -> None:
    browser.post("/contacts/new-person/", {**ANN, **rows()})
    answer = browser.get(f"/contacts/{Contact.objects.get().pk}/")
    assert [one.label for one in answer.context["bottom"]] == [
        "Demographics",
        "Relations",
        "Attachments",
        "User-defined fields",
        "Notes and log",
    ]


def test_c27_two_who_edit_at_once_are_brought_together_and_a_clash_shows_both(browser: Client) -> None:
    browser.post("/contacts/new-person/", {**ANN, **rows(), "title": "Dr", "middle_name": "May"})
    contact, record = Contact.objects.get(), SourceRecord.objects.get()
    page, opened = f"/contacts/{contact.pk}/local/{record.pk}/", record.content_hash.hex
    sent = {**ANN, **rows(), "version": opened, "title": "Dr", "middle_name": "May"}
    assert browser.post(page, {**sent, "title": "Prof"}).status_code == 302
    assert browser.post(page, {**sent, "middle_name": "June"}).status_code == 302
    record.refresh_from_db()
    assert (record.title, record.middle_name) == ("Prof", "June")
    clash = browser.post(page, {**sent, "middle_name": "July"})
    assert clash.status_code == 422
    assert "Saved meanwhile" in clash.text
    assert "June" in clash.text
    assert "July" in clash.text
    record.refresh_from_db()
    assert record.middle_name == "June"


def test_c27_what_the_form_does_not_show_stays(browser: Client) -> None:
    browser.post("/contacts/new-person/", {**ANN, **rows()})
    contact, record = Contact.objects.get(), SourceRecord.objects.get()
    SourceRecord.objects.filter(pk=record.pk).update(
        claim={"fields": {"first_name": "Ann", "last_name": "Lee", "custom.old": "kept"}, "extra": {}}
    )
    sent = {**ANN, **rows(), "version": record.content_hash.hex, "title": "Dr"}
    assert browser.post(f"/contacts/{contact.pk}/local/{record.pk}/", sent).status_code == 302
    record.refresh_from_db()
    assert (record.title, record.custom) == ("Dr", {"old": "kept"})


def test_more_rows_than_are_kept_are_refused_at_their_place(browser: Client) -> None:
    ten = {f"phones-{place}-value": f"+44 20 7946 00{place:02}" for place in range(10)}
    answer = browser.post("/contacts/new-person/", {**ANN, **rows(phones=10), **ten})
    assert answer.status_code == 422
    assert "A System Ref has at most 9 phones." in answer.text
    claim = {"first_name": "Ann", "last_name": "Lee", "email_10": "ann@example.org"}
    with pytest.raises(Refused) as refused:
        add_contact(actor=COMMAND_LINE, kind="person", claim=claim)
    assert set(refused.value.fields) == {"email_10"}
