"""Who gets in: a key, and nothing but a key."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from kith.access.actors import COMMAND_LINE
from kith.access.models import ApiKey, FailedKeyUse, User
from kith.access.roles import RoleName
from kith.audit.models import Entry
from kith.kernel.clock import now
from kith.users import actions, keys
from tests.api.conftest import System, SystemWith

OPERATIONS = [
    ("get", "/api/v1/contacts"),
    ("post", "/api/v1/contacts/search"),
    ("get", "/api/v1/contacts/1000000"),
    ("post", "/api/v1/match"),
    ("get", "/api/v1/runs"),
    ("get", "/api/v1/runs/1"),
    ("post", "/api/v1/runs"),
]


@pytest.fixture
def system(system_with: SystemWith) -> System:
    return system_with(RoleName.STEWARD)


def _with(token: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_without_a_key_nothing_answers(db: None, method: str, path: str) -> None:
    response = getattr(Client(), method)(path, content_type="application/json")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="Kith"'
    assert response.json()["error"].startswith("Send an API key")


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_signed_in_browser_is_no_key(
    administrator: User, client_of: Callable[[User], Client], method: str, path: str
) -> None:
    """A cookie goes along with a forged form; a key does not."""
    response = getattr(client_of(administrator), method)(path, content_type="application/json")
    assert response.status_code == 401


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_key_with_a_role_that_nobody_knows_may_nothing(system: System, method: str, path: str) -> None:
    ApiKey.objects.filter(pk=system.key.pk).update(role="dictator")
    response = getattr(system.client, method)(path, {}, content_type="application/json")
    assert response.status_code == 403
    assert "needs the permission" in response.json()["error"]


def test_a_viewers_key_starts_no_run(viewing: Client) -> None:
    response = viewing.generic("POST", "/api/v1/runs")
    assert response.status_code == 403
    assert "Start the overnight run now" in response.json()["error"]


def test_a_key_in_the_address_is_not_looked_at(system: System) -> None:
    for name in ("key", "api_key", "token", "access_token"):
        assert Client().get("/api/v1/runs", {name: system.token}).status_code == 401


def test_a_revoked_key_says_so_and_opens_nothing(system: System) -> None:
    actions.revoke_api_key(actor=COMMAND_LINE, key_id=system.key.pk)
    response = system.client.get("/api/v1/runs")
    assert (response.status_code, response.json()["error"]) == (401, "This API key was revoked.")


def test_an_expired_key_says_so_and_opens_nothing(system: System) -> None:
    ApiKey.objects.filter(pk=system.key.pk).update(expires_at=now() - timedelta(seconds=1))
    response = system.client.get("/api/v1/runs")
    assert (response.status_code, response.json()["error"]) == (401, "This API key has expired.")


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer x",
        "Basic a2V5",
        "Bearer kith_",
        "Bearer kith_abc_def",
        "Bearer kith_\x00\x00\x00\x00\x00\x00\x00\x00_x",
        "Bearer kith_abcdefgh_\x00",
        "Bearer kith_äöüäöüäö_x",
        "x" * 9000,
    ],
)
def test_a_malformed_key_is_a_wrong_key(db: None, header: str) -> None:
    response = Client(headers={"Authorization": header}).get("/api/v1/runs")
    assert response.status_code == 401


def test_after_five_wrong_secrets_even_the_right_one_waits(system: System) -> None:
    wrong = _with(f"kith_{system.key.prefix}_wrong")
    assert [wrong.get("/api/v1/runs").status_code for _ in range(6)] == [401] * 5 + [429]
    response = system.client.get("/api/v1/runs")
    assert (response.status_code, "Wait 15 minutes" in response.json()["error"]) == (429, True)
    assert response["Retry-After"] == "900"
    shut_out = Entry.objects.get(event="ApiKeyShutOut")
    assert (shut_out.subject_id, shut_out.detail) == (system.key.pk, {"failures": 5})


def test_the_door_opens_again_by_itself(system: System) -> None:
    for _ in range(6):
        _with(f"kith_{system.key.prefix}_wrong").get("/api/v1/runs")
    FailedKeyUse.objects.update(last_at=now() - timedelta(minutes=16))
    assert system.client.get("/api/v1/runs").status_code == 200


def test_guessing_at_keys_that_do_not_exist_shuts_no_other_system_out(system: System) -> None:
    guesses = [_with(keys.new_token().text).get("/api/v1/runs").status_code for _ in range(7)]
    assert guesses == [401] * 5 + [429] * 2
    assert FailedKeyUse.objects.get().count == 5
    assert system.client.get("/api/v1/runs").status_code == 200


def test_the_last_use_is_written_once_a_minute(
    system: System, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    system.client.get("/api/v1/runs/1")
    first = ApiKey.objects.get(pk=system.key.pk).last_used_at
    assert first is not None
    with django_assert_num_queries(3):
        system.client.get("/api/v1/runs/1")
    ApiKey.objects.update(last_used_at=now() - timedelta(seconds=61))
    with django_assert_num_queries(4):
        system.client.get("/api/v1/runs/1")


def test_neither_log_nor_journal_nor_database_holds_the_secret(
    system: System, caplog: pytest.LogCaptureFixture
) -> None:
    secret = system.token.split("_", 2)[2]
    with caplog.at_level(logging.DEBUG):
        system.client.get("/api/v1/runs")
        _with(system.token + "x").get("/api/v1/runs")
    row = ApiKey.objects.get(pk=system.key.pk)
    assert secret not in caplog.text
    assert secret not in str([entry.detail for entry in Entry.objects.all()])
    assert secret.encode() not in bytes(row.secret_hash)
    assert len(bytes(row.secret_hash)) == 32


def test_what_a_key_does_is_journaled_under_its_name(system: System) -> None:
    system.client.generic("POST", "/api/v1/runs")
    entry = Entry.objects.get(event="RunRequested")
    assert (entry.actor, entry.user_id, entry.detail) == (
        f"API key {system.key.name}",
        None,
        {"trigger": "api"},
    )
