from datetime import UTC, date, datetime

import polars as pl
import pyarrow as pa
import pytest

from kith.matching.cleaning import (
    CleaningOptions,
    DateOrder,
    JunkList,
    clean,
    clean_email,
    clean_phone,
    clean_postcode,
    clean_record,
    fold,
    frequent_values,
    parse_date,
)
from kith.matching.records import CLEANED

OPTIONS = CleaningOptions(default_country="CY", today=date(2026, 11, 22))


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("99 123456", "CY", "+35799123456"),
        ("00357 22 123456", "GR", "+35722123456"),
        ("694 123 4567", "GR", "+306941234567"),
        ("(020) 7946-0958", "GB", "+442079460958"),
        ("030/123456", "DE", "+4930123456"),
        ("06 12345678", "NL", "+31612345678"),
        ("01 23 45 67 89", "FR", "+33123456789"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("06 698 12345", "IT", "+390669812345"),
        ("8 912 345-67-89", "RU", "+79123456789"),
        ("0532 123 45 67", "TR", "+905321234567"),
        ("11 96123-4567", "BR", "+5511961234567"),
        ("123", "CY", None),
        ("telephone", "CY", None),
        ("99123456", None, None),
    ],
)
def test_a_phone_is_read_as_in_its_country(text: str, country: str | None, number: str | None) -> None:
    assert clean_phone(text, country=country) == number


@pytest.mark.parametrize(
    ("text", "country", "postcode"),
    [
        ("sw1a1aa", "GB", "SW1A 1AA"),
        ("CY-2008", "CY", "2008"),
        ("10431", "GR", "104 31"),
        ("D-10115", "DE", "10115"),
        ("2139", "US", "02139"),
        ("021391234", "US", "02139-1234"),
        ("1234ab", "NL", "1234 AB"),
        ("75001.0", "FR", "75001"),
        ("k1a0b1", "CA", "K1A 0B1"),
        ("11122", "SE", "111 22"),
        ("00950", "PL", "00-950"),
        ("1000001", "JP", "100-0001"),
        ("01310100", "BR", "01310-100"),
        ("1050", "LV", "LV-1050"),
    ],
)
def test_a_postcode_is_written_as_its_country_writes_it(
    text: str, country: str | None, postcode: str | None
) -> None:
    assert clean_postcode(text, country=country) == postcode


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("03/04/1980", "dmy", date(1980, 4, 3)),
        ("03/04/1980", "mdy", date(1980, 3, 4)),
        ("12/31/1980", "dmy", date(1980, 12, 31)),
        ("31/02/1980", "dmy", None),
        ("29292", "dmy", date(1980, 3, 12)),
        ("19800312", "dmy", date(1980, 3, 12)),
        ("12 Μαρτίου 1980", "dmy", date(1980, 3, 12)),
        ("12. März 1980", "dmy", date(1980, 3, 12)),
        ("March 12th, 1980", "dmy", date(1980, 3, 12)),
        ("12-Mar-80", "dmy", date(1980, 3, 12)),
        ("12 de marzo de 1980", "dmy", date(1980, 3, 12)),
        ("1980年3月12日", "dmy", date(1980, 3, 12)),
        ("1980-03-12T00:00:00Z", "dmy", date(1980, 3, 12)),
        ("12 марта 1980", "dmy", date(1980, 3, 12)),
        ("1980", "dmy", None),
        ("00/00/0000", "dmy", None),
    ],
)
def test_a_date_is_read_in_the_usual_spellings(text: str, order: str, day: date | None) -> None:
    assert parse_date(text, order=DateOrder(order)) == day


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Anna@Example.ORG ", "anna@example.org"),
        ("Anna <anna@example.org>", "anna@example.org"),
        ("mailto:a.b+tag@mail.co.uk", "a.b+tag@mail.co.uk"),
        ("a..b@mail.com", None),
        ("a@b", None),
        ("no mail", None),
    ],
)
def test_an_email_is_one_address_in_lower_case(text: str, address: str | None) -> None:
    assert clean_email(text) == address


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Γιώργος", "Giorgos"),
        ("Παπαδόπουλος", "PAPADOPOULOS"),
        ("Ευάγγελος", "Evangelos"),
        ("Müller", "Muller"),
        ("O'Brien", "OBrien"),
        ("van der Berg", "Vanderberg"),
        ("Łukasz", "lukasz"),
        ("Владимир", "Vladimir"),
    ],
)
def test_two_spellings_have_one_key(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("MCDONALD", "McDonald"),
        ("o'brien", "O'Brien"),
        ("VAN DER BERG", "van der Berg"),
        ("ΠΑΠΑΣ", "Παπας"),
        ("smith-jones", "Smith-Jones"),
        ("DiCaprio", "DiCaprio"),
        ("D'ANGELO", "D'Angelo"),
        ("محمد", "محمد"),
    ],
)
def test_case_is_mended_only_where_there_is_none(raw: str, shown: str) -> None:
    assert clean_record({"last_name": raw}, options=OPTIONS).last_name == shown


