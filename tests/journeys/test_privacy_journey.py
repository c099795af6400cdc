"""A privacy officer's day: suppress, deceased, a request, a hold, anonymised and proved, who did what.

Each page passes axe in light and dark, on a desk and a phone; no page breaks the content security policy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.accounts.models import Account
from kith.audit.models import Entry
from kith.contacts.actions import add_contact
from kith.contacts.models import Contact
from kith.notes import actions as notes
from kith.privacy.models import Erasure
from tests.claims import source
from tests.conftest import PASSWORD
from tests.contacts import factories
from tests.journeys.walking import faults, ready, signed_in
from tests.privacy.erasing.test_erasures import allow

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.journey]
MARKER = "Called about the matinee in Harbour Walk"
REPORT_CSP = "document.addEventListener('securitypolicyviolation', one => kithCsp(one.violatedDirective))"


@dataclass(slots=True)
class Day:
    page: Page
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self._said(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self._said(str(error)))
        self.page.expose_function("kithCsp", lambda what: self._said(f"policy broken: {what}"))
        self.page.add_init_script(REPORT_CSP)

    def _said(self, what: str) -> None:
        self.wrong.append(f"{self.page.url}: {what}")

    def arrive(self, heading: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        self.page.wait_for_load_state()
        self.wrong += faults(self.page)

    def choose(self, contact: Contact, entry: str) -> None:
        """From the menu of her page."""
        self.page.goto(f"/contacts/{contact.pk}/")
        ready(self.page.locator("details.menu summary")).click()
        self.page.locator("details.menu").get_by_role("link", name=entry).click()

    def taken(self, role: str, name: str) -> bytes:
        with self.page.expect_download() as download:
            self.page.get_by_role("button" if role == "button" else "link", name=name).click()
        return Path(download.value.path()).read_bytes()


@pytest.fixture
def day(browser: Browser, live_server: LiveServer, privacy_officer: User) -> Day:
    source("LOCAL")  # an earlier test may have emptied every table
    return Day(signed_in(browser, live_server, privacy_officer))


@pytest.fixture
def third(transactional_db: None) -> Contact:
    """To be anonymised: four System Refs of sources, and an account that stands against it."""
    contact = factories.eleni()
    notes.add_note(actor=COMMAND_LINE, contact_id=contact.pk, text=MARKER)
    Account.objects.create(record_id=contact.primary_record_id, number="A-1", currency="EUR")
    return contact


def typed_in(first: str, last: str) -> Contact:
    pk = add_contact(actor=COMMAND_LINE, kind="person", claim={"first_name": first, "last_name": last})
    return Contact.objects.get(pk=pk)


def test_a_privacy_officer_suppresses_reports_anonymises_and_proves_it(
    day: Day, third: Contact, privacy_officer: User, work_off: Callable[[], None]
) -> None:
    petros, dora = typed_in("Petros", "Nikolaou"), typed_in("Dora", "Marlowe")
    allow()
    _suppress(day, petros)
    _flag_deceased(day, dora)
    _restrict_and_lift(day, petros)
    _answer_a_request(day, petros)
    _is_told_what_stands_against_it(day, third)
    erasure = _anonymise(day, third, work_off)
    _certificate(day, erasure)
    _nobody_is_left(day, third)
    _erase_elsewhere(day)
    _who_did_what(day, third, privacy_officer)
    day.page.context.close()
    assert not day.wrong, "\n".join(day.wrong)


def _suppress(day: Day, petros: Contact) -> None:
    day.choose(petros, "Suppress…")
    day.arrive("Suppress")
    day.page.get_by_label("Reason").select_option("opt_out")
    day.page.get_by_label("Note").fill("Letter of 20 November")
    day.page.get_by_role("button", name="Suppress", exact=True).click()
    day.arrive(re.compile("Petros Nikolaou.*Suppressed"))
    expect(day.page.get_by_role("region", name="Suppressions")).to_contain_text("Letter of 20 November")


def _flag_deceased(day: Day, dora: Contact) -> None:
    day.choose(dora, "Flag Deceased…")
    day.arrive("Flag Deceased")
    day.page.get_by_label("Day of death").fill("2026-11-02")
    day.page.get_by_label("Note").fill("Her daughter wrote")
    day.page.get_by_role("button", name="Flag Deceased", exact=True).click()
    day.arrive(re.compile("Dora Marlowe.*Suppressed"))
    expect(day.page.get_by_role("region", name="Suppressions")).to_contain_text("Deceased")
    day.page.goto("/suppressions/")
    day.arrive("Suppressions")
    expect(day.page.get_by_text("Letter of 20 November")).to_be_visible()


def _restrict_and_lift(day: Day, petros: Contact) -> None:
    day.choose(petros, "Suppress…")
    day.page.get_by_label("Reason").select_option("restricted")
    day.page.get_by_label("Note").fill("His address is contested")
    day.page.get_by_role("button", name="Suppress", exact=True).click()
    day.arrive(re.compile("Petros Nikolaou.*Processing restricted"))
    card = day.page.get_by_role("region", name="Suppressions").get_by_role("listitem")
    card.filter(has_text="contested").get_by_role("link", name="Unflag Suppression").click()
    day.arrive("Unflag Suppression")
    day.page.get_by_label("Note").fill("The address is right now; told him by phone")
    day.page.get_by_label("I am sure").check()
    day.page.get_by_role("button", name="Unflag Suppression").click()
    expect(day.page).to_have_url(re.compile("/lift/"))
    day.page.get_by_label("The person was told").check()
    day.page.get_by_role("button", name="Unflag Suppression").click()
    day.arrive(re.compile("Petros Nikolaou *Suppressed$"))


def _answer_a_request(day: Day, petros: Contact) -> None:
    page = day.page
    page.goto("/privacy/requests/")
    day.arrive("Requests of persons")
    page.get_by_role("link", name="New request").click()
    day.arrive("New request of a person")
    page.get_by_label("Asks for").select_option("access")
    page.get_by_label("How it came").select_option("letter")
    page.get_by_label("Received on").fill("2026-11-20")
    page.get_by_label("In the person's words").fill("What do you hold about me?")
    page.get_by_label("GroupID").fill(str(petros.pk))
    page.get_by_role("button", name="Put into the register").click()
    day.arrive(re.compile("^Request .*access"))
    request = page.url
    page.get_by_label("How it was checked").fill("Passport shown at the desk")
    page.get_by_role("button", name="The identity is checked").click()
    page.get_by_role("link", name="Request Information").click()
    day.arrive("Request Information")
    assert day.taken("button", "Download").startswith(b"%PDF-")
    assert Entry.objects.filter(event="InformationGiven", group_id=petros.pk).count() == 1
    page.goto(request)
    page.get_by_label("What was answered").fill("The report, by hand")
    page.get_by_role("button", name="Close the request").click()
    expect(page.get_by_role("heading", name="Answered")).to_be_visible()
    day.arrive(re.compile("^Request .*access"))


def _is_told_what_stands_against_it(day: Day, third: Contact) -> None:
    day.choose(third, "Anonymise…")
    day.arrive("Anonymise this contact for ever")
    blockers = day.page.get_by_role("region", name="It may not be anonymised now")
    expect(blockers.get_by_role("link", name="account A-1 is not terminated")).to_be_visible()
    expect(day.page.get_by_role("button", name="Anonymise for ever")).to_have_count(0)
    Account.objects.filter(number="A-1").delete()
    _held(day, third)


def _held(day: Day, third: Contact) -> None:
    """By a court, until it is lifted."""
    page = day.page
    day.choose(third, "Legal hold…")
    day.arrive("Legal hold")
    page.get_by_label("Why it must be kept").fill("Case 12 of 2026")
    page.get_by_role("button", name="Hold", exact=True).click()
    page.goto(f"/privacy/contacts/{third.pk}/anonymise/")
    page.get_by_role("link", name=re.compile("^Legal hold .* is in force")).click()
    day.arrive("Legal hold")
    page.get_by_label("Why it is lifted").fill("Settled")
    page.get_by_role("button", name="Lift", exact=True).click()
    expect(page.get_by_text("Lifted", exact=True)).to_be_visible()


def _anonymise(day: Day, third: Contact, work_off: Callable[[], None]) -> Erasure:
    page = day.page
    day.choose(third, "Anonymise…")
    day.arrive("Anonymise this contact for ever")
    expect(page.get_by_role("region", name="What goes")).to_contain_text("System Refs")
    page.get_by_label("Type the GroupID").fill(str(third.pk + 1))
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Anonymise for ever").click()
    expect(page.get_by_text("The GroupID you typed is another one")).to_be_visible()
    day.wrong = [one for one in day.wrong if "422" not in one]  # the browser tells of a refused form
    assert not Erasure.objects.exists()
    page.get_by_label("Type the GroupID").fill(str(third.pk))
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Anonymise for ever").click()
    day.arrive(re.compile("^Anonymising GroupID"))
    expect(page.get_by_role("link", name="Certificate")).to_have_count(0)
    work_off()
    expect(page.get_by_role("link", name="Certificate")).to_be_visible()  # the page looks by itself
    day.arrive(re.compile("^Anonymising GroupID"))
    return Erasure.objects.get(contact_id=third.pk)


def _certificate(day: Day, erasure: Erasure) -> None:
    page = day.page
    page.get_by_role("link", name="Certificate").click()
    day.arrive("Certificate of anonymising")
    expect(page.get_by_text("Authentic", exact=True)).to_be_visible()
    assert day.taken("link", "PDF").startswith(b"%PDF-")
    handed = json.loads(day.taken("link", "JSON"))
    assert (handed["certificate"]["erasure"], handed["certificate"]["found"]) == (str(erasure.uid), 0)
    page.goto("/privacy/erasures/?show=done")
    day.arrive("Anonymised contacts")
    expect(page.get_by_text("Anonymised and proved")).to_be_visible()


def _nobody_is_left(day: Day, third: Contact) -> None:
    day.page.goto(f"/contacts/{third.pk}/")
    day.arrive("Anonymised")
    said = day.page.content()
    assert not [one for one in ("Eleni", "Papadopoulou", MARKER, "M-20931") if one in said]


def _erase_elsewhere(day: Day) -> None:
    page = day.page
    page.goto("/privacy/elsewhere/")
    day.arrive("Erase elsewhere")
    assert page.get_by_role("link", name="Erase the System Ref").count() == 4
    page.get_by_role("row", name=re.compile("Members")).get_by_role("link").click()
    page.get_by_role("button", name="Show the number").click()
    expect(page.get_by_text("M-20931")).to_be_visible()
    day.arrive(re.compile("^Erase in"))


def _who_did_what(day: Day, third: Contact, officer: User) -> None:
    day.page.goto("/audit/")
    day.arrive("Audit log")
    day.page.goto(f"/audit/contacts/{third.pk}/")
    day.arrive(re.compile("^GroupID"))
    events = day.page.get_by_role("region", name="Entries")
    expect(events).to_contain_text(officer.name)
    day.page.goto(f"/audit/users/{officer.pk}/")
    day.arrive(officer.name)
