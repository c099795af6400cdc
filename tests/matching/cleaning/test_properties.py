from datetime import date

import phonenumbers
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kith.matching.cleaning import (
    CleaningOptions,
    DateOrder,
    clean,
    clean_email,
    clean_phone,
    clean_postcode,
    clean_record,
    fold,
    parse_date,
)
from kith.matching.records import ADDRESS_PARTS, CLEANED, SINGLE_FIELDS

FIELDS = (
    *SINGLE_FIELDS,
    *("email_1", "email_2", "phone_1", "phone_1_country", "phone_2", "email_1_type", "unheard_of"),
    *(f"address_1_{part}" for part in ADDRESS_PARTS),
)
COUNTRIES = sorted(phonenumbers.SUPPORTED_REGIONS)
ODD = st.sampled_from(
    [
        "",
        " ",
        "\x00",
        "n/a",
        "31/02/1980",
        "45000",
        "99999999999",
        "-1",
        "9" * 400,
        "a@b",
        "@",
        "+",
        "+0",
        "00",
        ".0",
        "²³",
        "٣/٤/١٩٨٠",
        "1/1/٠",
        "12:99",
        "2024-01-01T99:99:99",
        "İ",
        "ß",
        "😀",
        "\u200fשלום",
        "'",
        "-",
        "o'",
        "Mr",
        "Mr Mr",
        ", ,",
        "Dr.",
        "1e400",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31 23:59:59-23:00",
        "ΟΥ",
        "ς",
        "½",
    ]
)
TEXT = st.none() | ODD | st.text(max_size=30)
OPTIONS = CleaningOptions(default_country="CY", today=date(2026, 11, 22))
CALM = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.slow
@given(st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, TEXT)), max_size=6))
@CALM
def test_whatever_the_rows_hold_the_outcome_has_the_one_schema_and_as_many_rows(
    rows: list[dict[str, str | None]],
) -> None:
    raw = pl.DataFrame(rows, schema=dict.fromkeys(FIELDS, pl.String))
    table = clean(raw, options=OPTIONS)
    assert table.schema.equals(CLEANED)
    assert table.num_rows == len(rows)
    for field in CLEANED:
        if field.name.endswith(("s", "_keys")) and "list" in str(field.type):
            assert table[field.name].null_count == 0


@pytest.mark.slow
@given(st.text())
@CALM
def test_one_record_of_any_text_is_cleaned(text: str) -> None:
    record = clean_record(dict.fromkeys(FIELDS, text), options=OPTIONS)
    assert fold(fold(text)) == fold(text)
    assert len(record.street_keys) == len(record.addresses)
    assert "\x00" not in repr(record)


@pytest.mark.slow
@given(st.sampled_from(COUNTRIES), st.data())
@settings(deadline=None, max_examples=1500)
def test_the_quick_way_with_phones_is_the_library_s_way(country: str, data: st.DataObject) -> None:
    prefix = phonenumbers.country_code_for_region(country)
    example = phonenumbers.example_number(country)
    digits = str(phonenumbers.national_significant_number(example))
    cut = data.draw(st.integers(0, len(digits)))
    changed = digits[:cut] + data.draw(st.text("0123456789", max_size=len(digits) - cut + 1))
    lead = data.draw(
        st.sampled_from(["", "0", f"+{prefix}", f"00{prefix}", f"{prefix}", "1", f"+{prefix} (0)"])
    )
    text = lead + data.draw(st.sampled_from([changed, digits, changed[:3] + " " + changed[3:]]))
    assert clean_phone(text, country=country) == _by_the_library(text, country=country)


def _by_the_library(text: str, *, country: str) -> str | None:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@pytest.mark.slow
@given(
    st.text(max_size=20) | st.from_regex(r"\+?[0-9 ()-]{5,16}", fullmatch=True), st.sampled_from(COUNTRIES)
)
@CALM
def test_cleaning_a_cleaned_phone_changes_nothing(text: str, country: str) -> None:
    once = clean_phone(text, country=country)
    assert once is None or clean_phone(once, country=country) == once


@given(st.text(max_size=20) | st.emails())
@CALM
def test_cleaning_a_cleaned_email_changes_nothing(text: str) -> None:
    once = clean_email(text)
    assert once is None or clean_email(once) == once


@given(
    st.text(max_size=12) | st.from_regex(r"[0-9A-Z -]{3,9}", fullmatch=True),
    st.sampled_from([None, *COUNTRIES]),
)
@CALM
def test_cleaning_a_cleaned_postcode_changes_nothing(text: str, country: str | None) -> None:
    once = clean_postcode(text, country=country)
    assert once is None or clean_postcode(once, country=country) == once


@given(st.dates(date(1800, 1, 1), date(2199, 12, 31)))
@CALM
def test_a_day_written_in_the_order_of_the_source_is_read_back(day: date) -> None:
    assert parse_date(day.strftime("%d/%m/") + f"{day.year:04d}", order=DateOrder.DMY) == day
    assert parse_date(day.strftime("%m-%d-") + f"{day.year:04d}", order=DateOrder.MDY) == day
    assert parse_date(day.isoformat(), order=DateOrder.DMY) == day
