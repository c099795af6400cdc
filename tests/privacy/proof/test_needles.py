from __future__ import annotations

from unicodedata import normalize
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest

from kith.privacy.proof.matching import Matcher
from kith.privacy.proof.needles import forms, is_needle, is_reference

UID = uuid4()
EMAIL = "anna.gone@example.org"


def sees(needle: str, data: bytes) -> bool:
    return bool(Matcher({UID: frozenset({needle})}).of(data))


@pytest.mark.parametrize(
    "text", [EMAIL, "+35799123456", "99123456", "A12345678", "20161322", "12 Makariou Avenue"]
)
def test_what_is_one_persons_is_looked_for(text: str) -> None:
    assert is_needle(text)


@pytest.mark.parametrize(
    "text",
    [
        "Anna",
        "Nicosia",
        "1987-03-14",
        "14/03/1987",
        "2026-05-04T10:11:12+00:00",
        "100234",
        "12.50",
        "20160322",
        "Anonymised",
    ],
)
def test_what_stands_everywhere_is_not(text: str) -> None:
    assert not is_needle(text)


def test_a_short_number_of_a_source_counts_unless_rows_are_numbered_so() -> None:
    assert is_reference("T-8123")
    assert not is_reference("1048576")
    assert not is_reference("T-1")


@pytest.mark.parametrize(
    "written",
    [
        EMAIL.encode(),
        EMAIL.upper().encode(),
        quote(EMAIL).encode(),
        EMAIL.encode().hex().encode(),
        EMAIL.encode("utf-16-le"),
        b'{"note":"first line\\nanna.gone@example.org"}',
        b"to=x%20anna.gone@example.org",
        "“anna.gone@example.org”".encode(),
    ],
)
def test_an_address_is_found_however_it_is_written(written: bytes) -> None:
    assert sees(EMAIL, b"before " + written + b" after")


@pytest.mark.parametrize("before", ["", "x", "xy", "xyz"])
def test_in_base64_it_is_found_wherever_it_begins(before: str) -> None:
    from base64 import b64encode

    assert sees(EMAIL, b"Content: " + b64encode(f"{before}{EMAIL} and more".encode()))


@pytest.mark.parametrize("how", ["NFC", "NFD"])
def test_greek_is_found_composed_and_decomposed_and_in_json(how: str) -> None:
    name = "Ελένη Παπαδοπούλου"
    assert sees(normalize("NFC", name), normalize(how, name).encode())  # type: ignore[arg-type]  # one of the two
    assert sees(name, name.upper().encode())
    escaped = name.encode("ascii", "backslashreplace")
    assert sees(name, escaped)
    assert sees(name, escaped.replace(b"\\", b"\\\\"))


def test_an_address_inside_another_is_another() -> None:
    assert not sees(EMAIL, b"joanna.gone@example.org")
    assert not sees(EMAIL, b"anna.gone@example.orgs")
    assert not sees("99123456", b"0199123456")
    assert sees("12 Makariou Avenue", b"x12 makariou avenues")


def test_of_many_people_each_is_told_apart() -> None:
    one, two, both = uuid4(), uuid4(), "22 445 566 77"
    matcher = Matcher({one: frozenset({EMAIL, both}), two: frozenset({both})})
    assert {found.uid for found in matcher.of(EMAIL.encode())} == {one}
    assert {found.uid for found in matcher.of(both.encode())} == {one, two}
    assert Matcher({}).of(b"anything") == frozenset()
    assert Matcher({UUID(int=1): frozenset()}).of(b"anything") == frozenset()


def test_every_form_is_in_lower_case() -> None:
    assert all(form.pattern == form.pattern.lower() for form in forms("Anna Gonesdottir 12 É"))
