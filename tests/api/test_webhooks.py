"""Webhooks are kept through the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from kith.access.roles import RoleName
from kith.audit.models import Entry
from kith.delivery import signing
from kith.delivery.models import Endpoint, Message
from tests.api.conftest import SystemWith

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/webhooks"
JSON = "application/json"
GIVEN = {"name": "CRM", "url": "https://crm.example.org/hooks", "events": ["contact.grouped"]}


@pytest.fixture(autouse=True)
def public_only(settings: Settings) -> None:
    settings.WEBHOOKS_TO_PRIVATE = False


@pytest.fixture
def keeping(system_with: SystemWith) -> Client:
    return system_with(RoleName.POWER_USER).client


def post(client: Client, path: str, **given: object) -> Any:
    return client.post(f"{ROOT}{path}", given, content_type=JSON)


def test_a_webhook_is_added_read_changed_and_removed(keeping: Client, viewing: Client) -> None:
    assert post(viewing, "", **GIVEN).status_code == 403
    made = keeping.post(ROOT, GIVEN, content_type=JSON, headers={"Idempotency-Key": "hook-1"})
    assert (made.status_code, made.json()["state"]) == (201, "on"), made.content
    again = keeping.post(ROOT, GIVEN, content_type=JSON, headers={"Idempotency-Key": "hook-1"})
    assert again.json() == made.json()
    assert post(keeping, "", **GIVEN).json()["reasons"][0]["field"] == "name"
    for wrong in ({"url": "http://crm.example.org"}, {"url": "https://10.0.0.1/"}, {"events": ["nothing"]}):
        assert post(keeping, "", **{**GIVEN, "name": "Other", **wrong}).status_code == 422
    (there,) = keeping.get(ROOT).json()["items"]
    where = f"{ROOT}/{there['id']}"
    assert keeping.get(where).json() == there
    assert (there["url"], there["events"], there["waiting"]) == (GIVEN["url"], GIVEN["events"], 0)
    edit = {**GIVEN, "events": ["contact.created", "contact.deleted"], "seen": there["seen"]}
    assert keeping.put(where, edit, content_type=JSON).status_code == 200
    clash = keeping.put(where, {**GIVEN, "name": "ERP", "seen": there["seen"]}, content_type=JSON)
    assert clash.status_code == 409
    assert {one["field"] for one in clash.json()["reasons"]} == {"name", "events"}
    assert keeping.delete(f"{where}?seen={there['seen']}").status_code == 409
    assert keeping.delete(where).json()["state"] == "removed"
    assert keeping.get(where).status_code == 404
    assert keeping.get(ROOT).json()["items"] == []


def test_its_secret_is_told_to_whoever_may_change_it_and_that_is_journalled(
    keeping: Client, viewing: Client
) -> None:
    where = f"/{post(keeping, '', **GIVEN).json()['id']}"
    secrets = [keeping.get(f"{ROOT}{where}/secret").json()["secret"]]
    assert secrets == [signing.secret_of(Endpoint.objects.get().salt)]
    assert Entry.objects.filter(event="WebhookSecretRead").count() == 1
    assert viewing.get(f"{ROOT}{where}/secret").status_code == 403
    changed = post(keeping, f"{where}/secret")
    assert "whsec" not in changed.content.decode()
    assert keeping.get(f"{ROOT}{where}/secret").json()["secret"] not in secrets


def test_a_webhook_is_paused_resumed_and_tested_and_a_message_sent_again(keeping: Client) -> None:
    where = f"/{post(keeping, '', **GIVEN).json()['id']}"
    assert post(keeping, f"{where}/pause").json()["state"] == "paused"
    assert post(keeping, f"{where}/test").status_code == 409
    assert post(keeping, f"{where}/resume").json()["state"] == "on"
    sent = post(keeping, f"{where}/test")
    assert sent.status_code == 202
    Message.objects.update(state=Message.State.FAILED, attempts=9)
    (message,) = keeping.get(f"{ROOT}{where}/messages?state=failed").json()["items"]
    assert (message["id"], message["type"], message["group_id"]) == (
        sent.json()["message_id"],
        "webhook.test",
        None,
    )
    assert post(keeping, f"/messages/{message['id']}/send-again").status_code == 202
    assert Message.objects.get().state == Message.State.WAITING
    assert keeping.get(f"{ROOT}{where}/messages?state=failed").json()["items"] == []
    assert post(keeping, "/messages/4711/send-again").status_code == 404
