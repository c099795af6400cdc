from datetime import date

import pytest

from kith.matching.cleaning import CleanedRecord, CleaningOptions, clean_record

TODAY = date(2026, 11, 22)
CYPRUS = CleaningOptions(default_country="CY", today=TODAY)


def cleaned(**raw: str | None) -> CleanedRecord:
    return clean_record(raw, options=CYPRUS)


def reasons(record: CleanedRecord) -> dict[str, str]:
    return {remark.field: remark.reason for remark in record.remarks}


def refused(record: CleanedRecord) -> dict[str, str]:
    return {refusal.field: refusal.reason for refusal in record.refusals}


@pytest.mark.parametrize(
    ("full_name", "title", "first", "middle", "last"),
    [
        ("Dr Ana de la Cruz", "Dr", "Ana", None, "de la Cruz"),
        ("CRUZ, ANA MARIA", None, "Ana", "Maria", "Cruz"),
        ("Κος Νίκος Ιωάννου", "Κος", "Νίκος", None, "Ιωάννου"),
        ("van der Berg, Jan", None, "Jan", None, "van der Berg"),
        ("mary-jane o'brien", None, "Mary-Jane", None, "O'Brien"),
        ("HERR DR. HANS MÜLLER", "Dr", "Hans", None, "Müller"),
        ("JOHN SMITH JR", None, "John", None, "Smith Jr"),
        ("Ludwig van Beethoven", None, "Ludwig", None, "van Beethoven"),
        ("Madonna", None, None, None, "Madonna"),
        ("Smith, PhD", None, None, None, "Smith"),
        ("王伟", None, "伟", None, "王"),
        ("欧阳娜", None, "娜", None, "欧阳"),
        ("田中 健", None, "健", None, "田中"),
        ("山田太郎", None, "太郎", None, "山田"),
        ("长谷川", None, "谷川", None, "长"),
        ("김민수", None, "민수", None, "김"),
        ("남궁민수", None, "민수", None, "남궁"),
        ("たろう", None, None, None, "たろう"),
    ],
)
def test_a_full_name_is_split(
    full_name: str, title: str | None, first: str | None, middle: str | None, last: str | None
) -> None:
    record = cleaned(full_name=full_name)
    assert (record.title, record.first_name, record.middle_name, record.last_name) == (
        title,
        first,
        middle,
        last,
    )


def test_a_person_without_name_email_or_phone_is_taken() -> None:
    record = cleaned(first_name=None, birth_date="1980-05-17")
    assert record.kind == "person"
    assert record.birth_date == date(1980, 5, 17)
    assert record.refusals == ()


@pytest.mark.parametrize("code", ["QQ", "QQQ", "ZZZ", "ZZ", "XX", "XXX", "AAA", "SUN", "EUR", "narnia"])
def test_c32_an_unknown_phone_country_code_is_refused_by_name_of_field(code: str) -> None:
    record = cleaned(phone_2="99123456", phone_2_country=code)
    assert set(refused(record)) == {"phone_2_country"}
    assert record.phones == ()


@pytest.mark.parametrize("code", ["CY", "cyp", "CYP", "n/a", "-", "unknown", ""])
def test_an_assigned_phone_country_code_or_none_is_taken(code: str) -> None:
    assert cleaned(phone_2="99123456", phone_2_country=code).phones == ("+35799123456",)


def test_a_word_that_is_no_kind_is_refused() -> None:
    assert set(refused(cleaned(kind="robot"))) == {"kind"}


def test_a3_junk_is_nothing_and_said_so() -> None:
    record = cleaned(
        first_name="n/a", last_name="--", email_1="test@test.com", phone_1="00000", address_1_postcode="00000"
    )
    assert (record.first_name, record.last_name, record.emails, record.phones, record.addresses) == (
        None,
        None,
        (),
        (),
        (),
    )
    assert set(reasons(record)) == {"first_name", "last_name", "email_1", "phone_1", "address_1_postcode"}


def test_no_remark_repeats_the_value() -> None:
    record = cleaned(
        first_name="Test", email_1="zq@@zq", phone_1="7654x", birth_date="31/02/1980", gender="zorg"
    )
    assert len(record.remarks) == 5
    for remark in record.remarks:
        assert not any(value in remark.reason for value in ("Test", "zq", "7654x", "31/02", "zorg"))
