"""C30: a relation is added by keyboard, shows on both contacts, and its pages pass axe on two screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from kith.access.models import User
from kith.relations.models import Relation
from tests.contacts import factories
from tests.journeys.walking import faults, ready, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.journey]


def test_c30_a_relation_is_added_without_the_mouse_and_its_pages_pass_axe_and_fit_a_phone(
    browser: Browser, live_server: LiveServer, steward: User
) -> None:
    eleni, petros = factories.eleni(), factories.person("Petros", "Nikolaou")
    page = signed_in(browser, live_server, steward)
    page.goto(f"/contacts/{eleni.pk}/")
    page.get_by_role("link", name="Add a relation").focus()
    page.keyboard.press("Enter")
    ready(page.get_by_label("Find a person or company")).press_sequentially("petros")
    choose = page.get_by_role("button", name="Choose Group ID")
    choose.wait_for()
    found = faults(page)
    choose.focus()
    page.keyboard.press("Enter")
    kind = page.get_by_label("Petros Nikolaou is this to Eleni")
    kind.focus()
    kind.press_sequentially("Partner")
    found += faults(page)
    page.get_by_role("button", name="Save relation").press("Enter")
    expect(page.locator("#relations").get_by_role("link", name="Petros Nikolaou", exact=True)).to_be_visible()
    picture = page.get_by_role("img", name="Household")
    expect(picture).to_have_count(1)
    found += faults(page)
    relation = Relation.objects.get()
    for path in (f"/relations/of/{eleni.pk}/", f"/relations/of/{petros.pk}/{relation.pk}/"):
        page.goto(path)
        found += faults(page)
    assert not found, found
