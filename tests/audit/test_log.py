from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from kith.access.actors import OVERNIGHT
from kith.access.models import User
from kith.audit import journal, queries
from kith.audit.models import Entry
from kith.audit.queries import JournalSearch
from kith.kernel.clock import today
from kith.kernel.errors import NotAllowed

LOG = "/audit/"


def _write(user: User | None, event: str = "SourceAdded", *, group_id: int | None = None) -> Entry:
    by = user.actor if user else OVERNIGHT
    with transaction.atomic():
        return journal.record(event, by=by, subject_type="source", subject_id=7, group_id=group_id)


def _found(actor: User, **criteria: object) -> list[int]:
    return [entry.pk for entry in JournalSearch(**criteria).rows(actor=actor.actor)]


def test_a_privacy_officer_reads_it_newest_first(
    privacy_officer: User, client_of: Callable[[User], Client]
) -> None:
    _write(privacy_officer, "SourceAdded")
    _write(None, "SourcePaused")
    text = client_of(privacy_officer).get(LOG).text
    assert "Privacy officer" in text
    assert text.index("paused a source") < text.index("added a source")


def test_a_stranger_is_led_to_the_sign_in(db: None) -> None:
    assert Client().get(LOG)["Location"].startswith("/sign-in/")


def test_a_steward_may_not_read_it(steward: User, client_of: Callable[[User], Client]) -> None:
    assert client_of(steward).get(LOG).status_code == 403
    with pytest.raises(NotAllowed):
        _found(steward)


@pytest.mark.parametrize(
    "nonsense",
    ["group_id=abc", "group_id=99999999999999999999", "user=0", "event=Nope", "since=yesterday", "until=x"],
)
def test_nonsense_in_a_filter_is_harmless(
    administrator: User, client_of: Callable[[User], Client], nonsense: str
) -> None:
    assert client_of(administrator).get(f"{LOG}?{nonsense}").status_code == 422


def test_a_nonsense_page_is_the_first(administrator: User, client_of: Callable[[User], Client]) -> None:
    assert client_of(administrator).get(f"{LOG}?page=-1&since=0001-01-01&until=9999-12-31").status_code == 200


def test_each_filter_narrows(administrator: User, steward: User) -> None:
    mine, theirs = _write(administrator, group_id=1_000_001), _write(steward, "SourcePaused")
    assert _found(administrator) == [theirs.pk, mine.pk]
    assert _found(administrator, event="SourcePaused") == [theirs.pk]
    assert _found(administrator, user_id=administrator.pk) == [mine.pk]
    assert _found(administrator, group_id=1_000_001) == [mine.pk]
    assert _found(administrator, since=today(), until=today()) == [theirs.pk, mine.pk]
    assert _found(administrator, since=today() + timedelta(days=1)) == []
    assert _found(administrator, until=today() - timedelta(days=1)) == []


def test_a_groupid_may_be_typed_with_spaces(administrator: User, client_of: Callable[[User], Client]) -> None:
    _write(administrator, group_id=1_048_576)
    _write(administrator, "SourcePaused")
    text = client_of(administrator).get(LOG, {"group_id": "1 048 576"}).text
    assert "added a source" in text
    assert "paused a source" not in text


def test_htmx_gets_the_lines_only(administrator: User, client_of: Callable[[User], Client]) -> None:
    _write(administrator)
    response = client_of(administrator).get(LOG, headers={"HX-Request": "true"})
    assert response.text.strip().startswith('<div id="lines">')
    assert "<html" not in response.text
    assert "HX-Request" in response["Vary"]


def test_the_log_is_paged_at_a_fixed_cost(
    administrator: User,
    client_of: Callable[[User], Client],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = client_of(administrator)
    _write(administrator)
    with django_assert_num_queries(7) as first:
        client.get(LOG)
    for _ in range(60):
        _write(administrator)
    with django_assert_num_queries(len(first)):
        text = client.get(LOG).text
    assert text.count("added a source") == 50
    assert "?page=2" in text
    assert client.get(LOG, {"page": "2"}).text.count("added a source") == 11


def test_the_kinds_of_event_are_each_found_once(administrator: User) -> None:
    for event in ("SourcePaused", "SourceAdded", "SourceAdded", "SourcePaused", "UserAdded"):
        _write(administrator, event)
    assert queries.events_so_far() == ["SourceAdded", "SourcePaused", "UserAdded"]


@pytest.mark.django_db
def test_no_events_is_no_kinds() -> None:
    assert queries.events_so_far() == []


@pytest.mark.parametrize("change", ["UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_the_journal(administrator: User, change: str) -> None:
    _write(administrator)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)
    assert Entry.objects.get().actor == administrator.name


@pytest.mark.django_db(transaction=True)
def test_the_journal_is_written_inside_a_transaction_only() -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        journal.record("SourceAdded", by=OVERNIGHT, subject_type="source")
