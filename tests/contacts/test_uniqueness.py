"""C2, C3, X1: what no two contacts may share, for whoever types; sources are never refused."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connections
from django.test import Client, override_settings

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.contacts import actions as contacts
from kith.contacts.checks.unique import NotUnique
from kith.contacts.models import Contact
from kith.contacts.settings.uniqueness import UNIQUENESS, Combination, Uniqueness
from kith.golden import actions as golden
from kith.golden.models import GoldenOverride
from kith.kernel.errors import Refused
from kith.settings import actions
from kith.sources.models import SourceRecord
from kith.web.formats import group_id
from tests.claims import source
from tests.contacts import factories
from tests.contacts.test_typing_in import ANN, ROWS

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
NAME_AND_ID = Combination(("last_name", "first_name", "id_number"))
JOHN = {"first_name": "John", "last_name": "Smith", "id_number": "482913"}


def rule(*persons: Combination, companies: tuple[Combination, ...] = ()) -> None:
    actions.save_section(actor=COMMAND_LINE, section=UNIQUENESS, value=Uniqueness(tuple(persons), companies))


def add(claim: dict[str, str], *, kind: str = "person", **more: frozenset[int]) -> int:
    return contacts.add_contact(actor=COMMAND_LINE, kind=kind, claim=claim, **more)


def override(contact_id: int, field: str, **value: str) -> None:
    golden.override(actor=COMMAND_LINE, contact_id=contact_id, field=field, value=value, mode="pinned")


def test_c2_the_same_name_with_another_id_is_saved_the_same_both_are_refused_and_named() -> None:
    rule(NAME_AND_ID)
    first = add(JOHN)
    add({**JOHN, "id_number": "739155"})
    with pytest.raises(NotUnique) as refused:
        add({**JOHN, "id_number": "482-913", "first_name": "JOHN"})
    assert refused.value.clashes[0].contact_id == first
    assert group_id(first) in refused.value.message
    assert "last name and first name and ID number" in refused.value.message
    assert "Smith" not in refused.value.message
    assert SourceRecord.objects.count() == 2


def test_c2_what_the_rule_names_is_mandatory() -> None:
    rule(NAME_AND_ID)
    with pytest.raises(Refused, match="ID number is mandatory") as refused:
        add({**JOHN, "id_number": ""})
    assert refused.value.fields == {"id_number": "ID number is mandatory."}


def test_c2_of_alternatives_each_is_unique_and_one_must_be_complete() -> None:
    rule(Combination(("last_name", "id_number")), Combination(("social_security_number",)))
    first = add({"first_name": "Ann", "last_name": "Lee", "social_security_number": "590021"})
    add({"first_name": "Ann", "last_name": "Lee", "id_number": "482977"})
    with pytest.raises(Refused, match=r"last name and ID number; or social security number"):
        add({"first_name": "Ann", "last_name": "Lee"})
    with pytest.raises(NotUnique) as refused:
        add({"first_name": "Bob", "last_name": "Ray", "social_security_number": "590021"})
    assert [one.contact_id for one in refused.value.clashes] == [first]


def test_c2_an_update_into_a_clash_is_refused_and_changes_nothing() -> None:
    rule(NAME_AND_ID)
    add(JOHN)
    other = add({**JOHN, "id_number": "739155"})
    record = SourceRecord.objects.of_contact(other).get()
    with pytest.raises(NotUnique):
        contacts.edit_local(
            actor=COMMAND_LINE,
            contact_id=other,
            record_id=record.pk,
            claim=JOHN,
            version=record.content_hash.hex,
        )
    with pytest.raises(NotUnique):
        override(other, "id_number", id_number="482913")
    assert Contact.objects.get(pk=other).id_number == "739155"


def test_c2_an_edit_that_waits_for_the_night_is_held_to_it_when_it_is_typed() -> None:
    rule(NAME_AND_ID)
    add(JOHN)
    other = add({**JOHN, "id_number": "739155"})
    with override_settings(KITH_EDITS_WAIT="tests.golden.test_overrides.waits"):
        with pytest.raises(NotUnique):
            override(other, "id_number", id_number="482913")
        with pytest.raises(Refused, match="mandatory"):
            override(other, "id_number", id_number="")
        override(other, "id_number", id_number="739156")
    assert Contact.objects.get(pk=other).id_number == "739155"
    waiting = GoldenOverride.objects.get()
    assert (waiting.state, waiting.in_force_at) == (GoldenOverride.State.PENDING, None)


def test_c2_taking_an_edit_back_into_a_clash_is_refused() -> None:
    rule(NAME_AND_ID)
    for number in (1, 2):
        factories.person("John", "Smith", id_number="482913", ref=f"T-00{number}")
    one, _ = Contact.objects.order_by("pk")
    override(one.pk, "id_number", id_number="482911")
    with pytest.raises(NotUnique):
        golden.withdraw_override(actor=COMMAND_LINE, override_id=GoldenOverride.objects.get().pk)


def test_c2_a_clash_that_was_there_before_does_not_stop_other_edits() -> None:
    for number in (1, 2):
        factories.person("John", "Smith", id_number="482913", ref=f"T-00{number}")
    rule(NAME_AND_ID)
    one, _ = Contact.objects.order_by("pk")
    override(one.pk, "gender", gender="male")
    override(one.pk, "id_number", id_number="482911")
    with pytest.raises(NotUnique):
        override(one.pk, "id_number", id_number="482913")


def test_c2_a_golden_value_that_made_it_complete_cannot_be_emptied() -> None:
    rule(NAME_AND_ID)
    one = add(JOHN)
    with pytest.raises(Refused, match="mandatory"):
        override(one, "id_number", id_number="")


@pytest.mark.parametrize(
    ("field", "first", "second"),
    [
        ("email", {"email_1": "Ann@Example.org"}, {"email_1": "ann@example.org"}),
        ("phone", {"phone_1": "+357 99 123456"}, {"phone_1": "0035799123456"}),
        ("birth_date", {"birth_date": "14/03/1987"}, {"birth_date": "1987-03-14"}),
        ("passport_number", {"passport_number": "K 123"}, {"passport_number": "k-123"}),
    ],
)
def test_c2_values_are_compared_however_they_are_written(
    field: str, first: dict[str, str], second: dict[str, str]
) -> None:
    rule(Combination(("last_name", field)))
    add({"first_name": "Ann", "last_name": "O'Neill", **first})
    with pytest.raises(NotUnique):
        add({"first_name": "Anna", "last_name": "ONEILL", **second})


@pytest.mark.parametrize(
    ("first", "second"), [("Anna Maria", "Annamaria"), ("Annamaria", "Anna Maria"), ("Γιώργος", "giorgos")]
)
def test_c2_a_name_is_the_same_in_one_word_or_two_and_in_another_script(first: str, second: str) -> None:
    rule(Combination(("first_name", "birth_date")))
    add({"first_name": first, "last_name": "Lee", "birth_date": "14/03/1987"})
    with pytest.raises(NotUnique):
        add({"first_name": second, "last_name": "Ray", "birth_date": "14/03/1987"})


@pytest.mark.parametrize(
    ("fields", "free", "refused"),
    [
        (("company_name",), {"company_name": "Beta"}, {"company_name": "ACME ltd."}),
        (
            ("company_name", "vat_number"),
            {"company_name": "Beta", "vat_number": "CY10259033P"},
            {"company_name": "Acme-Ltd", "vat_number": "CY10259033P"},
        ),
    ],
)
def test_c3_the_name_alone_or_with_the_vat_number(
    fields: tuple[str, ...], free: dict[str, str], refused: dict[str, str]
) -> None:
    rule(companies=(Combination(fields),))
    first = add({"company_name": "Acme Ltd", "vat_number": "CY10259033P"}, kind="company")
    add(free, kind="company")
    with pytest.raises(NotUnique) as clash:
        add(refused, kind="company")
    assert [one.contact_id for one in clash.value.clashes] == [first]


def test_c3_companies_may_share_a_name_but_not_a_vat_number() -> None:
    rule(companies=(Combination(("vat_number",)),))
    add({"company_name": "Acme Ltd", "vat_number": "CY10259033P"}, kind="company")
    add({"company_name": "Acme Ltd", "vat_number": "CY10000000A"}, kind="company")
    with pytest.raises(NotUnique, match="the same VAT number"):
        add({"company_name": "Beta Ltd", "vat_number": "CY 10259033 P"}, kind="company")
    add({"first_name": "Ann", "last_name": "Lee"})


def test_x1_hand_entry_is_refused_with_open_it_and_group_instead(steward: User, client_of: ClientOf) -> None:
    rule(Combination(("id_number",)))
    here = factories.person("Anna", "Leigh", id_number="482977")
    browser = client_of(steward)
    typed = {**ANN, "id_number": "482977", "save_anyway": "1"}
    answer = browser.post("/contacts/new-person/", typed)
    assert answer.status_code == 422
    assert "Anna Leigh" in answer.text
    assert f'href="/contacts/{here.pk}/"' in answer.text
    assert "Save and group instead" in answer.text
    assert 'value="Ann"' in answer.text
    assert Contact.objects.count() == 1
    answer = browser.post("/contacts/new-person/", {**typed, "group_with": str(here.pk)})
    assert answer.status_code == 302
    made = Contact.objects.exclude(pk=here.pk).get()
    assert answer["Location"].startswith(f"/contacts/{here.pk}/group/preview/")
    page = browser.get(answer["Location"])
    assert page.status_code == 200
    assert group_id(made.pk) in page.text


def test_x1_whoever_may_not_group_is_only_led_to_the_other(agent: User, client_of: ClientOf) -> None:
    rule(Combination(("id_number",)))
    factories.person("Anna", "Leigh", id_number="482977")
    page = (
        client_of(agent)
        .post("/contacts/new-person/", {**ANN, "id_number": "482977", "save_anyway": "1"})
        .text
    )
    assert "Open it" in page
    assert "group instead" not in page


def test_x1_an_edit_of_a_golden_value_names_the_clash_too(steward: User, client_of: ClientOf) -> None:
    rule(Combination(("id_number",)))
    here = factories.person("Anna", "Leigh", id_number="482977")
    other = factories.person("Ann", "Lee", id_number="482978")
    answer = client_of(steward).post(
        f"/golden-values/{other.pk}/id_number/", {"id_number": "482977", "mode": "pinned"}
    )
    assert answer.status_code == 422
    assert f"/contacts/{other.pk}/group/?with={here.pk}" in answer.text


def test_c2_what_is_missing_stands_at_its_field_in_the_form(agent: User, client_of: ClientOf) -> None:
    rule(Combination(("email",)))
    answer = client_of(agent).post("/contacts/new-person/", ANN)
    assert answer.status_code == 422
    assert "Primary e-mail is mandatory." in str(answer.context["form"].groups[0].formset.forms[0].errors)
    company = client_of(agent).post(
        "/contacts/new-company/", {"kind": "company", "company_name": "A", **ROWS}
    )
    assert company.status_code == 302


def test_x1_a_source_is_never_refused() -> None:
    rule(Combination(("id_number",)), companies=(Combination(("vat_number",)),))
    factories.company("Acme Ltd", vat_number="CY10259033P")
    factories.company("Acme Limited", vat_number="CY10259033P", ref="T-X1")
    factories.person("No", "Number")
    assert Contact.objects.count() == 3


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (Uniqueness((Combination(()),)), "names no field"),
        (Uniqueness((Combination(("vat_number",)),)), "do not have"),
        (Uniqueness((Combination(("id_number", "id_number")),)), "twice"),
        (Uniqueness((Combination(("id_number",)), Combination(("id_number", "last_name")))), "asks for less"),
        (Uniqueness(companies=(Combination(("vat_number",)),) * 2), "are the same"),
    ],
)
def test_c2_rules_that_make_no_sense_are_refused(value: Uniqueness, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        actions.save_section(actor=COMMAND_LINE, section=UNIQUENESS, value=value)


@pytest.mark.django_db(transaction=True)
def test_c2_of_two_who_type_the_same_at_the_same_moment_one_is_refused() -> None:
    source("LOCAL")
    rule(NAME_AND_ID)
    results: list[str] = []

    def type_in() -> None:
        try:
            add(JOHN)
            results.append("saved")
        except NotUnique:
            results.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=type_in) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["refused", "saved"]


def test_c2_the_form_marks_what_the_rule_makes_mandatory(agent: User, client_of: ClientOf) -> None:
    rule(Combination(("last_name", "id_number")), Combination(("last_name", "passport_number")))
    browser = client_of(agent)
    form = browser.get("/contacts/new-person/").context["form"]
    assert form.main.fields["last_name"].required
    assert not form.main.fields["id_number"].required
    rule(NAME_AND_ID)
    page = browser.get("/contacts/new-person/")
    form = page.context["form"]
    assert form.main.fields["id_number"].required
    assert any(one.is_open for one in form.sections if "id_number" in [field.name for field in one.fields])
    answer = browser.post("/contacts/new-person/", ANN)
    assert answer.status_code == 422
    assert "id_number" in answer.context["form"].main.errors
    assert not browser.get("/contacts/new-company/").context["form"].main.fields["vat_number"].required
