"""C32, A12: what a row makes of the claim that is there. No database."""

from __future__ import annotations

import pytest

from kith.contacts.intake.typed import Merged, Said, Stored, as_typed, faults, merged


def said(kind: str = "", ref: str = "A1", **fields: str) -> Said:
    return Said(number=2, ref=ref, is_new_ref=False, kind=kind, fields=fields, extra={})


def stored(kind: str = "person", **fields: str) -> Stored:
    return Stored(kind=kind, fields=fields, extra={}, version="0")


def sentences(row: Merged) -> str:
    return " ".join(sentence for _, sentence in faults(row))


ANN = {"first_name": "Ann", "last_name": "Lee"}


def test_c32_an_empty_cell_leaves_what_is_there_and_a_dash_takes_it_away() -> None:
    before = stored(**ANN, title="Dr", email_1="ann@example.org", email_2="a@example.net", gender="female")
    row = merged(said(email_1="new@example.org", title="-", gender="F"), before)
    assert row.fields == {
        **ANN,
        "gender": "female",
        "email_1": "new@example.org",
        "email_2": "a@example.net",
    }
    assert row.outcome == "updated"
    assert merged(said(gender="Female"), before).outcome == "unchanged"


def test_c32_a_phone_or_address_is_replaced_as_a_whole_and_an_address_by_its_type() -> None:
    before = stored(
        **ANN,
        phone_1="99123456",
        phone_1_country="CY",
        address_1_type="HOME",
        address_1_line1="1 Old Street",
        address_1_city="Paphos",
        address_2_type="BUSINESS",
        address_2_line1="2 Work Street",
    )
    row = merged(said(phone_1="+447911123456", address_1_type="business", address_1_line1="3 New"), before)
    assert row.fields["phone_1"] == "+447911123456"
    assert "phone_1_country" not in row.fields
    assert (row.fields["address_1_line1"], row.fields["address_2_line1"]) == ("1 Old Street", "3 New")
    added = merged(said(address_1_type="POBOX", address_1_po_box="12"), before)
    assert added.fields["address_3_po_box"] == "12"
    gone = merged(said(address_1_type="HOME", address_1_line1="-"), before)
    assert not [name for name in gone.fields if name.startswith("address_1")]


def test_c32_words_become_what_forms_offer_and_a_full_name_its_parts() -> None:
    given = {"full_name": "Dr Ana Cruz", "gender": "weiblich", "residence_country": "Griechenland"}
    typed = as_typed({**given, "direct_marketing": "ναι", "phone_1_country": "GBR"}, kind="person")
    assert typed == {
        "title": "Dr",
        "first_name": "Ana",
        "last_name": "Cruz",
        "gender": "female",
        "residence_country": "GR",
        "direct_marketing": "yes",
        "phone_1_country": "GB",
    }


def test_a12_the_industry_of_a_person_is_a_user_defined_field() -> None:
    assert as_typed({"industry": "Hotels"}, kind="person") == {"custom.industry": "Hotels"}
    assert as_typed({"industry": "hotels"}, kind="company") == {"industry": "HOTELS"}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (merged(said(**ANN), None), "Contact Type is missing"),
        (merged(said("ROBOT", **ANN), None), "PERSON or COMPANY"),
        (merged(said("COMPANY", company_name="Acme"), stored(**ANN)), "a person's"),
        (merged(said("PERSON", first_name="Ann"), None), "needs a Last Name"),
        (merged(said("COMPANY"), None), "needs a Company Name"),
        (merged(said(last_name="-"), stored(**ANN)), "needs a Last Name"),
        (merged(said("PERSON", ref="x" * 256, **ANN), None), "longer than 255"),
        (merged(said("PERSON", phone_1="99123456", **ANN), None), "needs its country"),
        (
            merged(
                said(
                    "PERSON",
                    address_1_type="Home",
                    address_1_line1="1",
                    address_2_type="HOME",
                    address_2_line1="2",
                    **ANN,
                ),
                None,
            ),
            "two addresses of the type HOME",
        ),
    ],
)
def test_c32_what_a_row_must_say(row: Merged, reason: str) -> None:
    assert reason in sentences(row)


def test_c32_a_row_that_says_enough_has_no_fault() -> None:
    assert sentences(merged(said("PERSON", phone_1="+35799123456", **ANN), None)) == ""
    assert sentences(merged(said(email_1="a@example.org"), stored(**ANN))) == ""
