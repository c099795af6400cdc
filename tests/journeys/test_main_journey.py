"""From a file to one person whose golden record says where each value comes from: C32, K2, K9, K11."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from kith.access.models import User
from kith.contacts.models import Contact
from kith.sources.models import SourceSystem
from tests.journeys.walking import faults, ready, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.journey, pytest.mark.slow]
FILE = (
    "Client ID,Title,First name,Last name,E-mail,Phone,Date of birth,Town\n"
    "T-1,Mrs,Eleni,Markou,eleni@example.org,+35799123456,14/03/1987,Limassol\n"
    "T-2,Dr,Eleni,Markou,eleni@example.org,+35799123457,14/03/1987,Larnaca\n"
    ",Mr,Nobody,Nowhere,,,,\n"
)
PAGES = (
    "/",
    "/contacts/",
    "/contacts/?kind=person&created_from=2020-01-01",
    "/contacts/?system_ref=T-",
    "/contacts/?q=nobody+at+all",
    "/contacts/new-person/",
    "/contacts/new-company/",
    "/sources/",
    "/sources/add/",
    "/sources/cleaning/",
    "/imports/",
    "/imports/new/",
    "/runs/",
    "/runs/settings/",
    "/matching-rules/",
    "/matching-rules/edit/",
    "/golden-rules/",
    "/golden-rules/edit/",
    "/jobs/",
)


@pytest.fixture
def person_with_two_refs(
    browser: Browser,
    live_server: LiveServer,
    steward: User,
    ticketing: SourceSystem,
    tmp_path: Path,
    work_off: Callable[[], None],
) -> Contact:
    page = signed_in(browser, live_server, steward)
    _import(page, _file(tmp_path), work_off)
    _run(page, work_off)
    return Contact.objects.get(state="active")


def _file(folder: Path) -> Path:
    path = folder / "clients.csv"
    path.write_text(FILE, encoding="utf-8")
    return path


def _import(page: Page, file: Path, work_off: Callable[[], None]) -> None:
    page.get_by_role("link", name=re.compile("^Imports")).click()
    page.get_by_role("link", name="New import").click()
    page.get_by_label("Source", exact=True).select_option(str(SourceSystem.objects.get(code="TICKETS").pk))
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Continue to the columns").click()
    page.get_by_label("Client ID").select_option("system_ref")
    page.get_by_role("button", name="Continue to the dry run").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This would happen")
    expect(page.get_by_text("2 new")).to_be_visible()
    expect(page.get_by_text("1 rejected")).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).click()
    page.wait_for_selector("#standing")
    work_off()
    page.reload()


def _run(page: Page, work_off: Callable[[], None]) -> None:
    page.goto("/runs/")
    page.get_by_role("button", name="Run now").click()
    page.wait_for_selector("h1")
    work_off()
    page.goto("/runs/")
    page.get_by_role("link", name=re.compile(r"^Run \d")).first.click()


def test_c32_k9_k11_a_steward_takes_a_file_to_one_golden_record(
    browser: Browser,
    live_server: LiveServer,
    steward: User,
    ticketing: SourceSystem,
    tmp_path: Path,
    work_off: Callable[[], None],
) -> None:
    page = signed_in(browser, live_server, steward)
    _import(page, _file(tmp_path), work_off)
    counts = page.locator("#standing dl")
    expect(counts).to_contain_text(re.compile(r"New\s*2"))
    expect(counts).to_contain_text(re.compile(r"Rejected\s*1"))
    expect(page.get_by_text("no System Ref")).to_be_visible()
    _run(page, work_off)
    expect(page.locator("#standing .card-head")).to_contain_text("Done")

    page.keyboard.press("/")
    page.keyboard.type("eleni mark")
    page.locator("#search-results [role=option]").first.click()
    page.wait_for_url(re.compile(r"/contacts/\d+/$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Eleni Markou")
    details = page.locator(".details")
    expect(details).to_contain_text("Ticketing")
    expect(details).to_contain_text("Limassol")
    page.get_by_role("link", name="Show every value").click()
    for losing in ("Dr", "Mrs"):
        expect(page.locator(".details").get_by_text(losing, exact=True).first).to_be_visible()

    page.get_by_role("link", name=re.compile("why", re.IGNORECASE)).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Why are these one person?")
    expect(page.locator(".pairs").get_by_text(re.compile(r"^Rule \d")).first).to_be_visible()


def test_the_pages_of_the_journey_pass_axe_and_fit_a_phone(
    browser: Browser,
    live_server: LiveServer,
    administrator: User,
    person_with_two_refs: Contact,
) -> None:
    page = signed_in(browser, live_server, administrator)
    one = f"/contacts/{person_with_two_refs.pk}/"
    run, taken = _first_link(page, "/runs/"), _first_link(page, "/imports/")
    found: list[str] = []
    for address in (
        *PAGES,
        *(f"{one}{tab}" for tab in ("", "?values=all", "system-refs/", "transactions/", "history/", "why/")),
        *(run, f"{run}changes/", taken),
    ):
        page.goto(address)
        found += faults(page)
    assert not found, "\n".join(found)


def _first_link(page: Page, folder: str) -> str:
    page.goto(folder)
    return str(page.locator(f"main table a[href^='{folder}']").first.get_attribute("href"))


def test_the_steps_of_an_import_pass_axe_and_fit_a_phone(
    browser: Browser, live_server: LiveServer, steward: User, ticketing: SourceSystem, tmp_path: Path
) -> None:
    page = signed_in(browser, live_server, steward)
    page.goto("/imports/new/")
    page.get_by_label("Source", exact=True).select_option(str(SourceSystem.objects.get(code="TICKETS").pk))
    page.get_by_label("File", exact=True).set_input_files(_file(tmp_path))
    page.get_by_role("button", name="Continue to the columns").click()
    found = faults(page)
    page.get_by_label("Client ID").select_option("system_ref")
    page.get_by_role("button", name="Continue to the dry run").click()
    found += faults(page)
    page.get_by_role("button", name="Import", exact=True).click()
    page.wait_for_selector("#standing")
    assert found + faults(page) == []


def test_c26_x1_typing_somebody_known_warns_and_the_saved_person_is_found(
    browser: Browser,
    live_server: LiveServer,
    steward: User,
    person_with_two_refs: Contact,
    local: SourceSystem,
) -> None:
    page = signed_in(browser, live_server, steward)
    page.goto("/contacts/")
    page.get_by_role("link", name="New person").click()
    ready(page.get_by_label("First name")).press_sequentially("Eleni")
    page.get_by_label("Last name").press_sequentially("Markou")
    page.locator("[name=emails-0-value]").press_sequentially("eleni@example.org")
    expect(page.locator("#duplicates")).to_contain_text("Eleni Markou")
    assert faults(page) == []
    page.get_by_label("First name").fill("Zoe")
    page.get_by_label("Last name").fill("Kallis")
    page.locator("[name=emails-0-value]").fill("zoe@example.org")
    expect(page.locator("#duplicates")).not_to_contain_text("Eleni Markou")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Zoe Kallis")
    page.wait_for_load_state()
    page.keyboard.press("/")
    page.keyboard.type("zoe kal")
    expect(page.locator("#search-results [role=option]").first).to_contain_text("Zoe Kallis")
