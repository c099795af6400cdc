"""C21: user-defined fields of every type, defined in the settings, sent by sources."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.kernel.errors import Refused
from kith.matching.cleaning import clean_record
from kith.matching.cleaning.custom import CustomType
from kith.settings.actions import save_section as save
from kith.settings.in_force import in_force
from kith.sources.contacts_in import cleaning_options, fingerprint
from kith.sources.custom_fields import (
    CUSTOM_FIELDS,
    Choice,
    CustomField,
    CustomFields,
    Entity,
    custom_fields,
    problems,
    refuses,
)
from kith.sources.mapping import CONTACTS, choices, may_map
from tests.claims import source

ClientOf = Callable[[User], Client]

SIZE = CustomField(
    code="size",
    label="Size",
    type=CustomType.CHOICE,
    choices=(Choice(code="s", label="Small"), Choice(code="l", label="Large")),
)
SCORE = CustomField(code="score", label="Score", type=CustomType.NUMBER)
SINCE = CustomField(code="since", label="Fan since", type=CustomType.DATE)
VIP = CustomField(code="vip", label="VIP", type=CustomType.YES_NO)
DOOR = CustomField(code="door", label="Door code", entity=Entity.ADDRESS)


@pytest.fixture
def defined(db: None) -> CustomFields:
    value = CustomFields(fields=(*in_force(CUSTOM_FIELDS).fields, SIZE, SCORE, SINCE, VIP, DOOR))
    save(actor=COMMAND_LINE, section=CUSTOM_FIELDS, value=value)
    return value


def test_what_is_wrong_with_definitions_is_said_at_once() -> None:
    wrong = CustomFields(
        fields=(
            CustomField(code="Bad Code", label="x"),
            CustomField(code="twice", label=" "),
            CustomField(code="twice", label="y", type=CustomType.CHOICE),
            CustomField(code="text", label="z", choices=(Choice(code="a", label="A"),)),
        )
    )
    assert len(problems(wrong)) == 5
    assert not problems(CustomFields(fields=(SIZE, SCORE)))


def test_a_code_keeps_its_type_and_is_never_removed() -> None:
    before = CustomFields(fields=(SIZE, SCORE))
    assert refuses(before, CustomFields(fields=(SIZE,))) == (
        "Score cannot be removed; make it inactive instead.",
    )
    other = CustomField(code="score", label="Score", type=CustomType.TEXT)
    fewer = CustomField(code="size", label="Size", type=CustomType.CHOICE, choices=SIZE.choices[:1])
    assert len(refuses(before, CustomFields(fields=(fewer, other)))) == 2


def test_c21_values_are_read_by_their_type(defined: CustomFields) -> None:
    options = cleaning_options(source("LOCAL"))
    raw = {
        "custom.size": "LARGE",
        "custom.score": "1,250.50",
        "custom.since": "14/03/1987",
        "custom.vip": "ναι",
    }
    cleaned = clean_record({"last_name": "Lee", **raw}, options=options)
    assert cleaned.custom == {"score": "1250.5", "since": "1987-03-14", "size": "l", "vip": "yes"}
    wrong = clean_record({"last_name": "Lee", "custom.score": "many", "custom.size": "huge"}, options=options)
    assert wrong.custom is None
    assert {(one.field, one.reason) for one in wrong.remarks} == {
        ("custom.score", "not a number"),
        ("custom.size", "not one of the choices"),
    }


def test_text_fields_change_no_fingerprint_and_typed_ones_do(db: None) -> None:
    local = source("LOCAL")
    before = fingerprint(cleaning_options(local))
    shipped = in_force(CUSTOM_FIELDS).fields
    text = CustomField(code="nickname", label="Nickname")
    save(actor=COMMAND_LINE, section=CUSTOM_FIELDS, value=CustomFields(fields=(*shipped, text)))
    assert fingerprint(cleaning_options(local)) == before
    save(actor=COMMAND_LINE, section=CUSTOM_FIELDS, value=CustomFields(fields=(*shipped, text, VIP)))
    assert fingerprint(cleaning_options(local)) != before


def test_a_header_can_mean_a_user_defined_field(defined: CustomFields) -> None:
    labels = {one.code: one.label for one in custom_fields()}
    assert ("custom.vip", "VIP") in [(one.name, one.label) for one in choices(CONTACTS, custom=labels)]
    assert may_map({"Ref": "system_ref", "VIP?": "custom.vip"}, kind=CONTACTS)
    assert not may_map({"Ref": "system_ref", "VIP?": "custom.V I P"}, kind=CONTACTS)
    assert "door" not in labels


@pytest.mark.usefixtures("defined")
def test_definitions_are_edited_on_a_page(administrator: User, viewer: User, client_of: ClientOf) -> None:
    browser = client_of(administrator)
    page = browser.get("/sources/custom-fields/")
    assert page.status_code == 200
    assert "Fan since" in page.text
    assert "Small; Large" in page.text or "s = Small; l = Large" in page.text
    assert client_of(viewer).post("/sources/custom-fields/save/").status_code in {403, 404, 405}


def test_only_those_who_may_change_settings_define_fields(db: None) -> None:
    with pytest.raises(Refused):
        save(actor=COMMAND_LINE, section=CUSTOM_FIELDS, value=CustomFields(fields=()))
