"""API keys: shown once, revoked for good, and never more than their maker may."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from kith.access.actors import COMMAND_LINE, Actor
from kith.access.models import ApiKey, User
from kith.access.permissions import Permission
from kith.access.roles import RoleName
from kith.audit.models import Entry
from kith.kernel.errors import NotAllowed, NotFound, Refused
from kith.users import actions, keys
from kith.users.rules import may_give

ClientOf = Callable[[User], Client]
TOKEN = re.compile(r"kith_[a-z0-9]{8}_[\w-]{43}")


def _made(name: str = "Box office", **more: object) -> ApiKey:
    token = keys.new_token()
    wanted = {"role": RoleName.VIEWER, "prefix": token.prefix, "secret_hash": token.secret_hash} | more
    return actions.create_api_key(actor=COMMAND_LINE, name=name, **wanted)


def _fields(**more: str) -> dict[str, str]:
    return {"name": "Box office", "role": "viewer", "last_day": ""} | more


def test_the_secret_is_shown_once_and_opens(administrator: User, client_of: ClientOf) -> None:
    browser = client_of(administrator)
    response = browser.post("/api-keys/add/", _fields())
    (token,) = set(TOKEN.findall(response.text))
    assert "no-store" in response["Cache-Control"]
    assert not TOKEN.search(browser.get("/api-keys/").text)
    assert token not in str(dict(browser.cookies))
    opened = Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/runs")
    assert opened.status_code == 200


def test_sent_again_the_form_makes_no_second_key(administrator: User, client_of: ClientOf) -> None:
    browser = client_of(administrator)
    browser.post("/api-keys/add/", _fields())
    again = browser.post("/api-keys/add/", _fields(name="BOX OFFICE"))
    assert again.status_code == 422
    assert "Another valid API key has this name." in again.text
    assert ApiKey.objects.count() == 1


def test_the_name_is_free_again_once_the_key_is_revoked(db: None) -> None:
    actions.revoke_api_key(actor=COMMAND_LINE, key_id=_made().pk)
    assert _made().pk


def test_a_revoked_key_says_so_in_the_list(administrator: User, client_of: ClientOf) -> None:
    key, browser = _made(), client_of(administrator)
    assert browser.post(f"/api-keys/{key.pk}/revoke/")["Location"] == "/api-keys/"
    page = browser.get("/api-keys/").text
    assert "opens nothing any more" in page
    assert "Revoked" in page
    assert f"/api-keys/{key.pk}/revoke/" not in page
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_making_and_revoking_are_journaled_without_the_secret(administrator: User) -> None:
    token = keys.new_token()
    key = actions.create_api_key(
        actor=administrator.actor,
        name="Box office",
        role=RoleName.AGENT,
        prefix=token.prefix,
        secret_hash=token.secret_hash,
    )
    actions.revoke_api_key(actor=administrator.actor, key_id=key.pk)
    actions.revoke_api_key(actor=administrator.actor, key_id=key.pk)
    entries = list(Entry.objects.filter(subject_type="api_key").order_by("id"))
    assert [(one.event, one.subject_id, one.user_id) for one in entries] == [
        ("ApiKeyCreated", key.pk, administrator.pk),
        ("ApiKeyRevoked", key.pk, administrator.pk),
    ]
    assert token.secret not in str([one.detail for one in entries])


def test_nothing_is_made_when_the_journal_cannot_be_written(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("kith.audit.journal.record", broken)
    with pytest.raises(RuntimeError):
        _made()
    assert not ApiKey.objects.exists()


def test_nobody_hands_on_rights_they_lack() -> None:
    narrow = Actor("Narrow", frozenset({Permission.API_KEY_EDIT, Permission.CONTACT_VIEW}))
    refusal = may_give(RoleName.VIEWER, giver=narrow)
    assert "See sources" in refusal.reasons[0]
    assert may_give(RoleName.ADMINISTRATOR, giver=COMMAND_LINE)
    assert not may_give("dictator", giver=COMMAND_LINE)
    with pytest.raises(Refused):
        actions.create_api_key(actor=narrow, name="X", role="viewer", prefix="x", secret_hash=b"")


def test_only_administrators_make_and_revoke(steward: User, client_of: ClientOf) -> None:
    key, browser = _made(), client_of(steward)
    for response in (
        browser.get("/api-keys/"),
        browser.get("/api-keys/add/"),
        browser.post("/api-keys/add/", _fields()),
        browser.post(f"/api-keys/{key.pk}/revoke/"),
    ):
        assert response.status_code == 403
    with pytest.raises(NotAllowed):
        actions.revoke_api_key(actor=steward.actor, key_id=key.pk)


def test_a_stranger_is_led_to_the_sign_in(db: None) -> None:
    assert Client().get("/api-keys/")["Location"].startswith("/sign-in/")


def test_a_key_that_is_not_there_is_a_404(administrator: User, client_of: ClientOf) -> None:
    browser = client_of(administrator)
    assert browser.post("/api-keys/999999/revoke/").status_code == 404
    assert browser.post("/api-keys/99999999999999999999999/revoke/").status_code == 404
    assert browser.get("/api-keys/1/revoke/").status_code == 405
    with pytest.raises(NotFound):
        actions.revoke_api_key(actor=administrator.actor, key_id=0)


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"role": ""}, {"role": "dictator"}, {"last_day": "2020-01-01"}, {"last_day": "x"}]
)
def test_a_form_that_is_wrong_comes_back(
    administrator: User, client_of: ClientOf, wrong: dict[str, str]
) -> None:
    response = client_of(administrator).post("/api-keys/add/", _fields(**wrong))
    assert response.status_code == 422
    assert not ApiKey.objects.exists()


def test_the_last_day_is_a_whole_day(administrator: User, client_of: ClientOf) -> None:
    today = timezone.localdate()
    client_of(administrator).post("/api-keys/add/", _fields(last_day=today.isoformat()))
    key = ApiKey.objects.get()
    assert key.expires_at is not None
    assert timezone.localtime(key.expires_at).date() == today + timedelta(days=1)
    assert key.is_valid_at(timezone.now())
    assert not key.is_valid_at(key.expires_at)


def test_the_list_costs_the_same_with_one_key_and_with_thirty(
    administrator: User, client_of: ClientOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = client_of(administrator)
    _made()
    browser.get("/api-keys/")
    with django_assert_num_queries(5):
        browser.get("/api-keys/")
    for number in range(30):
        _made(f"System {number}")
    with django_assert_num_queries(5):
        browser.get("/api-keys/")


def test_tokens_are_never_alike_and_read_back() -> None:
    made = {keys.new_token().text for _ in range(500)}
    assert len(made) == 500
    for text in made:
        token = keys.read_token(f"bearer  {text} ")
        assert token is not None
        assert token.text == text
