"""A power user edits the matching model, tries it and publishes it; an agent reads why two are one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from pytest_django.live_server_helper import LiveServer

from kith.access.models import User
from kith.contacts.models import Contact
from kith.grouping.recipe import actions
from kith.grouping.recipe.versions import model_in_force
from kith.matching.records import PERSON
from kith.matching.shipped import shipped_model
from tests.claims import claim, place
from tests.journeys.walking import faults, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.journey]


def two_reids() -> Contact:
    contact = Contact.objects.create(kind=PERSON, name="Eleni Reid")
    reid = {"first_name": "Eleni", "last_name": "Reid", "birth_date": "1980-01-17"}
    place(contact, *(claim(code, code, received_at=None, **reid) for code in ("TICKETS", "SHOP")))
    return contact


def test_the_model_is_edited_tried_and_published_and_says_what_is_wrong_while_typing(
    browser: Browser, live_server: LiveServer, power_user: User
) -> None:
    two_reids()
    page = signed_in(browser, live_server, power_user)
    page.goto("/matching-rules/")
    page.get_by_role("link", name="Model of persons").click()
    found = faults(page)
    page.get_by_role("link", name="Edit").click()
    share = page.get_by_label("m, same birth date")
    share.fill("3")
    share.press("Tab")
    page.get_by_text("M and u must be more than 0").wait_for()
    found += faults(page)
    share.fill("0.9")
    page.get_by_label("Group from, in bits").fill("60")
    page.get_by_placeholder("What did you change").fill("Nobody by the model")
    page.get_by_role("button", name="Save as draft").click()
    page.get_by_role("button", name="Try it").click()
    page.get_by_role("heading", name="1 more contact").wait_for()
    found += faults(page)
    page.get_by_role("button", name="Publish…").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_text("is in force; the next run compares everything again").wait_for()
    assert model_in_force(PERSON).model.group_at == 60
    assert not found, "\n".join(found)


def test_why_two_are_one_is_read_bit_by_bit(
    browser: Browser, live_server: LiveServer, agent: User, power_user: User
) -> None:
    contact = two_reids()
    easy = replace(shipped_model(PERSON), group_at=0.0, review_at=-5.0)
    draft = actions.save_model_draft(actor=power_user.actor, model=easy, based_on=None)
    actions.publish_model(actor=power_user.actor, model_id=draft.pk)
    page = signed_in(browser, live_server, agent)
    page.goto(f"/contacts/{contact.pk}/why/")
    assert page.get_by_role("row", name="Birth date same birth date").is_visible()
    found = faults(page)
    assert not found, "\n".join(found)
