"""The settings over the API: read, saved on what was read, restored, carried as a file."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from kith.access.roles import RoleName
from kith.settings.models import SettingsVersion
from tests.api.conftest import SystemWith

PLACE = "/authorisation"
pytestmark = pytest.mark.django_db


@pytest.fixture
def setting(system_with: SystemWith) -> Client:
    return system_with(RoleName.POWER_USER).client


def _send(client: Client, method: str, path: str, body: object = None) -> Any:
    text, kind = ("", "") if body is None else (json.dumps(body), "application/json")
    return client.generic(method, f"/api/v1/settings{path}", text, content_type=kind)


def _save(client: Client, value: object, *, based_on: int | None) -> Any:
    return _send(client, "PUT", PLACE, {"value": value, "based_on": based_on})


def _open(client: Client, path: str = PLACE) -> Any:
    return _send(client, "GET", path).json()


def test_a_section_is_saved_on_what_was_read_and_an_earlier_version_restored(setting: Client) -> None:
    assert {"authorisation", "industries"} <= {one["key"] for one in _open(setting, "")["items"]}
    read = _open(setting)
    assert (read["version"], read["value"]["direct_marketing"]) == (None, None)
    value = {**read["value"], "direct_marketing": True}
    first = _save(setting, value, based_on=None).json()["version"]
    assert _save(setting, read["value"], based_on=None).status_code == 409
    now = _open(setting)
    assert (now["version"]["id"], now["value"]["direct_marketing"]) == (first, True)
    second = _save(setting, {**value, "affiliate_marketing": False}, based_on=first).json()["version"]
    assert [one["id"] for one in _open(setting, f"{PLACE}/versions")["items"]] == [second, first]
    assert _open(setting, f"{PLACE}/versions/{first}")["value"]["direct_marketing"] is True
    assert _send(setting, "POST", f"{PLACE}/versions/{first}/restore").status_code == 200
    assert _open(setting)["value"] == value
    assert _send(setting, "POST", f"{PLACE}/restore-shipped").json()["version"] is not None
    assert _send(setting, "POST", f"{PLACE}/restore-shipped").json()["version"] is None


def test_what_cannot_be_saved_is_refused_and_a_reader_may_not(setting: Client, viewing: Client) -> None:
    assert _save(setting, {"direct_marketing": "perhaps"}, based_on=None).status_code == 422
    assert _save(setting, {"direct_marketing": None, "x": 1}, based_on=None).status_code == 422
    assert _save(setting, {"direct_marketing": "\x00"}, based_on=None).status_code == 422
    assert _send(setting, "GET", "/nothing").status_code == 404
    assert _save(viewing, {}, based_on=None).status_code == 403
    mine = SettingsVersion.objects.create(section="authorisation", body={}, actor="A")
    assert _send(setting, "GET", f"/industries/versions/{mine.pk}").status_code == 404
    assert _send(setting, "POST", f"/industries/versions/{mine.pk}/restore").status_code == 404


def test_all_settings_go_out_and_come_in_as_one_file(setting: Client) -> None:
    file = _open(setting, "-file")
    assert _send(setting, "POST", "-file/preview", file).json()["sections"] == []
    file["sections"]["authorisation"]["direct_marketing"] = True
    preview = _send(setting, "POST", "-file/preview", file).json()
    (section,) = preview["sections"]
    assert (section["key"], section["changes"][0]["after"]) == ("authorisation", "yes")
    body = {"file": file, "seen": preview["seen"]}
    assert _send(setting, "POST", "-file", body).json() == {"changed": 1}
    assert _send(setting, "POST", "-file", body).status_code == 409
    assert SettingsVersion.objects.count() == 1
