from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from kith.access.models import User
from kith.audit.models import Entry
from tests.conftest import PASSWORD

SIGN_IN = "/sign-in/"


def _try(client: Client, email: str, password: str = PASSWORD, **more: str) -> HttpResponse:
    return client.post(SIGN_IN, {"email": email, "password": password, **more})


def _events() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("event", flat=True))


@pytest.mark.django_db
def test_the_page_opens_without_signing_in() -> None:
    assert Client().get(SIGN_IN).status_code == 200


def test_the_right_password_opens_home_and_is_journaled(viewer: User) -> None:
    response = _try(Client(), viewer.email.upper())
    assert response.status_code == 302
    assert response["Location"] == "/"
    entry = Entry.objects.get()
    assert (entry.event, entry.user_id, entry.subject_id) == ("SignedIn", viewer.pk, viewer.pk)


def test_a_wrong_password_is_refused_without_saying_which_half_was_wrong(viewer: User) -> None:
    wrong = _try(Client(), viewer.email, "wrong password")
    unknown = _try(Client(), "nobody@example.org")
    assert wrong.status_code == unknown.status_code == 422
    sentence = "do not fit together"
    assert sentence in wrong.text
    assert sentence in unknown.text


def test_a_failed_sign_in_is_journaled_without_what_was_typed(viewer: User) -> None:
    _try(Client(), viewer.email, "secret-typed-here")
    entry = Entry.objects.get()
    assert (entry.event, entry.user_id, entry.detail) == ("SignInFailed", None, {})


def test_nobody_who_was_closed_out_gets_in(viewer: User) -> None:
    User.objects.filter(pk=viewer.pk).update(is_active=False)
    assert _try(Client(), viewer.email).status_code == 422


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "http:///x"]
)
def test_next_never_leads_to_another_host(viewer: User, target: str) -> None:
    assert _try(Client(), viewer.email, next=target)["Location"] == "/"


def test_next_leads_back_to_the_page_that_was_asked_for(viewer: User) -> None:
    client = Client()
    asked = client.get("/password/")
    assert asked["Location"] == "/sign-in/?next=/password/"
    assert _try(client, viewer.email, next="/password/")["Location"] == "/password/"


def test_five_failures_lock_even_the_right_password_out(viewer: User) -> None:
    client = Client()
    answers = [_try(client, viewer.email, "wrong password").status_code for _ in range(5)]
    assert answers == [422, 422, 422, 422, 429]
    locked = _try(client, viewer.email)
    assert locked.status_code == 429
    assert "Locked for a while" in locked.text
    assert "SignedIn" not in _events()


def test_a_lock_concerns_one_user_only(viewer: User, steward: User) -> None:
    client = Client()
    for _ in range(5):
        _try(client, viewer.email, "wrong password")
    assert _try(client, steward.email).status_code == 302


def test_an_administrator_unlocks(
    viewer: User, administrator: User, client_of: Callable[[User], Client]
) -> None:
    stranger, admin = Client(), client_of(administrator)
    for _ in range(5):
        _try(stranger, viewer.email, "wrong password")
    assert "Locked" in admin.get("/users/").text
    assert admin.post(reverse("users:unlock", args=[viewer.pk])).status_code == 302
    assert "Locked" not in admin.get("/users/").text
    assert _try(stranger, viewer.email).status_code == 302
    assert "UserUnlocked" in _events()


def test_sign_out_needs_a_post_and_is_journaled(viewer: User, client_of: Callable[[User], Client]) -> None:
    client = client_of(viewer)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == SIGN_IN
    assert client.get("/password/").status_code == 302
    assert _events() == ["SignedOut"]


def test_a_form_without_its_token_is_refused_on_a_page_that_says_what_to_do(viewer: User) -> None:
    response = Client(enforce_csrf_checks=True).post(SIGN_IN, {"email": viewer.email, "password": PASSWORD})
    assert response.status_code == 403
    assert "load the page again" in response.text


def test_an_htmx_request_after_the_session_ended_reloads_the_page(db: None) -> None:
    response = Client().get("/password/", headers={"HX-Request": "true"})
    assert response.status_code == 204
    assert response["HX-Refresh"] == "true"