@pytest.mark.parametrize(
    "born", ["1900-01-01", "01/01/1970", "2027-01-01", "31/02/1980", "1850-05-05", "soon"]
)
def test_a_birth_that_cannot_be_is_nothing_with_a_remark(born: str) -> None:
    record = clean_record({"birth_date": born}, options=OPTIONS)
    assert record.birth_date is None
    assert [remark.field for remark in record.remarks] == ["birth_date"]


def test_words_are_understood_in_several_languages() -> None:
    raw = {
        "gender": "Γυναίκα",
        "language": "Ελληνικά",
        "residence_country": "Κύπρος",
        "direct_marketing": "oui",
        "affiliate_marketing": "0",
        "phone_1": "22123456",
        "phone_1_country": "CYP",
        "kind": "Person",
    }
    record = clean_record(raw, options=OPTIONS)
    assert (record.gender, record.language, record.residence_country) == ("female", "el", "CY")
    assert (record.direct_marketing, record.affiliate_marketing) == (True, False)
    assert record.phones == ("+35722123456",)
    assert record.remarks == ()


def test_norway_and_namibia_are_not_junk() -> None:
    raw = {
        "residence_country": "NO",
        "address_1_city": "Windhoek",
        "address_1_country": "NA",
        "language": "no",
    }
    record = clean_record(raw, options=OPTIONS)
    assert (record.residence_country, record.addresses[0].country, record.language) == ("NO", "NA", "no")


def test_a_moment_is_utc() -> None:
    record = clean_record({"claimed_at": "2024-03-01T12:00:00+02:00"}, options=OPTIONS)
    assert record.claimed_at == datetime(2024, 3, 1, 10, tzinfo=UTC)


def test_a_vat_number_with_and_without_its_country_is_one() -> None:
    with_country = clean_record({"vat_number": "CY 10259033P"}, options=OPTIONS)
    without_country = clean_record({"vat_number": "10259033P"}, options=OPTIONS)
    assert with_country.vat_number == without_country.vat_number == "CY10259033P"


def test_a_company_is_guessed_and_its_legal_form_is_no_part_of_the_key() -> None:
    record = clean_record({"company_name": "ACME TRADING LTD."}, options=OPTIONS)
    assert (record.kind, record.company_name, record.company_key) == (
        "company",
        "Acme Trading Ltd.",
        "acmetrading",
    )


def test_nul_bytes_and_the_endless_are_cut_with_a_remark() -> None:
    record = clean_record({"first_name": "An\x00na", "last_name": "x" * 300}, options=OPTIONS)
    assert record.first_name == "Anna"
    assert len(record.last_name or "") == 200
    assert {remark.field for remark in record.remarks} == {"first_name", "last_name"}


def test_a3_the_junk_list_makes_a_round_trip_and_an_edited_one_is_obeyed() -> None:
    assert JunkList.from_json(JunkList.default().to_json()) == JunkList.default()
    edited = JunkList.from_json('{"texts": ["Nomen Nescio"]}')
    record = clean_record({"last_name": "nomen nescio"}, options=CleaningOptions(junk=edited))
    assert record.last_name is None
    with pytest.raises(ValueError, match="junk list"):
        JunkList.from_json('{"nonsense": []}')


def test_k7_the_box_office_phone_is_frequent_and_a_family_s_is_not() -> None:
    rows = [
        {"first_name": f"A{i}", "last_name": f"Person{chr(97 + i)}", "phone_1": "22123456"} for i in range(20)
    ]
    rows += [{"first_name": f"B{i}", "last_name": "Onefamily", "phone_1": "22654321"} for i in range(20)]
    found = frequent_values(clean(pl.DataFrame(rows), options=OPTIONS)).to_pylist()
    assert found == [{"field": "phones", "value": "+35722123456", "count": 20, "names": 20}]


def test_an_empty_table_has_the_schema_too() -> None:
    assert clean(pl.DataFrame(), options=OPTIONS).schema.equals(CLEANED)
    assert isinstance(clean(pl.DataFrame({"email_1": []}), options=OPTIONS), pa.Table)
