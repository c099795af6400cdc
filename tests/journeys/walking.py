"""A person at a browser: signs in, and looks at a page in both colour schemes and on two screens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from axe_playwright_python.sync_playwright import Axe
from pytest_django.live_server_helper import LiveServer

from kith.access.models import User
from tests.conftest import PASSWORD
from tests.journey_browser import PATIENCE_MS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

DESK, PHONE = 1440, 390
FITS = "document.documentElement.scrollWidth <= innerWidth"


def signed_in(
    browser: Browser, live_server: LiveServer, user: User, *, scheme: Literal["light", "dark"] = "light"
) -> Page:
    """On Home, which listens."""
    context = browser.new_context(base_url=live_server.url, reduced_motion="reduce", color_scheme=scheme)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    return page


def ready(control: Locator) -> Locator:
    """There, and its page listens: scripts run after what they work on can be seen."""
    control.wait_for()
    control.page.wait_for_load_state()
    return control


def faults(page: Page) -> list[str]:
    """What axe finds on the page as it stands, and whether it is wider than the screen."""
    found: list[str] = []
    for width in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": 844})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            where = f"{page.url} {width} {scheme}"
            found += [f"{where}: {one}" for one in violations(page)]
        if not page.evaluate(FITS):
            found.append(f"{page.url} is wider than {width} px")
    page.set_viewport_size({"width": DESK, "height": 844})
    page.emulate_media(color_scheme="light")
    return found


def violations(page: Page) -> list[str]:
    violations = Axe().run(page).response["violations"]
    return [
        f"{one['id']} at {node['target']} {node['html'][:160]}" for one in violations for node in one["nodes"]
    ]
