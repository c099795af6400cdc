from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kith.access.models import User
from kith.audit.models import Entry
from tests.conftest import PASSWORD

NEW = "a quite different sentence"


def _form(**other: str) -> dict[str, str]:
    return {"old": PASSWORD, "new": NEW, "again": NEW} | other


def test_the_session_survives_the_change_and_other_sessions_end(
    viewer: User, client_of: Callable[[User], Client]
) -> None:
    here, elsewhere = client_of(viewer), client_of(viewer)
    assert here.post("/password/", _form()).status_code == 302
    viewer.refresh_from_db()
    assert viewer.check_password(NEW)
    assert here.get("/password/").status_code == 200
    assert elsewhere.get("/password/").status_code == 302
    entry = Entry.objects.get()
    assert (entry.event, entry.detail) == ("PasswordChanged", {"by_themselves": True})


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"old": "not it"}, "not your present password"),
        ({"again": "something else here"}, "The two differ"),
        ({"new": "short", "again": "short"}, "too short"),
        ({"new": "password1234", "again": "password1234"}, "too common"),
    ],
)
def test_a_bad_change_is_refused_and_changes_nothing(
    viewer: User, client_of: Callable[[User], Client], wrong: dict[str, str], sentence: str
) -> None:
    response = client_of(viewer).post("/password/", _form(**wrong))
    assert response.status_code == 422
    assert sentence in response.text
    viewer.refresh_from_db()
    assert viewer.check_password(PASSWORD)
    assert not Entry.objects.exists()


def test_no_password_comes_back_in_the_page(viewer: User, client_of: Callable[[User], Client]) -> None:
    assert NEW not in client_of(viewer).post("/password/", _form(old="not it")).text
