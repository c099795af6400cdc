"""A change is made once, however often it is asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.http import HttpResponse
from django.test import Client

from kith.access.models import ApiKey, FailedKeyUse, KeptAnswer
from kith.access.roles import RoleName
from kith.audit.models import Entry
from kith.kernel.clock import now
from kith.users import actions, once
from kith.users.tasks import remove_kept_answers
from tests.api.conftest import SystemWith

NAME = "order-7"


def _start(client: Client, name: str = NAME, path: str = "/api/v1/runs") -> HttpResponse:
    return client.generic("POST", path, headers={once.HEADER: name})


def _requests() -> int:
    return Entry.objects.filter(event="RunRequested").count()


@pytest.mark.django_db
def test_the_same_request_is_answered_the_same_and_changes_nothing(running: Client) -> None:
    first, again = _start(running), _start(running)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.content == again.content
    assert once.REPEATED not in first
    assert again[once.REPEATED] == "true"
    assert _requests() == 1


@pytest.mark.django_db
def test_without_the_header_every_request_is_its_own(running: Client) -> None:
    answers = [running.generic("POST", "/api/v1/runs").status_code for _ in range(2)]
    assert answers == [202, 409]
    assert not KeptAnswer.objects.exists()


@pytest.mark.django_db
def test_the_same_header_with_another_request_is_refused(running: Client) -> None:
    _start(running)
    response = _start(running, path="/api/v1/runs?other=1")
    assert response.status_code == 422
    assert "another request" in response.json()["error"]


@pytest.mark.django_db
def test_two_systems_may_choose_the_same_name(system_with: SystemWith) -> None:
    one, other = system_with(RoleName.STEWARD), system_with(RoleName.STEWARD)
    assert [_start(one.client).status_code, _start(other.client).status_code] == [202, 409]


@pytest.mark.django_db
def test_what_was_refused_is_not_kept(running: Client) -> None:
    running.generic("POST", "/api/v1/runs")
    assert _start(running).status_code == 409
    assert not KeptAnswer.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", " ", "x" * 256, "ä", "a b"])
def test_a_name_that_cannot_be_read_is_refused(running: Client, name: str) -> None:
    response = _start(running, name)
    assert response.status_code == 422
    assert _requests() == 0


@pytest.mark.django_db
def test_a_key_that_may_not_start_runs_leaves_nothing(viewing: Client) -> None:
    assert _start(viewing).status_code == 403
    assert not KeptAnswer.objects.exists()


@pytest.mark.django_db
def test_wrong_keys_are_counted_with_the_header_too(db: None) -> None:
    wrong = Client(headers={"Authorization": "Bearer kith_abcdefgh_wrong"})
    assert [_start(wrong).status_code for _ in range(6)] == [401] * 5 + [429]
    assert FailedKeyUse.objects.get().count == 5


@pytest.mark.django_db
def test_a_question_needs_no_name_and_keeps_nothing(viewing: Client) -> None:
    asked = viewing.post(
        "/api/v1/match",
        {"last_name": "Lee"},
        content_type="application/json",
        headers={once.HEADER: NAME},
    )
    assert asked.status_code == 200
    assert not KeptAnswer.objects.exists()


@pytest.mark.django_db
def test_an_answer_is_kept_for_a_day(running: Client) -> None:
    _start(running)
    KeptAnswer.objects.update(at=now() - timedelta(hours=25))
    assert _start(running).status_code == 409, "asked anew: the run of before waits still"
    remove_kept_answers(timestamp=0)
    assert not KeptAnswer.objects.exists()


@pytest.fixture
def empty_queue(transactional_db: None) -> Iterator[None]:
    """Jobs are in a table that the test framework does not empty."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.mark.usefixtures("empty_queue")
@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_are_one_change(system_with: SystemWith) -> None:
    system = system_with(RoleName.STEWARD)
    answers: list[HttpResponse] = []

    def ask() -> None:
        answers.append(_start(system.client))
        connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.status_code for one in answers} == {202}
    assert len({one.content for one in answers}) == 1
    assert sum(once.REPEATED in one for one in answers) == 3
    assert _requests() == 1


@pytest.mark.usefixtures("empty_queue")
@pytest.mark.django_db(transaction=True)
def test_killed_between_change_and_answer_neither_stands(
    system_with: SystemWith, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server dies after the change is written and before the answer is: the connection is gone."""
    system = system_with(RoleName.STEWARD)

    def killed(**_: object) -> None:
        connection.close()
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(actions, "keep_answer", killed)
        with pytest.raises(SystemExit):
            _start(system.client)
    connection.close()
    assert (_requests(), KeptAnswer.objects.count()) == (0, 0)
    assert _start(system.client).status_code == 202
    assert _requests() == 1


@pytest.fixture
def limited(system_with: SystemWith) -> Callable[[int], Client]:
    def make(requests_per_minute: int) -> Client:
        system = system_with(RoleName.VIEWER)
        ApiKey.objects.filter(pk=system.key.pk).update(requests_per_minute=requests_per_minute)
        return system.client

    return make


@pytest.mark.django_db
def test_a_key_sends_so_many_requests_a_minute(limited: Callable[[int], Client]) -> None:
    client = limited(3)
    answers = [client.get("/api/v1/runs") for _ in range(5)]
    assert [one.status_code for one in answers] == [200] * 3 + [429] * 2
    assert [one["RateLimit"].split(";")[1] for one in answers] == ["r=2", "r=1", "r=0", "r=0", "r=0"]
    assert answers[0]["RateLimit-Policy"] == '"minute";q=3;w=60'
    assert 1 <= int(answers[4]["Retry-After"]) <= 60
    assert "3 requests in a minute" in answers[4].json()["error"]


@pytest.mark.django_db
def test_the_next_minute_begins_anew(limited: Callable[[int], Client]) -> None:
    client = limited(1)
    assert [client.get("/api/v1/runs").status_code for _ in range(2)] == [200, 429]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE access_keyuse SET began_at = began_at - interval '1 minute'")
    assert client.get("/api/v1/runs").status_code == 200


@pytest.mark.django_db
def test_one_key_does_not_spend_what_another_has(limited: Callable[[int], Client]) -> None:
    first, second = limited(1), limited(1)
    assert [one.get("/api/v1/runs").status_code for one in (first, first, second)] == [200, 429, 200]


@pytest.mark.django_db
def test_counting_is_never_written_to_disk() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'access_keyuse'")
        assert cursor.fetchall() == [("u",)]


@pytest.mark.django_db
def test_a_key_has_the_permissions_that_were_ticked_and_never_more_than_its_role(
    system_with: SystemWith,
) -> None:
    system = system_with(RoleName.STEWARD)
    ApiKey.objects.filter(pk=system.key.pk).update(scopes=["run.view", "user.edit"])
    assert system.client.get("/api/v1/runs").status_code == 200
    assert system.client.get("/api/v1/contacts").status_code == 403
    assert system.client.generic("POST", "/api/v1/runs").status_code == 403
    assert {str(one) for one in ApiKey.objects.get(pk=system.key.pk).permissions} == {"run.view"}
