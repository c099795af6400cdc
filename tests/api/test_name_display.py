"""C1: other systems read names as people do."""

from __future__ import annotations

import pytest
from django.test import Client

from kith.access.actors import COMMAND_LINE
from kith.contacts.settings.name_display import NAME_DISPLAY, NameDisplay, NameOrder
from kith.contacts.settings.renaming import rename
from kith.settings import actions
from tests.contacts import factories

pytestmark = pytest.mark.django_db


def test_c1_the_api_says_the_name_by_the_rule(viewing: Client) -> None:
    contact = factories.person("John", "Smith")
    value = NameDisplay(NameOrder.LAST_FIRST)
    actions.save_section(actor=COMMAND_LINE, section=NAME_DISPLAY, value=value)
    rename()
    assert viewing.get(f"/api/v1/contacts/{contact.pk}").json()["name"] == "Smith John"
    asked = {"q": "john smith"}
    found = viewing.post("/api/v1/contacts/search", asked, content_type="application/json").json()
    assert [one["name"] for one in found["items"]] == ["Smith John"]
