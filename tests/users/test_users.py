from __future__ import annotations

import re
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from kith.access.actors import COMMAND_LINE, Actor
from kith.access.models import User
from kith.access.roles import RoleName
from kith.audit.models import Entry
from kith.kernel.errors import NotAllowed, NotFound, Refused
from kith.users import actions
from kith.users.rules import Change, may_change

PAGES = ["/users/", "/users/add/"]


def _fields(user: User, **other: object) -> dict[str, object]:
    known = {"name": user.name, "email": user.email, "roles": user.roles}
    return known | ({"is_active": "on"} if user.is_active else {}) | other


def _edit(actor: User, user: User, **other: object) -> User:
    wanted = {
        "email": user.email,
        "name": user.name,
        "roles": user.roles,
        "is_active": user.is_active,
    } | other
    return actions.edit_user(actor=actor.actor, user_id=user.pk, **wanted)


@pytest.mark.parametrize("page", PAGES)
def test_an_administrator_sees_the_page(
    administrator: User, client_of: Callable[[User], Client], page: str
) -> None:
    assert client_of(administrator).get(page).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_led_to_the_sign_in(db: None, page: str) -> None:
    assert Client().get(page)["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("page", PAGES)
def test_a_steward_is_told_what_is_missing(
    steward: User, client_of: Callable[[User], Client], page: str
) -> None:
    response = client_of(steward).get(page)
    assert response.status_code == 403
    assert "needs the permission" in response.text


def test_an_unknown_user_is_a_404(administrator: User, client_of: Callable[[User], Client]) -> None:
    client = client_of(administrator)
    assert client.get("/users/999999/").status_code == 404
    assert client.post("/users/999999/unlock/").status_code == 404
    assert client.get("/users/9999999999999999999999/").status_code == 404
    assert client.get("/users/abc/").status_code == 404


def test_the_list_costs_the_same_with_one_user_and_with_forty(
    administrator: User,
    client_of: Callable[[User], Client],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = client_of(administrator)
    with django_assert_num_queries(6) as first:
        client.get("/users/")
    User.objects.bulk_create(User(email=f"u{n}@example.org", name=f"U {n}") for n in range(40))
    with django_assert_num_queries(len(first)):
        client.get("/users/")


def test_a_user_is_added_with_a_typed_password(
    administrator: User, client_of: Callable[[User], Client]
) -> None:
    form = {"name": "Ann", "email": "Ann@Example.org", "roles": ["agent"], "password": "twelve brown horses"}
    assert client_of(administrator).post("/users/add/", form).status_code == 302
    ann = User.objects.get(email="ann@example.org")
    assert ann.check_password("twelve brown horses")
    entry = Entry.objects.get()
    assert (entry.event, entry.subject_id, entry.detail) == ("UserAdded", ann.pk, {"roles": ["agent"]})


def test_a_generated_password_is_shown_once(administrator: User, client_of: Callable[[User], Client]) -> None:
    client = client_of(administrator)
    form = {"name": "Ann", "email": "ann@example.org", "roles": ["agent"], "password": ""}
    shown = client.post("/users/add/", form, follow=True).text
    password = re.search(r"is ([a-z0-9]{5}(?:-[a-z0-9]{5}){3})", shown)
    assert password is not None
    assert User.objects.get(email="ann@example.org").check_password(password[1])
    assert password[1] not in client.get("/users/").text
    assert password[1] not in str(list(Entry.objects.values_list("detail", flat=True)))


def test_a_bad_form_comes_back_with_what_was_typed(
    administrator: User, client_of: Callable[[User], Client]
) -> None:
    form = {"name": "Ann", "email": administrator.email.upper(), "roles": ["agent"], "password": ""}
    response = client_of(administrator).post("/users/add/", form)
    assert response.status_code == 422
    assert "Another user has this e-mail" in response.text
    assert 'value="Ann"' in response.text
    assert not Entry.objects.exists()


def test_a_weak_first_password_is_refused(administrator: User, client_of: Callable[[User], Client]) -> None:
    form = {"name": "Ann", "email": "ann@example.org", "roles": ["agent"], "password": "ann@example.org"}
    response = client_of(administrator).post("/users/add/", form)
    assert response.status_code == 422
    assert "too similar" in response.text


def test_an_edit_journals_the_names_of_the_fields_only(
    administrator: User, viewer: User, client_of: Callable[[User], Client]
) -> None:
    form = _fields(viewer, name="Somebody Else", roles=["viewer", "agent"])
    assert client_of(administrator).post(f"/users/{viewer.pk}/", form).status_code == 302
    entry = Entry.objects.get()
    assert entry.event == "UserEdited"
    assert entry.detail == {"fields": ["name", "roles"], "roles": ["viewer", "agent"], "active": True}


def test_saving_without_a_change_journals_nothing(administrator: User, viewer: User) -> None:
    _edit(administrator, viewer)
    assert not Entry.objects.exists()


def test_the_last_administrator_cannot_be_closed_out(administrator: User) -> None:
    with pytest.raises(Refused, match="last active user"):
        actions.edit_user(
            actor=COMMAND_LINE,
            user_id=administrator.pk,
            email=administrator.email,
            name=administrator.name,
            roles=["viewer"],
            is_active=True,
        )
    administrator.refresh_from_db()
    assert administrator.roles == ["administrator"]


def test_one_cannot_lock_oneself_out(administrator: User, client_of: Callable[[User], Client]) -> None:
    User.objects.create_superuser("second@example.org", "x")
    form = _fields(administrator)
    del form["is_active"]
    response = client_of(administrator).post(f"/users/{administrator.pk}/", form)
    assert response.status_code == 422
    assert "your own right" in response.text


def test_another_administrator_may_be_demoted_while_one_remains(administrator: User) -> None:
    second = User.objects.create_superuser("second@example.org", "x")
    assert _edit(administrator, second, roles=["viewer"]).roles == ["viewer"]


def test_every_reason_comes_at_once() -> None:
    alone = Change(roles=(), is_active=False, is_oneself=True, was_keeper=True, other_keepers=0)
    assert len(may_change(alone).reasons) == 2
    assert may_change(Change(roles=(), is_active=False, is_oneself=False, was_keeper=False, other_keepers=0))


@pytest.mark.parametrize(
    "act",
    [
        lambda a, u: actions.add_user(actor=a, email="x@example.org", name="X", roles=[], password="y"),
        lambda a, u: actions.edit_user(
            actor=a, user_id=u, email="x@e.org", name="X", roles=[], is_active=True
        ),
        lambda a, u: actions.unlock_user(actor=a, user_id=u),
        lambda a, u: actions.set_password(actor=a, user_id=u, password="y"),
    ],
)
def test_no_steward_changes_users(steward: User, act: Callable[[Actor, int], object]) -> None:
    with pytest.raises(NotAllowed):
        act(steward.actor, steward.pk)
    assert not Entry.objects.exists()


def test_nothing_changes_when_the_journal_cannot_be_written(
    administrator: User, viewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr("kith.audit.journal.Entry.objects.create", fail)
    with pytest.raises(RuntimeError):
        _edit(administrator, viewer, name="Changed")
    viewer.refresh_from_db()
    assert viewer.name != "Changed"


def test_an_administrator_makes_a_new_password(
    administrator: User, viewer: User, client_of: Callable[[User], Client]
) -> None:
    theirs = client_of(viewer)
    shown = client_of(administrator).post(reverse("users:new-password", args=[viewer.pk]), follow=True).text
    assert "not shown again" in shown
    assert theirs.get("/password/").status_code == 302
    assert Entry.objects.get().detail == {"by_themselves": False}


def test_an_unknown_user_cannot_be_unlocked(administrator: User) -> None:
    with pytest.raises(NotFound):
        actions.unlock_user(actor=administrator.actor, user_id=0)


def test_createsuperuser_makes_an_administrator(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "twelve brown horses")
    call_command("createsuperuser", "--noinput", email="First@Example.org", stdout=StringIO())
    user = User.objects.get()
    assert user.email == "first@example.org"
    assert user.roles == [RoleName.ADMINISTRATOR]
    assert user.check_password("twelve brown horses")
