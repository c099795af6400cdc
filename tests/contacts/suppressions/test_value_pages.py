from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.audit.models import Entry
from kith.contacts.standing import standing_of
from kith.contacts.suppressions import actions
from kith.contacts.suppressions.actions import Because
from kith.contacts.suppressions.models import SuppressedValue
from kith.web import paging
from tests.contacts import factories

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
VALUES, ADD, LIFT = "suppressions:values", "suppressions:add-value", "suppressions:lift-value"
MAIL = "eleni@example.com"


def suppressed(value: str = MAIL, reason: str = "opt_out") -> SuppressedValue:
    because = Because(reason=reason, note="By letter", source="Newsletter")
    return actions.suppress_value(actor=COMMAND_LINE, value=value, because=because)


def shown(client: Client, **asked: str) -> list[int]:
    return [row.value.pk for row in client.get(reverse(VALUES), asked).context["rows"]]


def searched(client: Client, value: str, **asked: str) -> list[int]:
    answer = client.post(reverse(VALUES), {"value": value, **asked})
    return [row.value.pk for row in answer.context["rows"]]


def test_k23_an_e_mail_is_suppressed_by_the_form(privacy_officer: User, client_of: ClientOf) -> None:
    browser = client_of(privacy_officer)
    contact = factories.person(email_1=MAIL)
    assert b"No e-mails or phones" in browser.get(reverse(VALUES)).content
    assert browser.get(reverse(ADD)).status_code == 200
    for wrong in (
        {"value": "", "reason": "manual"},
        {"value": "eleni@", "reason": "manual"},
        {"value": MAIL},
    ):
        assert browser.post(reverse(ADD), wrong).status_code == 422
    ended = {"value": MAIL, "reason": "opt_out", "ends_on": "2030-01-01"}
    assert "until somebody unflags it" in browser.post(reverse(ADD), ended).text
    asked = {"value": MAIL.upper(), "reason": "manual", "note": "Phoned", "source": "Newsletter"}
    answer = browser.post(reverse(ADD), asked, follow=True)
    assert "1 contact has it" in answer.text
    assert MAIL in answer.text
    (protection,) = standing_of([contact.pk])[contact.pk]
    assert (protection.known_by, protection.source) == ("email", "Newsletter")
    page = browser.get(reverse("contacts:detail", args=[contact.pk])).text
    assert "an e-mail" in page[page.index('id="suppressions"') :]
    again = browser.post(reverse(ADD), asked)
    assert again.status_code == 422
    assert "already" in again.text
    lift = browser.get(
        reverse("contacts:lift-suppression", args=[contact.pk, protection.suppression_id])
    ).text
    assert "frees this contact only" in lift


def test_the_values_are_searched_and_filtered(privacy_officer: User, client_of: ClientOf) -> None:
    browser = client_of(privacy_officer)
    mail, phone = suppressed(), suppressed("+35799123456", "bounced")
    assert shown(browser) == [phone.pk, mail.pk]
    assert searched(browser, "Eleni@Example.com ") == [mail.pk]
    assert searched(browser, "+357 99 123456") == [phone.pk]
    assert searched(browser, "+357 99 123456", reason="opt_out") == []
    assert searched(browser, "eleni") == []
    assert shown(browser, kind="phone") == [phone.pk]
    assert shown(browser, reason="opt_out") == [mail.pk]
    actions.lift_value(actor=COMMAND_LINE, value_id=mail.pk, note="asked")
    assert shown(browser) == [phone.pk]
    assert shown(browser, ended="on") == [phone.pk, mail.pk]
    assert searched(browser, MAIL) == []
    assert searched(browser, MAIL, ended="on") == [mail.pk]
    assert browser.get(reverse(VALUES), {"kind": "fax"}).status_code == 422
    assert browser.post(reverse(VALUES), {"value": MAIL, "kind": "fax"}).status_code == 422
    whole = browser.get(reverse("suppressions:list")).text
    assert "+357 99 123456" in whole
    SuppressedValue.objects.update(value="")
    assert searched(browser, "+35799123456") == [phone.pk]
    assert "Known by its digest only" in browser.get(reverse(VALUES)).text


