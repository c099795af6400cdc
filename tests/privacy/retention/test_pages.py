"""The page of the rules: who may see and save it, that nothing new is in force unseen, and its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kith.access.models import User
from kith.kernel.clock import now
from kith.privacy.retention import actions
from kith.privacy.retention.sections import CONTACTS, RETENTION, as_shipped
from kith.settings.in_force import in_force
from kith.settings.models import SettingsVersion
from kith.sources.models import Import
from tests.privacy.erasing.test_erasures import allow
from tests.privacy.retention.test_rules import inactive, let_any_share_go
from tests.sources.conftest import Importer

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
PAGE, SAVE, WHOM = "retention:rules", "retention:save-rules", "retention:whom"
FILES = {"name": "Files of imports", "what": "import_files", "keep": "30", "unit": "days", "active": "on"}
IDLE = {"name": "Idle", "what": CONTACTS, "keep": "36", "unit": "months", "active": "on"}


def sent(*rows: Mapping[str, str], **more: str) -> dict[str, object]:
    based_on = (
        SettingsVersion.objects.filter(section="retention").order_by("-id").values_list("pk", flat=True)
    )
    found: dict[str, object] = {"rules": [str(place) for place in range(len(rows))], "note": ""}
    found["based_on"] = str(based_on[0]) if based_on else ""
    for place, row in enumerate(rows):
        found |= {f"rules-{place}-{name}": value for name, value in row.items()}
    return {**found, **more}


def test_a_rule_is_simulated_and_then_saved(
    take_in: Importer, administrator: User, client_of: ClientOf
) -> None:
    job = take_in("Ref,First name,Last name\nT-1,Dora,Marlowe\n")
    at = now() - timedelta(days=8)
    Import.objects.filter(pk=job.pk).update(finished_at=at, created_at=at)
    browser, shorter = client_of(administrator), {**FILES, "keep": "7"}
    assert "Files of imports" in browser.get(reverse(PAGE)).text
    unseen = browser.post(reverse(SAVE), sent(shorter))
    assert (unseen.status_code, "Simulate first" in unseen.text) == (422, True)
    assert in_force(RETENTION) == as_shipped()
    seen = browser.post(reverse(SAVE), sent(shorter, do="simulate"))
    assert 'name="simulated" value="import_files 7 days"' in seen.text
    assert '<td data-label="Would go">1</td>' in seen.text
    assert in_force(RETENTION) == as_shipped(), "simulating saves nothing"
    other = browser.post(reverse(SAVE), sent({**FILES, "keep": "6"}, simulated="import_files 7 days"))
    assert (other.status_code, "Simulate first" in other.text) == (422, True)
    assert browser.post(reverse(SAVE), sent(shorter, simulated="import_files 7 days")).status_code == 302
    assert [(one.what, one.keep) for one in in_force(RETENTION).rules] == [("import_files", 7)]
    actions.keep_rules()
    assert "Last removed" in browser.get(reverse(PAGE)).text


def test_what_is_in_force_already_or_is_not_put_in_force_needs_no_look(
    administrator: User, client_of: ClientOf
) -> None:
    off = {"name": "Past claims", "what": "past_claims", "keep": "90", "unit": "days"}
    assert client_of(administrator).post(reverse(SAVE), sent(FILES, off)).status_code == 302
    assert [one.active for one in in_force(RETENTION).rules] == [True, False]


def test_a_rule_about_contacts_shows_whom_it_would_take(
    administrator: User, privacy_officer: User, client_of: ClientOf
) -> None:
    allow()
    let_any_share_go()
    contact, browser = inactive(), client_of(administrator)
    seen = browser.post(reverse(SAVE), sent(IDLE, do="simulate")).text
    assert "1 of 1 contacts" in seen
    assert f"{reverse(WHOM)}?months=36" in seen
    page = client_of(privacy_officer).get(reverse(WHOM), {"months": "36"}).text
    assert reverse("contacts:detail", args=(contact.pk,)) in page
    assert "Nobody" in browser.get(reverse(WHOM), {"months": "60"}).text
    done = browser.post(reverse(SAVE), sent(IDLE, simulated="contacts 36 months"))
    assert done.status_code == 302, done.text


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({**IDLE, "unit": "days"}, "Contacts are kept for months."),
        ({**FILES, "source": "TICKETS"}, "Only a rule about contacts names a source."),
        ({**FILES, "keep": "0"}, "greater than or equal to 1"),
        ({**FILES, "what": "moon"}, "Select a valid choice"),
        ({**FILES, "name": ""}, "This field is required"),
    ],
)
def test_what_is_wrong_stands_at_its_row_and_is_not_simulated(
    administrator: User, client_of: ClientOf, take_in: Importer, row: Mapping[str, str], told: str
) -> None:
    browser = client_of(administrator)
    refused = browser.post(reverse(SAVE), sent(row))
    assert (refused.status_code, told in refused.text) == (422, True)
    drawn = browser.post(reverse(SAVE), sent(row, do="simulate"))
    assert (drawn.status_code, "Not simulated" in drawn.text) == (200, True)


def test_anonymising_that_is_switched_off_is_told(administrator: User, client_of: ClientOf) -> None:
    refused = client_of(administrator).post(reverse(SAVE), sent(IDLE, simulated="contacts 36 months"))
    assert (refused.status_code, "anonymising is switched off" in refused.text) == (422, True)


def test_who_may(client: Client, viewer: User, privacy_officer: User, client_of: ClientOf) -> None:
    for url in (reverse(PAGE), reverse(WHOM)):
        assert client.get(url).status_code == 302
        assert client_of(viewer).get(url).status_code == 403
    officer = client_of(privacy_officer)
    page = officer.get(reverse(PAGE))
    assert (page.status_code, "Simulate</button>" in page.text) == (200, False)
    assert officer.post(reverse(SAVE), sent(FILES)).status_code == 403


@pytest.mark.parametrize("asked", [{}, {"months": "x"}, {"months": "0"}, {"months": "3", "after": "9" * 40}])
def test_an_address_that_says_nothing_is_a_bad_request(
    privacy_officer: User, client_of: ClientOf, asked: dict[str, str]
) -> None:
    assert client_of(privacy_officer).get(reverse(WHOM), asked).status_code == 400


def test_the_pages_ask_the_database_as_often_however_many_there_are(
    administrator: User, client_of: ClientOf
) -> None:
    allow()
    inactive()
    browser = client_of(administrator)
    browser.get(reverse(WHOM), {"months": "36"})
    with CaptureQueriesContext(connection) as few:
        browser.get(reverse(WHOM), {"months": "36"})
    for number in range(60):
        inactive(f"Ines{number}")
    with CaptureQueriesContext(connection) as many:
        page = browser.get(reverse(WHOM), {"months": "36"})
    assert len(many) <= len(few)
    after = page.context["next"]
    rest = browser.get(reverse(WHOM), {"months": "36", "after": str(after)})
    assert len(rest.context["contacts"]) == 11
