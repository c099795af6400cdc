"""C11, A38: formatting rules, simple and advanced, with a tester; C4 and C6 where contacts are typed in."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.contacts import actions as contacts
from kith.contacts.models import Contact
from kith.contacts.settings.authorisation import AUTHORISATION, Authorisation
from kith.contacts.settings.formatting import (
    FORMATTING,
    MOST_PATTERN,
    MOST_VALUE,
    Characters,
    FormatRule,
    Formatting,
    Method,
    matches,
    pattern_problems,
)
from kith.contacts.settings.supported_types import TYPES, SupportedType, SupportedTypes
from kith.golden import actions as golden
from kith.kernel.errors import Refused
from kith.settings import actions
from kith.sources.models import SourceRecord
from tests.contacts.test_typing_in import ANN, ROWS

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
FOUR_DIGITS = FormatRule("postcode", "CY", shortest=4, longest=4, characters=Characters.DIGITS)
PASSPORT = FormatRule("passport_number", method=Method.ADVANCED, pattern="[A-Z][0-9]{6}", example="K123456")
PHONE = FormatRule("phone", "CY", shortest=8, longest=8, characters=Characters.DIGITS)
ADDRESS = {"address_1_line1": "12 Harbour Walk", "address_1_city": "Limassol"}
ANN_LEE = {"first_name": "Ann", "last_name": "Lee"}


def hold(*rules: FormatRule) -> None:
    actions.save_section(actor=COMMAND_LINE, section=FORMATTING, value=Formatting(rules))


def add(**claim: str) -> int:
    return contacts.add_contact(actor=COMMAND_LINE, kind="person", claim={**ANN_LEE, **claim})


def test_c11_a_cyprus_postcode_is_four_digits_and_another_country_is_free() -> None:
    hold(FOUR_DIGITS)
    with pytest.raises(Refused) as refused:
        add(**ADDRESS, address_1_postcode="12A", address_1_country="CY")
    assert refused.value.fields == {"address_1_postcode": "Postcode in CY: exactly 4 digits."}
    add(**ADDRESS, address_1_postcode="3042", address_1_country="CY")
    add(**ADDRESS, address_1_postcode="SW1A 1AA", address_1_country="GB")


def test_c11_a_rule_without_a_country_is_for_all_that_have_none_of_their_own() -> None:
    hold(FOUR_DIGITS, FormatRule("postcode", longest=6))
    rules = Formatting((FOUR_DIGITS, FormatRule("postcode", longest=6)))
    assert rules.wrong("postcode", "12345", country="CY")
    assert not rules.wrong("postcode", "12345", country="DE")
    assert rules.wrong("postcode", "1234567", country="DE") == "Postcode: at most 6 characters."


def test_c11_phones_are_looked_at_without_their_countrys_code() -> None:
    hold(PHONE)
    add(phone_1="+357 99 123456")
    add(phone_1="+44 7400 123456")
    with pytest.raises(Refused) as refused:
        add(phone_1="99 123456", phone_2="+357 2212345", phone_2_country="CY")
    assert list(refused.value.fields) == ["phone_2"]


def test_c11_an_edit_of_a_golden_value_is_held_to_it_and_what_was_there_stays() -> None:
    one = add(passport_number="old style")
    hold(PASSPORT)
    golden.override(
        actor=COMMAND_LINE, contact_id=one, field="gender", value={"gender": "female"}, mode="pinned"
    )
    with pytest.raises(Refused, match=r"not how a passport number is written, for example K123456"):
        golden.override(
            actor=COMMAND_LINE,
            contact_id=one,
            field="passport_number",
            value={"passport_number": "k123"},
            mode="pinned",
        )
    record = SourceRecord.objects.of_contact(one).get()
    claim = {**record.claim["fields"], "middle_name": "Q"}
    edited = {
        "actor": COMMAND_LINE,
        "contact_id": one,
        "record_id": record.pk,
        "version": record.content_hash.hex,
    }
    contacts.edit_local(claim=claim, **edited)  # type: ignore[arg-type]  # spread for the two calls
    record.refresh_from_db()
    with pytest.raises(Refused):
        contacts.edit_local(
            actor=COMMAND_LINE,
            contact_id=one,
            record_id=record.pk,
            version=record.content_hash.hex,
            claim={**claim, "passport_number": "K12"},
        )


def test_c11_the_form_says_it_at_the_field_and_keeps_what_was_typed(agent: User, client_of: ClientOf) -> None:
    hold(PASSPORT, FormatRule("phone", "CY", shortest=9, longest=9))
    typed = {
        **ANN,
        "passport_number": "nonsense",
        "phones-0-value": "99 123456",
        "phones-0-country": "Cyprus",
    }
    answer = client_of(agent).post("/contacts/new-person/", typed)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert "passport_number" in form.main.errors
    assert "exactly 9 characters" in str(form.groups[1].formset.forms[0].errors)
    assert 'value="nonsense"' in answer.text
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*b", "(.*a){20}", "([a-zA-Z]+)*", "(a|aa)+$", "^(([a-z])+.)+[A-Z]([a-z])+$"]
)
def test_a38_no_pattern_can_hold_anybody_up(pattern: str) -> None:
    began = time.perf_counter()
    matches(pattern, "a" * (MOST_VALUE - 1) + "!")
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize(
    "pattern", ["", "(", "a)|(b", "(?=a)b", r"(a)\1", "((a{100}){100}){100}", "x" * (MOST_PATTERN + 1)]
)
def test_a38_a_pattern_that_cannot_be_run_is_refused(pattern: str) -> None:
    assert pattern_problems(pattern, what="the pattern")
    with pytest.raises(Refused, match="pattern"):
        hold(FormatRule("phone", method=Method.ADVANCED, pattern=pattern))


@given(st.text(max_size=MOST_VALUE + 5), st.integers(0, 9), st.integers(0, 9))
def test_a38_simple_rules_say_what_they_mean(value: str, shortest: int, longest: int) -> None:
    rule = FormatRule("id_number", shortest=shortest, longest=longest)
    fits = shortest <= len(value) <= (longest or MOST_VALUE)
    assert (rule.wrong(value) == "") == fits


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (FormatRule("shoe_size"), "no formatting"),
        (FormatRule("phone", "Cyprus"), "two letters"),
        (FormatRule("phone", shortest=5, longest=4), "contradict"),
        (FormatRule("phone", longest=5_000), "longer than any value"),
    ],
)
def test_c11_rules_that_make_no_sense_are_refused(rule: FormatRule, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        hold(rule)
    with pytest.raises(Refused, match="same field and country"):
        hold(FOUR_DIGITS, FOUR_DIGITS)


def test_c11_the_tester_tries_what_is_on_the_page_and_saves_nothing(
    power_user: User, client_of: ClientOf
) -> None:
    sent = {
        "rules": "0",
        "rules-0-field": "postcode",
        "rules-0-country": "Cyprus",
        "rules-0-method": "simple",
        "rules-0-shortest": "4",
        "rules-0-longest": "4",
        "rules-0-characters": "digits",
        "rules-0-active": "on",
        "try_field": "postcode",
        "do": "try",
    }
    browser = client_of(power_user)
    address = "/settings/contacts/formatting/save/"
    asked = {**sent, "try_country": "Cyprus", "try_value": "12A"}
    assert "Postcode in CY: exactly 4 digits." in browser.post(address, asked).text
    assert "It fits." in browser.post(address, {**asked, "try_value": "3042"}).text
    assert "No rule says anything" in browser.post(address, {**asked, "try_country": "Germany"}).text
    assert not FORMATTING.from_json({}).rules
    saved = browser.post(address, {key: value for key, value in sent.items() if key != "do"})
    assert saved.status_code == 302


def test_c11_a_row_that_allows_everything_is_refused_at_its_field(
    power_user: User, client_of: ClientOf
) -> None:
    sent = {
        "rules": ["0", "1"],
        "rules-0-field": "phone",
        "rules-0-method": "simple",
        "rules-0-characters": "any",
        "rules-1-field": "phone",
        "rules-1-country": "Nowhere",
        "rules-1-method": "advanced",
        "rules-1-characters": "any",
        "rules-1-pattern": "(",
    }
    answer = client_of(power_user).post("/settings/contacts/formatting/save/", sent)
    assert answer.status_code == 422
    first, second = (row.form.errors for row in answer.context["draft"].rows_of("rules").rows)
    assert list(first) == ["characters"]
    assert set(second) == {"country", "pattern"}


def test_c4_the_default_counts_for_new_contacts_and_each_can_say_otherwise() -> None:
    actions.save_section(
        actor=COMMAND_LINE, section=AUTHORISATION, value=Authorisation(direct_marketing=True)
    )
    first, second = add(), add(direct_marketing="no")
    third = add()
    said = dict(Contact.objects.values_list("pk", "direct_marketing"))
    assert said == {first: True, second: False, third: True}
    assert set(Contact.objects.values_list("affiliate_marketing", flat=True)) == {None}


def test_c4_the_form_shows_the_default(agent: User, client_of: ClientOf) -> None:
    actions.save_section(
        actor=COMMAND_LINE, section=AUTHORISATION, value=Authorisation(direct_marketing=True)
    )
    form = client_of(agent).get("/contacts/new-person/").context["form"]
    assert form.main["direct_marketing"].value() == "yes"


def with_skype() -> None:
    shipped = TYPES.shipped()
    skype = SupportedType("CUSTOM1", "Skype", mandatory=True)
    phones = tuple(skype if one.code == "CUSTOM1" else one for one in shipped.phones)
    value = SupportedTypes(shipped.addresses, shipped.emails, phones)
    actions.save_section(actor=COMMAND_LINE, section=TYPES, value=value)


def test_c6_a_mandatory_type_is_asked_for_by_its_label(agent: User, client_of: ClientOf) -> None:
    with_skype()
    browser = client_of(agent)
    for page, typed in (
        ("person", ANN),
        ("company", {"kind": "company", "company_name": "Acme Ltd", **ROWS}),
    ):
        answer = browser.post(f"/contacts/new-{page}/", typed)
        assert answer.status_code == 422
        assert "“Skype” is mandatory" in answer.text
        answer = browser.post(
            f"/contacts/new-{page}/",
            {**typed, "phones-0-value": "+35799123456", "phones-0-type": "CUSTOM1"},
        )
        assert answer.status_code == 302, page
    assert "Skype" in browser.get("/contacts/new-person/").text


def test_c6_an_edit_of_a_golden_value_may_not_take_the_mandatory_type_away() -> None:
    with_skype()
    one = add(phone_1="+35799123456", phone_1_type="CUSTOM1")
    typed = {
        "actor": COMMAND_LINE,
        "contact_id": one,
        "field": "phones",
        "mode": "pinned",
        "instead_of": "+35799123456",
    }
    with pytest.raises(Refused, match="“Skype” is mandatory"):
        golden.override(value={"phone_1": "+35799123456", "phone_1_type": "MOBILE"}, **typed)  # type: ignore[arg-type]  # spread for the two calls
    golden.override(value={"phone_1": "+35799123457", "phone_1_type": "CUSTOM1"}, **typed)  # type: ignore[arg-type]  # as above
    golden.override(
        actor=COMMAND_LINE, contact_id=one, field="gender", value={"gender": "female"}, mode="pinned"
    )
    assert Contact.objects.get(pk=one).gender == "female"
