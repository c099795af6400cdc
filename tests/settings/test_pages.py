"""The list of settings, their history, and the file: it works, who may and who may not, nonsense."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.settings import actions, carrying
from kith.settings.in_force import in_force
from kith.settings.models import SettingsVersion
from kith.settings.sections import sections
from tests.settings.tea import BISCUITS, TEA, Biscuits, Milk, Tea

ClientOf = Callable[[User], Client]
STRONG = Tea(minutes=6, milk=Milk.FIRST)


def a_file(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("settings.json", text.encode(), content_type="application/json")


def test_the_list_leads_to_every_section_and_to_the_older_pages(
    privacy_officer: User, client_of: ClientOf
) -> None:
    page = client_of(privacy_officer).get("/settings/").text
    for section in sections().values():
        assert f'href="{reverse(section.url_name)}"' in page, section.key
    for url in ("/runs/settings/", "/runs/settings/stewardship/", "/sources/cleaning/"):
        assert f'href="{url}"' in page
    assert "/settings/import/" not in page


def test_every_section_has_an_editor_that_opens(
    power_user: User, privacy_officer: User, client_of: ClientOf
) -> None:
    for section in sections().values():
        page = client_of(power_user).get(reverse(section.url_name))
        assert page.status_code == 200, section.key
        assert client_of(privacy_officer).get(reverse(section.url_name)).status_code == 200


@pytest.mark.usefixtures("tea_sections")
def test_the_list_says_when_and_by_whom(power_user: User, client_of: ClientOf) -> None:
    actions.save_section(actor=power_user.actor, section=TEA, value=STRONG)
    page = client_of(power_user).get("/settings/").text
    assert "Power user" in page
    assert "just now" in page
    assert "As Kith came" in page


def test_the_list_asks_equally_often_whatever_was_saved(power_user: User, client_of: ClientOf) -> None:
    browser = client_of(power_user)
    with CaptureQueriesContext(connection) as few:
        browser.get("/settings/")
    for section in sections().values():
        SettingsVersion.objects.create(section=section.key, body={}, actor="Somebody")
    with CaptureQueriesContext(connection) as many:
        browser.get("/settings/")
    assert len(few) == len(many)


def test_a_stranger_signs_in_first_and_a_viewer_may_not(
    viewer: User, client: Client, client_of: ClientOf
) -> None:
    for address in (
        "/settings/",
        "/settings/export/",
        "/settings/history/contact_types/",
        "/settings/import/",
    ):
        assert client.get(address).status_code == 302
        assert client_of(viewer).get(address).status_code == 403


def test_whoever_may_only_look_changes_nothing(privacy_officer: User, client_of: ClientOf) -> None:
    browser = client_of(privacy_officer)
    for address in (
        "/settings/import/",
        "/settings/import/confirm/",
        "/settings/versions/1/restore/",
        "/settings/history/contact_types/shipped/",
        "/settings/contacts/types/save/",
    ):
        assert browser.post(address).status_code == 403


@pytest.mark.usefixtures("tea_sections")
def test_the_history_says_what_each_version_changed_and_restores(
    power_user: User, client_of: ClientOf
) -> None:
    browser = client_of(power_user)
    assert "Nothing was changed so far" in browser.get("/settings/history/tea/").text
    first = actions.save_section(actor=COMMAND_LINE, section=TEA, value=STRONG, note="Stronger")
    actions.save_section(actor=COMMAND_LINE, section=TEA, value=Tea(minutes=5))
    page = browser.get("/settings/history/tea/").text
    assert "Stronger" in page
    assert first is not None
    answer = browser.post(f"/settings/versions/{first.pk}/restore/", follow=True)
    assert "Restored" in answer.text
    assert in_force(TEA) == STRONG
    browser.post("/settings/history/tea/shipped/")
    assert in_force(TEA) == Tea()


@pytest.mark.usefixtures("tea_sections")
def test_a_long_history_is_paged_with_its_differences_and_a_fixed_number_of_queries(
    power_user: User, client_of: ClientOf
) -> None:
    browser = client_of(power_user)
    for minutes in range(5, 9):
        actions.save_section(actor=COMMAND_LINE, section=BISCUITS, value=Biscuits(minutes))
    with CaptureQueriesContext(connection) as few:
        browser.get("/settings/history/biscuits/")
    for number in range(25):
        SettingsVersion.objects.create(section="biscuits", body={"number": number % 9}, actor="Somebody")
    with CaptureQueriesContext(connection) as many:
        page = browser.get("/settings/history/biscuits/")
    assert len(many) == len(few)
    assert page.text.count("Restore<span") == 19
    assert browser.get("/settings/history/biscuits/?page=2").status_code == 200


def test_what_is_not_there_is_not_found(power_user: User, client_of: ClientOf) -> None:
    browser = client_of(power_user)
    assert browser.get("/settings/history/coffee/").status_code == 404
    assert browser.post("/settings/versions/999999/restore/").status_code == 404
    assert browser.post("/settings/history/coffee/shipped/").status_code == 404
    assert browser.get("/settings/versions/abc/restore/").status_code == 404


@pytest.mark.usefixtures("tea_sections")
def test_settings_are_exported_previewed_and_taken_in_as_one_file(
    power_user: User, client_of: ClientOf
) -> None:
    browser = client_of(power_user)
    actions.save_section(actor=COMMAND_LINE, section=TEA, value=STRONG)
    answer = browser.get("/settings/export/")
    assert "kith-settings-" in answer["Content-Disposition"]
    text = answer.text
    actions.restore_shipped(actor=COMMAND_LINE, section=sections()["tea"])
    preview = browser.post("/settings/import/", {"file": a_file(text)})
    assert preview.status_code == 200
    assert in_force(TEA) == Tea()
    assert "minutes" in preview.text
    assert "The same here and there: Biscuits" in preview.text
    sent = {"text": text, "seen": preview.context["seen"], "note": "From the old house"}
    done = browser.post("/settings/import/confirm/", sent, follow=True)
    assert "1 section changed" in done.text
    assert in_force(TEA) == STRONG
    assert SettingsVersion.objects.latest("pk").note == "From the old house"
    assert "Nothing would change" in browser.post("/settings/import/", {"file": a_file(text)}).text


@pytest.mark.usefixtures("tea_sections")
def test_a_file_with_a_problem_is_shown_and_cannot_be_taken_in(power_user: User, client_of: ClientOf) -> None:
    browser = client_of(power_user)
    body = {"tea": TEA.to_json(STRONG), "biscuits": {"number": 12}}
    text = json.dumps({"format": carrying.FORMAT, "sections": body})
    preview = browser.post("/settings/import/", {"file": a_file(text)}).text
    assert "There are not so many." in preview
    assert "Take all of it in" not in preview
    assert browser.post("/settings/import/confirm/", {"text": text}).status_code == 422
    assert not SettingsVersion.objects.exists()


@pytest.mark.usefixtures("tea_sections")
def test_a_file_is_looked_at_again_when_somebody_saved_meanwhile(
    power_user: User, client_of: ClientOf
) -> None:
    browser = client_of(power_user)
    text = json.dumps({"format": carrying.FORMAT, "sections": {"tea": TEA.to_json(STRONG)}})
    seen = browser.post("/settings/import/", {"file": a_file(text)}).context["seen"]
    actions.save_section(actor=COMMAND_LINE, section=BISCUITS, value=Biscuits(1))
    answer = browser.post("/settings/import/confirm/", {"text": text, "seen": seen})
    assert answer.status_code == 422
    assert "Look again" in answer.text
    assert in_force(TEA) == Tea()


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"no json", b""])
def test_a_file_that_is_none_is_refused_at_its_field(
    content: bytes, power_user: User, client_of: ClientOf
) -> None:
    file = SimpleUploadedFile("x.json", content)
    answer = client_of(power_user).post("/settings/import/", {"file": file})
    assert answer.status_code == 422
    assert "errorlist" in answer.text
