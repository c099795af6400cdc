"""One record is cleaned as the table cleans it: the same values, the same remarks in the same order."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kith.matching.cleaning import CleaningOptions, DateOrder, clean, clean_record
from kith.matching.cleaning.custom import CustomShape, CustomType
from kith.matching.records import ADDRESS_PARTS, MAX_REPEATS, SINGLE_FIELDS
from tests.matching.cases.table import TABLES

PARTS = {"email": ("type",), "phone": ("type", "country"), "address": ("type", *ADDRESS_PARTS)}
REPEATED = tuple(
    name
    for prefix, parts in PARTS.items()
    for number in (1, 2, MAX_REPEATS)
    for name in (f"{prefix}_{number}", *(f"{prefix}_{number}_{part}" for part in parts))
)
CUSTOM_FIELDS = (
    "custom.size",
    "custom.score",
    "custom.since",
    "custom.vip",
    "custom.loose",
    "custom.industry",
)
FIELDS = (*SINGLE_FIELDS, *CUSTOM_FIELDS, *REPEATED, "unheard_of")
SHAPES = (
    CustomShape("size", CustomType.CHOICE, (("s", "Small"), ("l", "Large"))),
    CustomShape("score", CustomType.NUMBER),
    CustomShape("since", CustomType.DATE),
    CustomShape("vip", CustomType.YES_NO),
)
TODAY = date(2026, 11, 22)
OPTIONS = (
    CleaningOptions(default_country="CY", today=TODAY, custom=SHAPES),
    CleaningOptions(today=TODAY, date_order=DateOrder.MDY, default_kind="company"),
    CleaningOptions(default_country="US", today=TODAY, date_order=DateOrder.YMD, default_kind="person"),
)

TELLING = {
    "kind": ("person", "Firma", "robot", "n/a", "?"),
    "full_name": ("Dr Ana de la Cruz", "CRUZ, ANA MARIA", "王伟", "Madonna", "Παπαδοπούλου Μαρία", "n/a"),
    "first_name": ("ANA", "Test", "n/a", "Κος Νίκος", "a\x00na", "Mr. x", "ΑΣ"),
    "last_name": ("o'brien", "Smith PhD", "Test", "User", "-", "Muster", "Mustermann"),
    "company_name": ("ACME LTD", "Acme Ltd.", "ΟΠΑΠ Α.Ε.", "none"),
    "title": ("mr", "Dr.", "Princess", "-"),
    "gender": ("F", "άνδρας", "zorg", "n/a"),
    "birth_date": (
        "14/03/1987",
        "1987-03-14",
        "31/02/1980",
        "01/01/1900",
        "n/a",
        "3/14/87",
        "2090-01-01",
        "0",
    ),
    "language": ("el", "English", "klingon", "null"),
    "residence_country": ("NO", "Cyprus", "narnia", "n/a"),
    "direct_marketing": ("yes", "0", "perhaps", "n/a"),
    "claimed_at": (
        "2024-01-01 10:00:00",
        "2024-01-01T10:00:00.5Z",
        "2024-01-01T23:59:60",
        "2024-01-01T24:00:00",
        "2024-02-30 10:00:00",
        "1970-01-01 00:00:00",
        "1/2/2024 5:30 pm",
        "1700000000",
        "soon",
        "n/a",
    ),
    "number": ("X1234567", "0000000", "10259033P", "n/a", "12345678", "EL094259216", "094259216.0"),
    "email": (
        "Ann@Home.example",
        "test@test.com",
        "x@@y",
        "<ann@home.example>",
        "ÉVA@bücher.example",
        "none",
    ),
    "phone": ("99123456", "+35799123456", "+357 22 123456.0", "00000", "12", "1234567", "n/a"),
    "country": ("CY", "cyp", "QQ", "XX", "n/a", "Greece", "-", "NO"),
    "postcode": ("2008", "CY2008", "00000", "10115", "EC1A 1BB", "n/a", "abc", "1234.0"),
    "line1": ("12 HIGH STREET", "flat 3, low lane", "ΟΔΟΣ 3", "4"),
    "type": ("home", "-", "Work"),
    "box": ("12", "PO Box 7", "n/a"),
    "expires": ("31/12/2030", "2029-02-30", "9999-12-31", "n/a"),
    "established_on": ("1987", "14/03/1987", "2090-01-01", "0"),
    "name_day": ("23/04", "04-23", "23 April", "29 Feb", "31-02", "23/04/2020", "n/a"),
    "website": ("Example.org/", "https://EXAMPLE.org/a?b=1", "ftp://x.org", "n/a", "a b.org", "http://[x"),
    "employees": ("0", "1,250", "50-99", "12.0", "n/a", "99999999"),
    "industry": ("hotels", "Hotels", "n/a"),
    "custom.size": ("S", "large", "huge", "n/a"),
    "custom.score": ("1,250.50", "12,5", "-0", "007", "x", "n/a"),
    "custom.since": ("14/03/1987", "soon", "n/a"),
    "custom.vip": ("yes", "0", "perhaps", "n/a"),
}
ODD = ("", " ", "\x00", " x ", "a  b", "x" * 230, "x" * 199 + " yy", "9" * 400, "+", "<", "½", "😀", "ß", "İ")


SPOKEN_OF = {"middle_name": "first_name", "affiliate_marketing": "direct_marketing"} | {
    "source_created_at": "claimed_at"
}


def _telling(field: str) -> tuple[str, ...]:
    """The texts worth trying in a field: by its name, its last word or its first."""
    last, first = field.rpartition("_")[2], field.partition("_")[0]
    for name in (field, SPOKEN_OF.get(field, ""), last, first):
        if name in TELLING:
            return TELLING[name]
    return TELLING["line1"]


def _texts(field: str) -> st.SearchStrategy[str | None]:
    return st.sampled_from(_telling(field)) | st.sampled_from(ODD) | st.text(max_size=12) | st.none()


RAW = st.fixed_dictionaries({}, optional={field: _texts(field) for field in FIELDS})


def _by_the_table(raw: dict[str, str | None], options: CleaningOptions) -> dict[str, object]:
    frame = pl.DataFrame({"row": [0], **{name: [text] for name, text in raw.items()}})
    frame = frame.with_columns(pl.col(name).cast(pl.String) for name in raw)
    return _opened(clean(frame, options=options).to_pylist()[0])


def _opened(row: dict[str, object]) -> dict[str, object]:
    custom = row["custom"]
    return row | {"custom": json.loads(custom) if isinstance(custom, str) else None}


def _by_itself(raw: dict[str, str | None], options: CleaningOptions) -> dict[str, object]:
    record = asdict(clean_record(raw, options=options))
    return {name: list(value) if isinstance(value, tuple) else value for name, value in record.items()}


@given(RAW, st.sampled_from(OPTIONS))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@example({"phone_1": "99123456", "phone_1_country": "XX", "phone_2": "99123456"}, OPTIONS[0])
@example({"full_name": "Acme Ltd", "kind": "company"}, OPTIONS[0])
@example({"kind": "person", "industry": "hotels", "name_day": "04-23"}, OPTIONS[0])
@example({"kind": "company", "industry": "hotels", "name_day": "04-23", "custom.industry": "x"}, OPTIONS[0])
@example({"address_1_street": "MAIN", "address_1_street_number": "4", "address_2_po_box": "5"}, OPTIONS[0])
@example({"first_name": "Test", "last_name": "Test", "middle_name": "Ann"}, OPTIONS[1])
def test_one_record_is_cleaned_as_the_table_cleans_it(
    raw: dict[str, str | None], options: CleaningOptions
) -> None:
    assert _by_itself(raw, options) == _by_the_table(raw, options)


@pytest.mark.parametrize("options", OPTIONS, ids=["CY", "companies", "US"])
def test_every_telling_text_alone_is_cleaned_alike(options: CleaningOptions) -> None:
    fields = [field for field in FIELDS if field != "unheard_of"]
    raws = [{field: text} for field in fields for text in (*_telling(field), *ODD)]
    frame = pl.DataFrame(raws, schema=dict.fromkeys(fields, pl.String))
    together = [_opened(row) for row in clean(frame, options=options).to_pylist()]
    for raw, expected in zip(raws, together, strict=True):
        assert _by_itself(dict(raw), options) == expected, raw


@pytest.mark.parametrize("path", sorted(TABLES.glob("*.csv")), ids=lambda path: path.stem)
def test_every_row_of_the_case_tables_is_cleaned_alike(path: Path) -> None:
    rows = pl.read_csv(path, infer_schema=False).select(pl.selectors.by_name(FIELDS, require_all=False))
    together = [_opened(row) for row in clean(rows, options=OPTIONS[0]).to_pylist()]
    alone = [_by_itself(raw, OPTIONS[0]) for raw in rows.iter_rows(named=True)]
    assert alone == together
