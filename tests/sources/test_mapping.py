from __future__ import annotations

import pytest

from kith.sources.mapping import CONTACTS, SYSTEM_REF, TRANSACTIONS, choices, guess, may_map


@pytest.mark.parametrize(
    "header",
    [
        "Client ID",
        "Client Reference Number",
        "Member Number",
        "Fan ID",
        "Ticket Account Number",
        "Supporter ID",
        "Contact Code",
        "customer_id",
        "Kundennummer",
        "Κωδικός πελάτη",
    ],
)
def test_k3_every_accepted_synonym_is_the_system_ref(header: str) -> None:
    assert guess([header], {}, kind=CONTACTS) == {header: SYSTEM_REF}


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Vorname", "first_name"),
        ("Επώνυμο", "last_name"),
        ("Date of Birth", "birth_date"),
        ("email_2", "email_2"),
        ("E-Mail-Adresse", "email_1"),
        ("Mobile phone", "phone_1"),
        ("address_2_city", "address_2_city"),
        ("Address Line 2", "address_1_line2"),
        ("Code postal", "address_1_postcode"),
        ("Contact Phone Country", "phone_1_country"),
        ("Favourite player", ""),
    ],
)
def test_headers_are_understood_in_several_languages(header: str, field: str) -> None:
    assert guess([header], {}, kind=CONTACTS) == {header: field}


def test_content_tells_where_the_header_does_not() -> None:
    samples = {
        "x": ["a@b.example", "c@d.example"],
        "y": ["+44 7911 123456", "020 7946 0018"],
        "z": ["01/02/1960", "3/4/1999"],
        "w": ["01/02/2024", "3/4/2024"],
    }
    assert guess(list(samples), samples, kind=CONTACTS) == {
        "x": "email_1",
        "y": "phone_1",
        "z": "birth_date",
        "w": "",
    }


def test_a_remembered_mapping_outranks_the_guess() -> None:
    remembered = {"Client ID": "", "Ref no": SYSTEM_REF}
    assert guess(["Client ID", "Ref no"], {}, kind=CONTACTS, remembered=remembered) == remembered


def test_two_columns_never_mean_one_field() -> None:
    mapping = guess(["E-mail", "Mail", "Surname", "Last name"], {}, kind=CONTACTS)
    assert mapping == {"E-mail": "email_1", "Mail": "email_2", "Surname": "last_name", "Last name": ""}


def test_a_mapping_is_refused_with_every_reason() -> None:
    decision = may_map({"A": "email_1", "B": "email_1", "C": "shoe"}, kind=CONTACTS)
    text = " ".join(decision.reasons)
    assert len(decision.reasons) == 3
    assert "shoe" in text
    assert "A and B" in text
    assert may_map({"A": SYSTEM_REF}, kind=TRANSACTIONS).reasons == (
        "no column is mapped to date",
        "no column is mapped to amount",
    )


def test_c32_only_kiths_own_source_may_lack_a_contact_code() -> None:
    assert not may_map({"A": "first_name"}, kind=CONTACTS)
    assert may_map({"A": "first_name"}, kind=CONTACTS, makes_refs=True)


def test_c21_every_claim_field_can_be_chosen() -> None:
    names = [choice.name for choice in choices(CONTACTS)]
    assert len(names) == len(set(names))
    assert {
        "title",
        "gender",
        "passport_number",
        "email_9_type",
        "phone_3_country",
        "address_2_region",
    } <= set(names)
