from __future__ import annotations

import socket
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from procrastinate.contrib.django import app

from kith.access.models import User
from kith.access.permissions import Permission


def test_each_role_has_a_user(
    viewer: User, agent: User, steward: User, privacy_officer: User, power_user: User, administrator: User
) -> None:
    assert User.objects.count() == 6
    assert administrator.actor.may(Permission.USER_EDIT)
    assert not viewer.actor.may(Permission.CONTACT_EDIT)


def test_a_client_is_signed_in(steward: User, client_of: Callable[[User], Client]) -> None:
    assert client_of(steward).session["_auth_user_id"] == str(steward.pk)


def test_the_network_is_out_of_reach() -> None:
    with pytest.raises(RuntimeError, match="network"), socket.socket() as outward:
        outward.connect(("192.0.2.1", 80))


@app.task(name="tests.remember")
def remember(key: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", [key])


def test_waiting_jobs_are_done(run_jobs: Callable[[], None]) -> None:
    remember.defer(key=7)
    run_jobs()
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text FROM procrastinate_jobs WHERE task_name = 'tests.remember'")
        assert cursor.fetchall() == [("succeeded",)]
