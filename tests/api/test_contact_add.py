"""C26, C21, C22, X1: adding a person or a company over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kith.access.actors import COMMAND_LINE
from kith.access.roles import RoleName
from kith.contacts.models import Contact
from kith.contacts.settings.uniqueness import UNIQUENESS, Combination, Uniqueness
from kith.settings.actions import save_section
from kith.sources.custom_fields import CUSTOM_FIELDS, CustomField, CustomFields, shipped
from tests.api.conftest import SystemWith
from tests.contacts import factories

pytestmark = pytest.mark.django_db

PERSON: dict[str, Any] = {
    "kind": "person", "title": "Ms", "first_name": "Ann", "middle_name": "Mary", "last_name": "Leeson",
    "gender": "female", "birth_date": "1987-03-14", "id_number": "884422", "id_number_country": "Cyprus",
    "id_number_expires": "2031-03-03", "passport_number": "K00112233", "passport_country": "GB",
    "passport_expires": "2030-01-31", "social_security_number": "77112233", "name_day": "04-23",
    "language": "el", "residence_country": "CY", "direct_marketing": True, "affiliate_marketing": False,
    "custom": {"shoe": "42"},
    "emails": [{"value": "Ann@example.org"},
               {"value": "work@example.org", "is_primary": True, "type": "BUSINESS"}],
    "phones": [{"value": "99 123456", "country": "CY", "type": "MOBILE"}],
    "addresses": [{"street": "Makariou", "street_number": "4", "floor": "2", "city": "Limassol",
                   "postcode": "3042", "country": "CY", "type": "HOME"}],
}  # fmt: skip
COMPANY: dict[str, Any] = {
    "kind": "company", "company_name": "Harbour Freight Ltd", "vat_number": "CY10259033P",
    "registration_number": "HE 259033", "registration_country": "CY", "established_on": "2009-01-05",
    "website": "https://harbour.example", "employees": 12, "residence_country": "CY", "language": "en",
}  # fmt: skip


@pytest.fixture
def adding(system_with: SystemWith) -> Client:
    factories.source("LOCAL", kind="local")
    return system_with(RoleName.STEWARD).client


def _add(client: Client, body: dict[str, Any], **more: Any) -> Any:
    return client.post("/api/v1/contacts", {**body, **more}, content_type="application/json")


def test_c21_c22_a_person_and_a_company_with_every_field_are_saved_and_read_again(adding: Client) -> None:
    fields = CustomFields(fields=(*shipped().fields, CustomField(code="shoe", label="Shoe")))
    save_section(actor=COMMAND_LINE, section=CUSTOM_FIELDS, value=fields, based_on=None)
    answer = _add(adding, PERSON)
    assert answer.status_code == 201, answer.json()
    ann = Contact.objects.get(pk=answer.json()["group_id"])
    for name, sent in PERSON.items():
        if name not in {"emails", "phones", "addresses", "custom", "kind", "id_number_country"}:
            now = getattr(ann, name)
            assert (now if isinstance(now, bool) else str(now)) == sent, name
    assert (ann.custom, ann.id_number_country) == ({"shoe": "42"}, "CY")
    assert [(one.value, one.type) for one in ann.emails.order_by("position")] == [
        ("work@example.org", "BUSINESS"),
        ("ann@example.org", ""),
    ]
    assert ann.phones.get().value == "+35799123456"
    home = ann.addresses.get()
    assert (home.street, home.floor, home.type, home.is_primary) == ("Makariou", "2", "HOME", True)
    answer = _add(adding, COMPANY)
    assert answer.status_code == 201, answer.json()
    company = Contact.objects.get(pk=answer.json()["group_id"])
    assert (company.company_name, company.employees) == ("Harbour Freight Ltd", 12)
    assert str(company.established_on) == "2009-01-05"
    assert (company.registration_country, company.website) == ("CY", "https://harbour.example")


def test_c26_what_cannot_be_saved_names_each_place_and_nothing_is_stored(adding: Client) -> None:
    answer = _add(
        adding,
        {"kind": "person", "first_name": "Ann"},
        birth_date="31/02/1990",
        category="NOBODY",
        emails=[{"value": "ann@example.org"}, {"value": "nothing"}],
        addresses=[
            {"line1": "12 Harbour Walk", "type": "HOME", "is_primary": True},
            {"line1": "9 New Road", "type": "HOME"},
        ],
    )
    assert answer.status_code == 422
    assert {one["field"] for one in answer.json()["reasons"]} >= {"last_name", "category"}
    unknown = _add(adding, PERSON, employees=3, custom={"nothing": "1"}, addresses=[{"type": "HOME"}])
    fields = {one["field"] for one in unknown.json()["reasons"]}
    assert fields == {"employees", "custom.nothing", "addresses[0]"}
    read = {**PERSON, "custom": {}, "birth_date": "31/02/1990", "emails": [{"value": "nothing"}]}
    wrong = _add(adding, read)
    assert {one["field"] for one in wrong.json()["reasons"]} == {"birth_date", "emails[0].value"}
    assert not Contact.objects.exists()


def test_x1_a_clash_names_the_contact_and_group_with_lets_it_in(adding: Client) -> None:
    rule = Uniqueness(persons=(Combination(fields=("last_name", "id_number")),))
    save_section(actor=COMMAND_LINE, section=UNIQUENESS, value=rule, based_on=None)
    person = {**PERSON, "custom": {}}
    first = _add(adding, person).json()["group_id"]
    clash = _add(adding, person, save_anyway=True)
    assert (clash.status_code, clash.json()["contacts"]) == (422, [first])
    made = _add(adding, person, group_with=[first])
    assert (made.status_code, made.json()["group_with"]) == (201, [first])
    other = _add(adding, {**person, "id_number": "990011"})
    assert (other.status_code, set(other.json()["contacts"])) == (422, {first, made.json()["group_id"]})
    assert _add(adding, {**person, "id_number": "990011"}, save_anyway=True).status_code == 201
