"""A power user edits a list of the settings by keyboard, and tries a formatting rule before saving it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pytest_django.live_server_helper import LiveServer

from kith.access.models import User
from kith.contacts.settings.categories import categories_in_force
from kith.contacts.settings.formatting import formatting_in_force
from tests.journeys.walking import faults, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.journey]


def test_c7_a_category_is_added_moved_and_saved_by_keyboard(
    browser: Browser, live_server: LiveServer, power_user: User
) -> None:
    page = signed_in(browser, live_server, power_user)
    page.goto("/settings/")
    found = faults(page)
    page.get_by_role("link", name="Categories").click()
    page.get_by_role("button", name="Add category").focus()
    page.keyboard.press("Enter")
    row = page.get_by_role("group", name="Category 5")
    row.get_by_label("Label").wait_for()
    assert row.get_by_label("Label").evaluate("(one) => one === document.activeElement")
    page.keyboard.type("Sales partner")
    up = page.get_by_role("button", name="Move this row up")
    up.focus()
    page.keyboard.press("Enter")
    moved = page.get_by_role("group", name="Category 4: Sales partner")
    moved.wait_for()
    assert moved.get_by_label("Code").input_value() == "SALES_PARTNER"
    again = page.get_by_role("button", name="Move Sales partner up")
    assert again.evaluate("(one) => one === document.activeElement")
    moved.get_by_label("Part of").select_option("PARTNER")
    found += faults(page)
    page.get_by_label("Note on this version").fill("Partners who sell")
    page.keyboard.press("Enter")
    page.get_by_text("It counts from now on").wait_for()
    saved = categories_in_force().of("SALES_PARTNER")
    assert saved is not None
    assert saved.parent == "PARTNER"
    page.get_by_role("link", name="History").click()
    assert page.get_by_text("Partners who sell").is_visible()
    found += faults(page)
    assert not found


def test_a38_a_rule_is_tried_before_it_is_saved(
    browser: Browser, live_server: LiveServer, power_user: User
) -> None:
    page = signed_in(browser, live_server, power_user)
    page.goto("/settings/contacts/formatting/")
    page.get_by_role("button", name="Add rule").click()
    rule = page.get_by_role("group", name="Rule 1")
    rule.get_by_label("Country").fill("Cyprus")
    rule.get_by_label("Shortest").fill("4")
    rule.get_by_label("Longest").fill("4")
    rule.get_by_label("Characters").select_option("digits")
    tester = page.get_by_role("region", name="Try a value")
    tester.get_by_label("Country").fill("CY")
    tester.get_by_label("Value").fill("12A")
    tester.get_by_role("button", name="Try").click()
    page.get_by_text("exactly 4 digits").wait_for()
    assert not faults(page)
    assert not formatting_in_force().rules
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("It counts when a value is typed").wait_for()
    assert formatting_in_force().rules[0].country == "CY"
