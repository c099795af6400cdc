"""When what people decide takes effect: the settings, who may change them, and who asks for them."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.utils.module_loading import import_string
from pytest_django.fixtures import Settings

from kith.access.models import User
from kith.audit.models import Entry
from kith.stewardship.models import StewardshipSettings
from kith.stewardship.policy import settings_in_force
from tests.stewardship.asking import settle

ClientOf = Callable[[User], Client]
ADDRESS = "/runs/settings/stewardship/"


def test_without_a_word_everything_happens_at_once_and_by_one_person(db: None) -> None:
    found = settings_in_force()
    assert (found.changes_wait, found.edits_wait, found.second_reviewer) == (False, False, False)


def test_x2_a_power_user_says_what_waits_and_the_journal_says_so(
    power_user: User, client_of: ClientOf
) -> None:
    browser = client_of(power_user)
    assert "wait for the overnight run" in browser.get(ADDRESS).text
    page = browser.post(f"{ADDRESS}save/", {"changes_wait": "on", "second_reviewer": "on"}, follow=True)
    assert "The settings were saved" in page.text
    found = StewardshipSettings.objects.get()
    assert (found.changes_wait, found.edits_wait, found.second_reviewer) == (True, False, True)
    entry = Entry.objects.get(event="StewardshipSettingsSaved")
    assert entry.detail == {"changes_wait": True, "edits_wait": False, "second_reviewer": True}


def test_the_setting_for_edits_is_asked_by_its_name(db: None, settings: Settings) -> None:
    waits = import_string(settings.KITH_EDITS_WAIT)
    assert waits() is False
    settle(edits_wait=True)
    assert waits() is True


def test_the_two_pages_of_settings_lead_to_each_other(power_user: User, client_of: ClientOf) -> None:
    browser = client_of(power_user)
    assert ADDRESS in browser.get("/runs/settings/").text
    assert 'href="/runs/settings/"' in browser.get(ADDRESS).text


def test_who_may_see_settings_but_not_change_them_reads_only(
    privacy_officer: User, client_of: ClientOf
) -> None:
    browser = client_of(privacy_officer)
    page = browser.get(ADDRESS).text
    assert "disabled" in page
    assert "Power users and administrators" in page
    assert browser.post(f"{ADDRESS}save/", {"changes_wait": "on"}).status_code == 403
    assert not StewardshipSettings.objects.exists()


def test_settings_of_stewardship_are_closed_to_strangers_and_stewards(
    client: Client, steward: User, client_of: ClientOf
) -> None:
    assert client.get(ADDRESS).status_code == 302
    assert client_of(steward).get(ADDRESS).status_code == 403
    assert client_of(steward).post(f"{ADDRESS}save/", {}).status_code == 403
