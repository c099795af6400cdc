"""Role × level × field, and how masked values read. Nothing here asks a database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.access.actors import Actor
from kith.access.roles import ROLES, RoleName
from kith.contacts.rights.masks import Mask, masked
from kith.contacts.rights.rules import ALWAYS_SHOWN, IDENTITY, MASKS, Shown, Sight, field_of, union
from kith.contacts.rights.sections import PRIVACY_LEVELS, RESTRICTED, STANDARD, problems, shipped
from kith.contacts.rights.typed import shown_of, with_what_stays
from kith.golden.rules import FIELDS
from kith.matching.records import CUSTOM, FURTHER, SINGLE_FIELDS


def sight_for(*roles: str, may_reveal: bool = True) -> Sight:
    value = shipped()
    return Sight(
        by_level=union({one.level: one.cells} for one in value.rights if one.role in roles),
        may_reveal=may_reveal,
    )


@pytest.mark.parametrize(
    ("mask", "text", "reads"),
    [
        (Mask.NUMBER, "AB121234", "••••1234"),
        (Mask.NUMBER, "ΑΒ 123456, Cyprus, until 3 Mar 2031", "••••3456"),
        (Mask.NUMBER, "1234", "••••"),
        (Mask.NUMBER, "123456", "••••56"),
        (Mask.EMAIL, "kostas@example.org", "k•••@e•••.org"),
        (Mask.EMAIL, "δοκιμή@παράδειγμα.ευ", "δ•••@π•••.ευ"),
        (Mask.EMAIL, "nonsense", "•••"),
        (Mask.PHONE, "+302101234534", "+30 ••• ••34"),
        (Mask.PHONE, "+30 210 1234534, +35799123456", "+30 ••• ••34, +357 ••• ••56"),
        (Mask.PHONE, "210 12", "•••"),
        (Mask.DAY, "1987-03-14", "••••-••-14"),
        (Mask.DAY, "4 Mar 1987", "••••-••-04"),
        (Mask.YEAR, "14 Mar 1987", "1987-••-••"),
        (Mask.TEXT, "Αικατερίνη", "•••"),
        (Mask.TEXT, "  ", ""),
    ],
)
def test_c20_masks_tell_the_end_and_nothing_else(mask: Mask, text: str, reads: str) -> None:
    assert masked(mask, text) == reads


@given(st.sampled_from(Mask), st.text(max_size=40))
def test_c20_no_mask_gives_a_long_text_away(mask: Mask, text: str) -> None:
    assert len(text.strip()) < 6 or text.strip() not in masked(mask, text)


def test_c20_every_golden_field_has_its_decision() -> None:
    decided = ALWAYS_SHOWN | MASKS.keys() - {CUSTOM}
    assert set(FIELDS) == decided, "a new golden field needs a mask in kith/contacts/rights/rules.py"
    claimed = {field_of(name) for name in (*SINGLE_FIELDS, *FURTHER)}
    assert claimed <= decided, "a claim field that belongs to no golden field would be hidden"


def test_c20_identity_numbers_are_masked_for_every_role_and_viewers_see_none_of_the_restricted() -> None:
    for role in ROLES:
        assert {sight_for(role).at(STANDARD).shows(field) for field in IDENTITY} == {Shown.MASKED}
        assert sight_for(role).at(STANDARD).shows("emails") is Shown.SHOWN
    viewer = sight_for(RoleName.VIEWER).at(RESTRICTED)
    assert viewer.of("passport_number", "AB1234567") == ""
    assert viewer.of("emails", "kostas@example.org") == "k•••@e•••.org"
    both = sight_for(RoleName.VIEWER, RoleName.STEWARD).at(RESTRICTED)
    assert both.shows("emails") is Shown.SHOWN


def test_c20_what_is_not_decided_is_hidden() -> None:
    steward = sight_for(RoleName.STEWARD)
    assert steward.at("NO_SUCH_LEVEL").shows("emails") is Shown.HIDDEN
    assert steward.at(STANDARD).shows("shoe_size") is Shown.HIDDEN
    assert Sight(by_level={}).shows("emails") is Shown.HIDDEN
    assert Sight(by_level={}).shows("name") is Shown.SHOWN
    assert steward.at(STANDARD).shows("custom.shoe_size") is Shown.SHOWN


def test_c20_without_a_contact_the_strictest_level_counts() -> None:
    agent = sight_for(RoleName.AGENT)
    assert agent.shows("emails") is Shown.MASKED
    assert agent.at(STANDARD).shows("emails") is Shown.SHOWN


def test_c20_one_asks_by_what_is_shown_of_somebody_and_finds_only_those_of_whom_it_is() -> None:
    agent = sight_for(RoleName.AGENT)
    assert agent.may_ask_by("emails")
    assert agent.levels_with(["emails"], allowed=[Shown.SHOWN]) == {STANDARD}
    assert not agent.may_ask_by("id_number")
    assert not Sight(by_level={}).may_ask_by("emails")


def test_c20_what_is_not_in_the_form_of_a_claim_stays() -> None:
    agent = sight_for(RoleName.AGENT).at(RESTRICTED)
    before = {
        "last_name": "Reid",
        "email_1": "a@b.org",
        "id_number": "X1234567",
        "id_number_expires": "2031-01-01",
    }
    assert shown_of(before, agent) == {"last_name": "Reid"}
    assert with_what_stays(before, {"last_name": "Stone"}, agent) == {**before, "last_name": "Stone"}
    typed = {"last_name": "Reid", "email_1": "c@d.org", "id_number": "Y7654321"}
    assert with_what_stays(before, typed, agent) == {
        "last_name": "Reid",
        "email_1": "a@b.org",
        "email_2": "c@d.org",
        "id_number": "Y7654321",
    }


def test_c20_a_revealed_field_and_the_public_numbers_of_companies_are_shown() -> None:
    agent = sight_for(RoleName.AGENT)
    seen = agent.at(STANDARD, revealed=["passport_number"])
    assert seen.of("passport_number", "AB1234567") == "AB1234567"
    assert seen.shows("id_number") is Shown.MASKED
    assert agent.at(STANDARD, kind="company").shows("vat_number") is Shown.SHOWN
    assert agent.at(STANDARD).may_ask_to_see("vat_number")
    hidden = sight_for(RoleName.VIEWER).at(RESTRICTED, revealed=["id_number"])
    assert hidden.shows("id_number") is Shown.HIDDEN


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("email_2", "emails"),
        ("phone_1_country", "phones"),
        ("address_3_city", "addresses"),
        ("passport_expires", "passport_number"),
        ("full_name", "name"),
        ("custom.shoe_size", "custom.shoe_size"),
    ],
)
def test_c20_fields_of_claims_follow_their_golden_field(name: str, field: str) -> None:
    assert field_of(name) == field


def test_c20_the_shipped_levels_are_whole_and_survive_being_saved() -> None:
    value = shipped()
    assert problems(value) == ()
    assert PRIVACY_LEVELS.from_json(PRIVACY_LEVELS.to_json(value)) == value


def test_c20_an_actor_without_a_role_is_nobody() -> None:
    assert Actor("Nobody", frozenset()).roles == ()
