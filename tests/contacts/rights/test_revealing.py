"""Masked fields on pages and through the API: revealed for a reason, never found by, never overwritten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.access.roles import RoleName
from kith.contacts.models import Contact
from kith.contacts.queries import ContactSearch
from kith.contacts.rights import actions
from kith.contacts.rights.editor import EDITOR
from kith.contacts.rights.levels import About, ByHand, by_rule, level_of, levels_of
from kith.contacts.rights.models import PrivacyMark, Reveal
from kith.contacts.rights.sections import PRIVACY_LEVELS, RESTRICTED, STANDARD, Assignment, shipped
from kith.kernel.clock import now
from kith.kernel.errors import NotAllowed, Refused
from kith.settings.actions import save_section
from kith.sources.models import LOCAL, Membership, SourceRecord
from tests.api.conftest import SystemWith, system_with
from tests.contacts import factories

__all__ = ["system_with"]
ClientOf = Callable[[User], Client]
NUMBER = "P4471239"


def restricted(contact: Contact) -> Contact:
    actions.set_level(actor=COMMAND_LINE, contact_id=contact.pk, level=RESTRICTED, note="Well known")
    return contact


def test_c20_the_first_rule_that_holds_assigns_the_level_and_a_hand_outranks_it() -> None:
    rules = (Assignment(level=RESTRICTED, category="VIP", kind="person"), Assignment(level=STANDARD, team=7))
    value = replace(shipped(), rules=rules)
    vip = About(kind="person", category="VIP", team=7)
    assert by_rule(value, vip) == RESTRICTED
    assert by_rule(value, replace(vip, kind="company")) == STANDARD
    assert level_of(value, vip, ByHand(levels=(STANDARD,), is_of_all=True)) == STANDARD
    # A System Ref that joined since was not looked at by whoever set the milder level.
    assert level_of(value, vip, ByHand(levels=(STANDARD,), is_of_all=False)) == RESTRICTED
    assert level_of(value, vip, ByHand(levels=(STANDARD, "UNKNOWN"), is_of_all=True)) == "UNKNOWN"


def test_c20_the_editor_reads_what_it_shows() -> None:
    value = replace(shipped(), rules=(Assignment(level=RESTRICTED, source="SHOP", team=3),))
    assert EDITOR.read(EDITOR.shown(value)) == value


@pytest.mark.django_db
def test_c20_an_agent_reveals_a_masked_value_for_a_reason_and_the_history_says_so(
    client_of: ClientOf, agent: User, viewer: User, steward: User
) -> None:
    contact = factories.person(passport_number=NUMBER)
    browser, place = client_of(agent), f"/contacts/{contact.pk}/"
    page = browser.get(place).text
    assert NUMBER not in page
    assert "••••1239" in page
    assert f"{place}reveal/passport_number/" in page
    assert "Privacy: Standard" in page
    assert browser.post(f"{place}reveal/passport_number/", {}).status_code == 422
    assert browser.post(f"{place}reveal/passport_number/", {"reason": "other"}).status_code == 422
    assert browser.get(f"{place}reveal/emails/").status_code == 404
    assert client_of(viewer).get(f"{place}reveal/passport_number/").status_code == 403
    said = {"reason": "check", "note": "Second caller today"}
    assert browser.post(f"{place}reveal/passport_number/", said).status_code == 302
    assert NUMBER in browser.get(place).text
    assert NUMBER not in client_of(steward).get(place).text
    history = browser.get(f"{place}history/").text
    assert "A masked value was shown (to check who somebody is): passport number" in history
    assert NUMBER not in history.replace(f"reveal/{NUMBER}", "")
    # Of a contact that grew since, nothing is revealed; nor after the time is over.
    more = factories.record({"first_name": "Other", "last_name": "One"}, code="SHOP")
    Membership.objects.create(record=more, contact=contact)
    assert NUMBER not in browser.get(place).text
    Membership.objects.filter(record=more).delete()
    assert NUMBER in browser.get(place).text
    Reveal.objects.update(expires_at=now())
    assert NUMBER not in browser.get(place).text


@pytest.mark.django_db
def test_c20_revealing_is_limited_and_never_shows_what_is_hidden(agent: User, viewer: User) -> None:
    contact = factories.person(passport_number=NUMBER, id_number="X7712345")
    value = replace(shipped(), most_reveals=1)
    save_section(actor=COMMAND_LINE, section=PRIVACY_LEVELS, value=value)
    who = {"contact_id": contact.pk, "reason": "asked"}
    actions.reveal(actor=agent.actor, field="passport_number", **who)
    with pytest.raises(Refused, match="Wait a little"):
        actions.reveal(actor=agent.actor, field="id_number", **who)
    with pytest.raises(NotAllowed):
        actions.reveal(actor=viewer.actor, field="id_number", **who)
    with pytest.raises(Refused, match="nothing masked"):
        actions.reveal(actor=COMMAND_LINE, field="shoe_size", **who)


@pytest.mark.django_db
def test_c20_a_key_reveals_too_and_masked_values_are_told_from_others(system_with: SystemWith) -> None:
    contact = factories.person(passport_number=NUMBER)
    place, client = f"/api/v1/contacts/{contact.pk}", system_with(RoleName.AGENT).client
    before = client.get(place).json()["golden"]["passport_number"]
    assert (before["value"], before["masked"]) == (None, "••••1239")
    body = {"field": "passport_number", "reason": "duty"}
    answer = client.post(
        f"{place}/reveal", body, content_type="application/json", headers={"Idempotency-Key": "once"}
    )
    assert answer.status_code == 200, answer.content
    assert NUMBER not in answer.content.decode()
    assert client.get(place).json()["golden"]["passport_number"]["value"] == NUMBER
    assert system_with(RoleName.AGENT).client.get(place).json()["golden"]["passport_number"]["value"] is None


@pytest.mark.django_db
def test_c20_a_level_set_by_hand_goes_with_its_system_refs(
    client_of: ClientOf, steward: User, agent: User
) -> None:
    contact, other = factories.person("Ann", "Stone"), factories.person("Bea", "Reid", code="SHOP")
    place = f"/contacts/{contact.pk}/privacy-level/"
    assert client_of(agent).get(place).status_code == 403
    browser = client_of(steward)
    assert browser.get(place).status_code == 200
    assert browser.post(place, {"level": RESTRICTED, "note": ""}).status_code == 422
    assert browser.post(place, {"level": RESTRICTED, "note": "In the papers"}).status_code == 302
    assert levels_of([contact.pk, other.pk]) == {contact.pk: RESTRICTED, other.pk: STANDARD}
    assert "The privacy level was set" in browser.get(f"/contacts/{contact.pk}/history/").text
    (mark,) = PrivacyMark.objects.all()
    Membership.objects.filter(record_id=mark.record_id).update(contact=other)
    assert levels_of([other.pk]) == {other.pk: RESTRICTED}
    Membership.objects.filter(record_id=mark.record_id).update(contact=contact)
    assert levels_of([contact.pk, other.pk]) == {contact.pk: RESTRICTED, other.pk: STANDARD}
    assert browser.post(place, {"level": "rules", "note": "Over"}).status_code == 302
    assert levels_of([contact.pk]) == {contact.pk: STANDARD}
    assert 'name="level"' not in client_of(agent).get("/contacts/new-person/").text


@pytest.mark.django_db
def test_c20_nobody_is_found_by_what_one_may_not_read(agent: User, steward: User, viewer: User) -> None:
    shown = factories.person("Ann", "Stone", email_1="ann@example.org", passport_number=NUMBER)
    hidden = restricted(
        factories.person("Bea", "Reid", email_1="bea@example.org", passport_number="P5500001")
    )

    def found(text: str, user: User) -> tuple[int, ...]:
        return ContactSearch(text=text).found(actor=user.actor).ids

    assert found("ann@example.org", agent) == (shown.pk,)
    assert found("bea@example.org", agent) == ()
    assert found("bea@example.org", steward) == (hidden.pk,)
    assert found("reid", agent) == (hidden.pk,)
    assert found(NUMBER, agent) == (shown.pk,)
    assert found(NUMBER[:-1], agent) == ()
    assert found("P5500001", agent) == (hidden.pk,)
    assert found("P5500001", viewer) == ()


@pytest.mark.django_db
def test_c20_a_masked_field_is_not_in_the_form_and_stays_when_left_alone(
    client_of: ClientOf, agent: User
) -> None:
    said = {"first_name": "Ann", "last_name": "Stone", "passport_number": NUMBER}
    contact = factories.contact(factories.record(said, code=LOCAL))
    record, browser = SourceRecord.objects.get(), client_of(agent)
    form = f"/golden-values/{contact.pk}/passport_number/"
    assert NUMBER not in browser.get(form).text
    assert browser.post(form, {"mode": "pinned"}).status_code == 302
    contact.refresh_from_db()
    assert contact.passport_number == NUMBER
    back = browser.post(form, {"mode": "pinned", "passport_number": "••••1239"})
    assert back.status_code == 422
    entry = f"/contacts/{contact.pk}/local/{record.pk}/"
    assert NUMBER not in browser.get(entry).text
    rows = {f"{key}-TOTAL_FORMS": "0" for key in ("emails", "phones", "addresses")}
    rows |= {f"{key}-INITIAL_FORMS": "0" for key in ("emails", "phones", "addresses")}
    sent = {"kind": "person", "version": record.content_hash.hex, "first_name": "Anna", "last_name": "Stone"}
    assert browser.post(entry, {**sent, **rows}).status_code == 302
    record.refresh_from_db()
    assert record.claim["fields"]["passport_number"] == NUMBER
    assert record.claim["fields"]["first_name"] == "Anna"


@pytest.mark.django_db
def test_c20_the_settings_page_opens_and_a_list_costs_the_same_for_one_and_many(
    client_of: ClientOf, power_user: User, viewer: User
) -> None:
    browser = client_of(power_user)
    page = browser.get("/settings/contacts/privacy-levels/")
    assert page.status_code == 200
    assert "Which contact has which level" in page.text
    assert client_of(viewer).get("/settings/contacts/privacy-levels/").status_code == 403

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert browser.get("/contacts/suggest/?q=stone").status_code == 200
        return len(seen)

    factories.person("Ann", "Stone")
    one = cost()
    for name in ("Bea", "Cleo", "Dora"):
        restricted(factories.person(name, "Stone"))
    assert cost() == one
