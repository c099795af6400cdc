from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from pytest_django.live_server_helper import LiveServer

from kith.access.models import User
from kith.contacts.models import Contact
from tests.journeys.walking import signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.journey, pytest.mark.slow]
PAGES = ("/", "/users/", "/users/add/", "/audit/", "/password/", "/nothing/")


def _people(*names: str) -> None:
    for name in names:
        contact = Contact.objects.create(kind="person", name=name)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE contacts_contact SET search = array_to_tsvector(%s) WHERE id = %s",
                [[f"f:{name.split()[0].lower()}", f"l:{name.split()[1].lower()}"], contact.pk],
            )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_passes_axe_and_fits_the_screen(
    browser: Browser, live_server: LiveServer, administrator: User, scheme: Literal["light", "dark"]
) -> None:
    page = signed_in(browser, live_server, administrator, scheme=scheme)
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 844})
        for address in PAGES:
            page.goto(address)
            assert Axe().run(page).response["violations"] == [], address
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_the_search_box_works_from_the_keyboard_alone(
    browser: Browser, live_server: LiveServer, viewer: User
) -> None:
    _people("Peter Panos", "Peter Zenon")
    page = signed_in(browser, live_server, viewer)
    page.keyboard.press("/")
    page.keyboard.type("peter")
    options = page.locator("#search-results [role=option]")
    options.first.wait_for()
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#search", "aria-activedescendant") == options.first.get_attribute("id")
    page.keyboard.press("Escape")
    assert page.locator("#search-results").is_hidden()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contacts/*/")


def test_on_a_phone_the_navigation_unfolds(browser: Browser, live_server: LiveServer, viewer: User) -> None:
    page = signed_in(browser, live_server, viewer)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.locator("#nav").is_hidden()
    page.get_by_role("button", name="Navigation").click()
    assert page.locator("#nav").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("#nav").is_hidden()
