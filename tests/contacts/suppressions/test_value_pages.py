from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.contacts.standing import standing_of
from kith.contacts.suppressions import actions
from kith.contacts.suppressions.actions import Because
from kith.contacts.suppressions.models import SuppressedValue
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
    assert shown(browser, value="Eleni@Example.com ") == [mail.pk]
    assert shown(browser, value="+357 99 123456") == [phone.pk]
    assert shown(browser, value="eleni") == []
    assert shown(browser, kind="phone") == [phone.pk]
    assert shown(browser, reason="opt_out") == [mail.pk]
    actions.lift_value(actor=COMMAND_LINE, value_id=mail.pk, note="asked")
    assert shown(browser) == [phone.pk]
    assert shown(browser, ended="on") == [phone.pk, mail.pk]
    assert browser.get(reverse(VALUES), {"kind": "fax"}).status_code == 422
    whole = browser.get(reverse("suppressions:list")).text
    assert "+357 99 123456" in whole
    SuppressedValue.objects.update(value="")
    assert shown(browser, value="+35799123456") == [phone.pk]
    assert "Known by its digest only" in browser.get(reverse(VALUES)).text


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
