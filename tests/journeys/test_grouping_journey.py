"""A steward groups contacts, takes it back, ungroups, splits by keyboard and mouse, moves a System Ref."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pytest_django.live_server_helper import LiveServer

from kith.access.models import User
from kith.contacts.models import Contact
from kith.sources.models import Membership, SourceRecord
from tests.contacts import factories
from tests.journey_browser import PATIENCE_MS
from tests.journeys.walking import faults, ready, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.journey]
NBSP = "\u00a0"


def numbered(contact: Contact) -> str:
    return f"{contact.pk:,}".replace(",", NBSP)


def add(page: Page, text: str, contact: Contact) -> None:
    ready(page.get_by_label("Find persons to add")).fill(text)
    page.get_by_role("button", name=f"Add Group ID {numbered(contact)}").click()
    page.locator(f'input[name="with"][value="{contact.pk}"]').wait_for(state="attached")
    # What htmx has just put there listens a moment later.
    page.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-settling, .htmx-added')")


def confirm(page: Page, verb: str) -> None:
    page.locator("#confirm").get_by_role("button", name=verb).click()
    page.get_by_role("dialog").get_by_role("button", name=verb).click()


def test_k14_k15_k16_two_searches_one_grouping_and_its_undo(
    browser: Browser, live_server: LiveServer, steward: User
) -> None:
    opened, helen = factories.person(), factories.person("Helen", "Reid", birth_date="14/03/1987")
    nora = factories.person("Nora", "Lind", email_1="nora@lind.example")
    page = signed_in(browser, live_server, steward)
    page.goto(f"/contacts/{opened.pk}/")
    page.locator(".page-actions summary").click()
    found = faults(page)
    page.get_by_role("link", name="Group…").click()
    add(page, "helen", helen)
    add(page, "nora", nora)
    assert page.get_by_role("button", name="Added").is_disabled()
    page.get_by_role("radio", name="Helen Reid").check()
    found += faults(page)
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("heading", name="Group 3 contacts").wait_for()
    assert page.get_by_text("nora@lind.example").is_visible()
    found += faults(page)
    page.get_by_label("Reason").fill("Same passport")
    page.locator("#confirm").get_by_role("button", name="Group contacts").click()
    found += faults(page)
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert Contact.objects.filter(state="active").count() == 3
    confirm(page, "Group contacts")
    page.get_by_role("heading", name="Helen Reid").wait_for()
    assert set(Contact.objects.filter(successor=helen).values_list("pk", flat=True)) == {opened.pk, nora.pk}
    page.get_by_role("link", name="Undo").first.click()
    page.get_by_text("Same passport").wait_for()
    found += faults(page)
    confirm(page, "Undo")
    page.get_by_text("Undone by operation").wait_for()
    found += faults(page)
    assert Contact.objects.filter(state="active").count() == 3
    page.goto("/operations/")
    found += faults(page)
    assert not found, "\n".join(found)


def test_k17_three_are_ungrouped_and_each_has_a_group_id(
    browser: Browser, live_server: LiveServer, steward: User
) -> None:
    contact = factories.contact(*(factories.record({"last_name": "Lee"}) for _ in range(3)))
    page = signed_in(browser, live_server, steward)
    page.goto(f"/contacts/{contact.pk}/")
    page.locator(".page-actions summary").click()
    page.get_by_role("link", name="Ungroup…").click()
    page.get_by_text("Remembered: no run will group them again").wait_for()
    found = faults(page)
    confirm(page, "Ungroup")
    page.get_by_role("heading", name="Ungrouped").wait_for()
    found += faults(page)
    assert Contact.objects.filter(state="active").count() == 3
    assert not found, "\n".join(found)


def test_a_contact_is_split_by_keyboard_and_by_mouse(
    browser: Browser, live_server: LiveServer, steward: User
) -> None:
    contact = factories.eleni()
    newsletter, shop = (SourceRecord.objects.get(system_ref=ref) for ref in ("nl_88121", "SHOP-5512"))
    page = signed_in(browser, live_server, steward)
    page.goto(f"/contacts/{contact.pk}/split/?part=")
    choice = page.get_by_label("News nl_88121")
    choice.focus()
    page.keyboard.press("2")
    assert page.locator('.part[data-part="2"]').get_by_text("nl_88121", exact=True).is_visible()
    assert page.evaluate("document.activeElement.value") == "2"
    card = page.locator(".part-handle", has_text="SHOP-5512")
    card.drag_to(page.locator('.part[data-part="2"]'))
    assert page.get_by_label("Shop SHOP-5512").input_value() == "2"
    found = faults(page)
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("heading", name="Split into 2 contacts").wait_for()
    found += faults(page)
    confirm(page, "Split")
    page.get_by_role("heading", name="Split").wait_for()
    page.get_by_text("Keep apart").wait_for()
    homes = dict(Membership.objects.values_list("record_id", "contact_id"))
    assert homes[newsletter.pk] == homes[shop.pk]
    assert sum(home == contact.pk for home in homes.values()) == 2
    assert not found, "\n".join(found)


def test_a_system_ref_is_moved_without_javascript(
    browser: Browser, live_server: LiveServer, steward: User
) -> None:
    contact, james = factories.eleni(), factories.person("James", "Reid")
    record = SourceRecord.objects.get(system_ref="nl_88121")
    signed = signed_in(browser, live_server, steward)
    state = signed.context.storage_state()
    plain = browser.new_context(base_url=live_server.url, java_script_enabled=False, storage_state=state)
    page = plain.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"/contacts/{contact.pk}/system-refs/")
    page.locator("section", has_text="nl_88121").get_by_role("link", name="Move to another contact…").click()
    ready(page.get_by_label("Find the contact it moves to")).fill("james")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("button", name=f"Move to Group ID {numbered(james)}").click()
    confirm(page, "Move")
    page.get_by_role("heading", name="James Reid").wait_for()
    assert Membership.objects.get(record=record).contact_id == james.pk
    signed.goto(f"/system-refs/{record.pk}/move/")
    found = faults(signed)
    assert not found, "\n".join(found)
