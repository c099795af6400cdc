from __future__ import annotations

import re
from datetime import UTC, datetime

import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.contacts.vcard import Card, CardAddress, CardDetail, vcard_of

MARIA = Card(
    group_id=1_048_576,
    name="Μαρία Ιωάννου-Παπαδοπούλου του Κωνσταντίνου και της Αικατερίνης",
    title="Dr.",
    first_name="Μαρία",
    last_name="Ιωάννου; Παππά",
    gender="female",
    birth_date="1987-03-14",
    language="el",
    website="example.org/a b",
    category="Members, gold",
    emails=(CardDetail(value="maria@example.org", type="PERSONAL", is_primary=True),),
    phones=(
        CardDetail(value="+35799123456", type="MOBILE", is_primary=True),
        CardDetail(value="+357 •• •• 34", type="CUSTOM1"),
    ),
    addresses=(
        CardAddress(
            parts={"line1": "Harbour Walk 12", "line2": "Flat 3", "city": "Limassol", "postcode": "3042"}
            | {"country": "CY"},
            type="HOME",
            is_primary=True,
        ),
    ),
    note="one\r\ntwo\\three",
    revised_at=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
)


def _unfolded(text: str) -> list[str]:
    assert text.endswith("\r\n")
    return re.sub("\r\n ", "", text).removesuffix("\r\n").split("\r\n")


def _read(said: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], said)


def test_c33_a_card_holds_the_golden_values_as_version_4_writes_them() -> None:
    lines = _unfolded(vcard_of(MARIA))

    assert lines[:3] == ["BEGIN:VCARD", "VERSION:4.0", "KIND:individual"]
    assert "N:Ιωάννου\\; Παππά;Μαρία;;Dr.;" in lines
    assert "BDAY:19870314" in lines
    assert "GENDER:F" in lines
    assert "EMAIL;TYPE=home;PREF=1:maria@example.org" in lines
    assert "TEL;VALUE=uri;TYPE=cell;PREF=1:tel:+35799123456" in lines
    assert "TEL;TYPE=x-custom1:+357 •• •• 34" in lines
    assert "ADR;TYPE=home;PREF=1;CC=CY:;;Harbour Walk 12,Flat 3;Limassol;;3042;Cyprus" in lines
    assert "URL:https://example.org/ab" in lines
    assert "CATEGORIES:Members\\, gold" in lines
    assert "NOTE:one\\ntwo\\\\three" in lines
    assert "REV:20261122T093000Z" in lines


def test_c33_a_card_is_read_back_by_another_program() -> None:
    read = vobject.readOne(vcard_of(MARIA))

    assert read.fn.value == MARIA.name
    assert read.n.value.given == "Μαρία"
    assert read.email.value == "maria@example.org"
    assert read.adr.value.city == "Limassol"


def test_c33_what_is_masked_or_hidden_still_makes_a_card() -> None:
    lines = _unfolded(vcard_of(Card(group_id=7, is_company=True, birth_date="••••-••-14")))

    assert "KIND:org" in lines
    assert "FN:GroupID 7" in lines
    assert "BDAY;VALUE=text:••••-••-14" in lines


@given(text=st.text(max_size=200))
@settings(max_examples=200)
def test_c33_no_text_breaks_out_of_its_line(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    written = vcard_of(
        Card(
            group_id=1, name=f"x{text}", last_name=text, website=text, emails=(CardDetail(value=f"x{text}"),)
        )
    )
    assert all(len(line.encode()) <= 75 for line in written.split("\r\n"))
    lines = _unfolded(written)
    assert lines.count("END:VCARD") == 1
    assert len(lines) <= 9
    name = next(line for line in lines if line.startswith("FN:"))
    kept = re.sub(r"[\x00-\x09\x0b-\x1f\x7f\x85\u2028\u2029]+", " ", re.sub("\r\n?", "\n", f"x{text}"))
    assert _read(name.removeprefix("FN:")) == kept
