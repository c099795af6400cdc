"""C21, C22: every field of a person and of a company, as claims, golden values and edits."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from kith.access.actors import COMMAND_LINE
from kith.contacts.models import Contact
from kith.golden import actions
from kith.golden.assembly import assemble
from kith.golden.models import GoldenOverride
from kith.golden.overrides import effective
from kith.kernel.errors import Refused
from kith.sources.models import SourceRecord
from tests.claims import claim, place, source

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def typed_in() -> None:
    """Other tests may have emptied every table."""
    source("LOCAL")


PINNED = GoldenOverride.Mode.PINNED
PERSON = {
    "first_name": "Eleni",
    "last_name": "Reid",
    "category": "customer",
    "name_day": "21/05",
    "id_number": "X1234567",
    "id_number_country": "Cyprus",
    "id_number_expires": "31/12/2031",
    "passport_number": "K00081234",
    "passport_country": "GR",
    "passport_expires": "2029-02-28",
    "custom.shoe_size": "39",
}
COMPANY = {
    "kind": "company",
    "company_name": "Acme Ltd",
    "registration_number": "HE123456",
    "registration_country": "CY",
    "established_on": "14/03/1987",
    "website": "Acme.example/",
    "employees": "1,250",
    "industry": "hotels",
    "category": "PARTNER",
}


def contact_of(*records: SourceRecord, kind: str = "person") -> Contact:
    contact = Contact.objects.create(kind=kind)
    place(contact, *records)
    assemble([contact.pk])
    return Contact.objects.get(pk=contact.pk)


def again(contact: Contact) -> Contact:
    assemble([contact.pk])
    return Contact.objects.get(pk=contact.pk)


def found_by(lexeme: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM contacts_contact WHERE search @@ %s::tsquery", [f"'{lexeme}'"])
        return [int(row[0]) for row in cursor.fetchall()]


def test_c21_every_field_of_a_person_is_golden_with_its_source_and_found() -> None:
    record = claim("TICKETING", "T1", received_at=None, **PERSON)
    contact = contact_of(record)
    assert (contact.category, contact.name_day) == ("CUSTOMER", "05-21")
    assert (contact.id_number, contact.id_number_country) == ("X1234567", "CY")
    assert contact.id_number_expires == date(2031, 12, 31)
    assert (contact.passport_country, contact.passport_expires) == ("GR", date(2029, 2, 28))
    assert contact.custom == {"shoe_size": "39"}
    assert contact.provenance["category"] == record.pk
    assert contact.provenance["custom.shoe_size"] == record.pk
    assert found_by("u:custom.shoe_size:39") == found_by("u:category:customer") == [contact.pk]


def test_c22_every_field_of_a_company_is_golden() -> None:
    contact = contact_of(claim("SHOP", "C1", received_at=None, **COMPANY), kind="company")
    assert (contact.registration_country, contact.established_on) == ("CY", date(1987, 3, 14))
    assert (contact.website, contact.employees) == ("https://acme.example", 1250)
    assert (contact.industry, contact.category, contact.name_day) == ("HOTELS", "PARTNER", None)


def test_a12_the_industry_of_a_person_becomes_a_user_defined_field_and_is_remarked_on() -> None:
    record = claim("SHOP", "P1", first_name="Ann", last_name="Lee", industry="hotels")
    contact = contact_of(record)
    assert (contact.industry, contact.custom) == (None, {"industry": "HOTELS"})
    assert [remark["field"] for remark in record.remarks] == ["industry"]


def test_the_parts_of_one_document_come_from_one_claim() -> None:
    older = claim(
        "A", "1", received_at=None, last_name="Lee", claimed_at="2020-01-01", **_id("X1", "CY", "2025-01-01")
    )
    newer = claim("B", "1", last_name="Lee", claimed_at="2024-01-01", id_number="Y2")
    country_only = claim("C", "1", last_name="Lee", claimed_at="2025-01-01", id_number_country="GR")
    contact = contact_of(older, newer, country_only)
    won = SourceRecord.objects.get(pk=contact.provenance["id_number"])
    assert (contact.id_number, contact.id_number_country, contact.id_number_expires) == (
        won.id_number,
        won.id_number_country,
        won.id_number_expires,
    )
    assert contact.id_number is not None
    alone = contact_of(claim("C", "2", last_name="Lee", id_number_country="GR"))
    assert (alone.id_number, alone.id_number_country) == (None, "GR")


def _id(number: str, country: str, expires: str) -> dict[str, str]:
    return {"id_number": number, "id_number_country": country, "id_number_expires": expires}


def test_what_no_source_says_any_more_is_gone() -> None:
    contact = contact_of(claim("SHOP", "C1", received_at=None, **COMPANY), kind="company")
    claim("SHOP", "C1", kind="company", company_name="Acme Ltd")
    contact = again(contact)
    assert (contact.website, contact.employees, contact.custom) == (None, None, None)
    assert "website" not in contact.provenance
    assert not found_by("u:industry:hotels")


def test_c21_a_typed_value_wins_and_withdrawing_it_brings_the_sources_back() -> None:
    contact = contact_of(claim("TICKETING", "T1", received_at=None, **PERSON))
    typed = {"name_day": "3 June", "custom.industry": "Fishing", "category": "PARTNER"}
    made = [_say(contact, field, **{field: text}) for field, text in typed.items()]
    contact = again(contact)
    assert (contact.name_day, contact.category) == ("06-03", "PARTNER")
    assert contact.custom == {"industry": "Fishing", "shoe_size": "39"}
    assert effective(contact).keys() == typed.keys()
    assert found_by("u:custom.industry:fishing") == [contact.pk]
    for one in made:
        actions.withdraw_override(actor=COMMAND_LINE, override_id=one.pk)
    contact = again(contact)
    assert (contact.name_day, contact.custom) == ("05-21", {"shoe_size": "39"})


def test_a_document_is_typed_as_a_whole() -> None:
    contact = contact_of(claim("TICKETING", "T1", received_at=None, **PERSON))
    _say(contact, "id_number", id_number="Z9", id_number_country="GR")
    contact = again(contact)
    assert (contact.id_number, contact.id_number_country, contact.id_number_expires) == ("Z9", "GR", None)
    with pytest.raises(Refused) as refused:
        _say(contact, "id_number", id_number_country="GR")
    assert refused.value.fields == {"id_number": "Give the number of the document."}


@pytest.mark.parametrize("field", ["custom.unheard_of", "industry", "employees"])
def test_c22_a_person_has_no_field_of_companies_and_none_that_is_not_defined(field: str) -> None:
    contact = contact_of(claim("TICKETING", "T1", received_at=None, **PERSON))
    with pytest.raises(Refused):
        _say(contact, field, **{field: "x"})


def _say(contact: Contact, field: str, **value: str) -> GoldenOverride:
    return actions.override(actor=COMMAND_LINE, contact_id=contact.pk, field=field, value=value, mode=PINNED)
