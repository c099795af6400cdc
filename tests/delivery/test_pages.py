"""The pages of webhooks: the five questions, and the secret shown once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.audit.models import Entry
from kith.delivery import actions, signing, tasks
from kith.delivery.models import Attempt, Endpoint, Message
from tests.delivery.conftest import Receiver

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")


def _fields(receiver: Receiver, **more: object) -> dict[str, object]:
    return {"name": "CRM", "url": receiver.url, "events": ["contact.created"], **more}


def test_the_secret_is_shown_once(power_user: User, client_of: ClientOf, receiver: Receiver) -> None:
    browser = client_of(power_user)
    made = browser.post("/webhooks/add/", _fields(receiver))
    (secret,) = set(SECRET.findall(made.text))
    endpoint = Endpoint.objects.get()
    assert secret == signing.secret_of(endpoint.salt)
    assert "no-store" in made["Cache-Control"]
    assert not SECRET.search(browser.get(f"/webhooks/{endpoint.pk}/").text)
    changed = browser.post(f"/webhooks/{endpoint.pk}/new-secret/")
    assert set(SECRET.findall(changed.text)) - {secret}
    detail = str([one.detail for one in Entry.objects.all()])
    assert secret not in detail
    assert receiver.url not in detail


@pytest.mark.parametrize(
    "more", [{"url": "ftp://crm.example.org"}, {"url": ""}, {"events": []}, {"events": ["x"]}, {"name": ""}]
)
def test_what_cannot_be_told_is_refused_on_the_form(
    power_user: User, client_of: ClientOf, receiver: Receiver, more: dict[str, object]
) -> None:
    assert client_of(power_user).post("/webhooks/add/", _fields(receiver, **more)).status_code == 422
    assert not Endpoint.objects.exists()


def test_a_private_address_is_refused_unless_the_installation_allows_it(
    power_user: User, client_of: ClientOf, receiver: Receiver, settings: Settings
) -> None:
    settings.WEBHOOKS_TO_PRIVATE = False
    response = client_of(power_user).post("/webhooks/add/", _fields(receiver))
    assert response.status_code == 422
    assert "nly https is sent out" in response.text


def test_two_webhooks_do_not_share_a_name(
    power_user: User, client_of: ClientOf, receiver: Receiver, told: Endpoint
) -> None:
    response = client_of(power_user).post("/webhooks/add/", _fields(receiver, name="crm"))
    assert response.status_code == 422
    assert "Another webhook has this name." in response.text
    actions.remove_endpoint(actor=COMMAND_LINE, endpoint_id=told.pk)
    assert client_of(power_user).post("/webhooks/add/", _fields(receiver, name="crm")).status_code == 200


def test_pausing_resuming_editing_and_removing(power_user: User, client_of: ClientOf, told: Endpoint) -> None:
    browser, place = client_of(power_user), f"/webhooks/{told.pk}/"
    assert browser.post(f"{place}pause/")["Location"] == place
    assert "Paused" in browser.get(place).text
    browser.post(f"{place}resume/")
    edited = {"name": "CRM 2", "url": told.url, "events": ["contact.retired"]}
    assert browser.post(f"{place}edit/", edited)["Location"] == place
    told.refresh_from_db()
    assert (told.state, told.name, told.events) == ("on", "CRM 2", ["contact.retired"])
    browser.post(f"{place}test/")
    tasks.send_to(endpoint_id=told.pk)
    assert Attempt.objects.count() == 1
    browser.post(f"{place}remove/")
    assert browser.get(place).status_code == 404
    assert not Message.objects.exists()
    assert not Attempt.objects.exists()
    assert "No webhooks yet" in browser.get("/webhooks/").text
    assert [one.event for one in Entry.objects.filter(user=power_user).order_by("pk")] == [
        "WebhookPaused",
        "WebhookResumed",
        "WebhookEdited",
        "WebhookTested",
        "WebhookRemoved",
    ]


def test_the_log_shows_each_attempt_and_sends_again(
    power_user: User, client_of: ClientOf, told: Endpoint, receiver: Receiver
) -> None:
    browser, place = client_of(power_user), f"/webhooks/{told.pk}/"
    receiver.statuses = [503]
    browser.post(f"{place}test/")
    tasks.send_to(endpoint_id=told.pk)
    page = browser.get(place).text
    message = Message.objects.get()
    assert message.event.webhook_id in page
    assert "The answer was no success (503)" in page
    assert browser.post(f"/webhooks/messages/{message.pk}/again/")["Location"] == place
    tasks.send_to(endpoint_id=told.pk)
    assert "Delivered (200)" in browser.get(f"{place}?show=sent").text
    assert "No messages" in browser.get(f"{place}?show=failed").text


@pytest.mark.parametrize("what", ["", "edit/"])
def test_a_webhook_that_is_not_there_is_a_404(power_user: User, client_of: ClientOf, what: str) -> None:
    assert client_of(power_user).get(f"/webhooks/999999/{what}").status_code == 404


def test_strangers_sign_in_and_viewers_are_refused(viewer: User, client_of: ClientOf, told: Endpoint) -> None:
    posts = ("pause", "resume", "remove", "new-secret", "test")
    message = actions.send_test(actor=COMMAND_LINE, endpoint_id=told.pk)
    for path in ("", "add/", f"{told.pk}/", f"{told.pk}/edit/"):
        assert client_of(viewer).get(f"/webhooks/{path}").status_code == 403
        assert Client().get(f"/webhooks/{path}")["Location"].startswith("/sign-in/")
    for path in (*(f"{told.pk}/{one}/" for one in posts), f"messages/{message}/again/"):
        assert client_of(viewer).post(f"/webhooks/{path}").status_code == 403
        assert Client().post(f"/webhooks/{path}")["Location"].startswith("/sign-in/")
    told.refresh_from_db()
    assert told.state == "on"


def test_whoever_may_only_see_settings_changes_nothing(
    privacy_officer: User, client_of: ClientOf, told: Endpoint
) -> None:
    browser = client_of(privacy_officer)
    assert "Add webhook" not in browser.get("/webhooks/").text
    assert "Remove" not in browser.get(f"/webhooks/{told.pk}/").text
    assert browser.post(f"/webhooks/{told.pk}/remove/").status_code == 403


def test_the_pages_cost_the_same_with_one_row_and_with_twenty(
    power_user: User, client_of: ClientOf, told: Endpoint, receiver: Receiver
) -> None:
    browser = client_of(power_user)
    _fill(told, receiver, 1)
    for path in ("/webhooks/", f"/webhooks/{told.pk}/"):
        browser.get(path)
        with CaptureQueriesContext(connection) as few:
            browser.get(path)
        _fill(told, receiver, 20)
        with CaptureQueriesContext(connection) as many:
            browser.get(path)
        assert len(few) == len(many)


def _fill(told: Endpoint, receiver: Receiver, number: int) -> None:
    for _ in range(number):
        actions.add_endpoint(
            actor=COMMAND_LINE,
            name=f"System {Endpoint.objects.count()}",
            url=receiver.url,
            events=["contact.created"],
        )
        actions.send_test(actor=COMMAND_LINE, endpoint_id=told.pk)
    tasks.send_to(endpoint_id=told.pk)