def test_an_e_mail_that_is_searched_stands_in_no_address_and_not_in_the_journal(
    privacy_officer: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = client_of(privacy_officer)
    mail, phone = suppressed(), suppressed("+35799123456", "bounced")
    monkeypatch.setattr(paging.page_of, "__defaults__", (1,))
    because = Because(reason="imported", note="Another list")
    again = actions.suppress_value(actor=COMMAND_LINE, value=MAIL, because=because)
    first = browser.post(reverse(VALUES), {"value": MAIL})
    addresses = re.findall(r'(?:href|action|formaction)="([^"]*)"', first.text)
    assert "?page=2" in addresses
    assert [one for one in addresses if "eleni" in one] == []
    assert [row.value.pk for row in first.context["rows"]] == [again.pk]
    second = browser.post(f"{reverse(VALUES)}?page=2", {"value": MAIL})
    assert [row.value.pk for row in second.context["rows"]] == [mail.pk]
    entries = Entry.objects.filter(event="SuppressedValueSearched")
    assert [(one.actor, one.detail) for one in entries] == [(privacy_officer.actor.name, {"found": 2})] * 2
    assert shown(browser, value=MAIL, kind="phone") == [phone.pk], "an address asks by its filters alone"
    assert entries.count() == 2


def test_a_search_without_an_e_mail_or_phone_is_an_address(
    privacy_officer: User, client_of: ClientOf
) -> None:
    browser = client_of(privacy_officer)
    answer = browser.post(reverse(VALUES), {"value": " ", "kind": "phone", "reason": "", "ended": "on"})
    assert (answer.status_code, answer["Location"]) == (302, f"{reverse(VALUES)}?kind=phone&ended=on")
    assert not Entry.objects.filter(event="SuppressedValueSearched").exists()


def test_k20_a_value_is_unflagged_with_a_note_and_a_second_yes(
    privacy_officer: User, client_of: ClientOf
) -> None:
    browser = client_of(privacy_officer)
    value = suppressed()
    address = reverse(LIFT, args=[value.pk])
    assert MAIL in browser.get(address).text
    assert browser.post(address, {"note": "She wrote"}).status_code == 422
    assert browser.post(address, {"sure": "on"}).status_code == 422
    assert browser.post(address, {"note": "She wrote", "sure": "on"}).status_code == 302
    value.refresh_from_db()
    assert value.lift is not None
    assert browser.post(address, {"note": "She wrote", "sure": "on"}).status_code == 422


def test_who_may_not_is_refused_and_a_stranger_signs_in(
    client: Client, client_of: ClientOf, steward: User, privacy_officer: User
) -> None:
    value = suppressed()
    for address in (reverse(VALUES), reverse(ADD), reverse(LIFT, args=[value.pk])):
        assert client.get(address).status_code == 302
        assert client_of(steward).get(address).status_code == 403
        assert client_of(steward).post(address).status_code == 403
    for address in (reverse(LIFT, args=[2**62]), f"/suppressions/values/{2**70}/unflag/"):
        assert client_of(privacy_officer).get(address).status_code == 404


def test_the_list_asks_as_many_questions_for_many_as_for_one(
    privacy_officer: User, client_of: ClientOf
) -> None:
    browser = client_of(privacy_officer)
    suppressed()
    for address in (reverse(VALUES), reverse("suppressions:list")):
        browser.get(address)
        with CaptureQueriesContext(connection) as one:
            browser.get(address)
        for number in range(5):
            suppressed(f"a{number}{len(address)}@example.com")
        with CaptureQueriesContext(connection) as many:
            browser.get(address)
        assert len(many) == len(one)
