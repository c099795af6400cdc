"""What matching is told about: every new or changed claim, once it is committed, and never lost."""

from __future__ import annotations

import threading

import psycopg
import pytest
from django.db import connection, transaction

from kith.access.actors import COMMAND_LINE
from kith.contacts import actions as contacts
from kith.sources import changes
from kith.sources.models import Change, SourceRecord
from tests.sources.conftest import Importer

HEADER = "Client ID,First name,Last name,E-mail,Phone,Date of birth\n"
ANN = "1,ann,O'NEILL,Ann@Example.org,07911 123456,31/12/1990\n"
BOB = "2,Bob,Stone,bob@example.org,,\n"


def waiting() -> dict[str, set[int]]:
    """Old keys by System Ref."""
    refs = dict(SourceRecord.objects.values_list("pk", "system_ref"))
    return {refs[row["record_id"]]: set(row["old_keys"]) for row in changes.changed().to_dicts()}


def keys_of(ref: str) -> set[int]:
    return set(SourceRecord.objects.get(system_ref=ref).match_keys)


def settle_all() -> None:
    changes.settle(changes.changed())


def test_new_system_refs_wait_without_old_keys(take_in: Importer) -> None:
    take_in(HEADER + ANN + BOB)
    assert waiting() == {"1": set(), "2": set()}
    assert changes.changed_count() == 2


def test_a_changed_claim_waits_with_the_keys_that_matching_knew(take_in: Importer) -> None:
    take_in(HEADER + ANN + BOB)
    settle_all()
    before = keys_of("1")
    take_in(HEADER + ANN.replace("Ann@", "ann.new@") + BOB)
    assert waiting() == {"1": before}
    assert keys_of("1") != before


def test_a_claim_changed_twice_keeps_the_oldest_keys_and_those_in_between(take_in: Importer) -> None:
    take_in(HEADER + ANN)
    settle_all()
    first = keys_of("1")
    take_in(HEADER + ANN.replace("Ann@", "second@"))
    second = keys_of("1")
    take_in(HEADER + ANN.replace("Ann@", "third@"))
    assert waiting() == {"1": first | second}


def test_unchanged_gone_and_returned_system_refs_are_no_news(take_in: Importer) -> None:
    take_in(HEADER + ANN + BOB)
    settle_all()
    take_in(HEADER + ANN + BOB)
    take_in(HEADER + ANN, whole_source=True)
    take_in(HEADER + ANN + BOB)
    assert SourceRecord.objects.get(system_ref="2").gone_at is None
    assert waiting() == {}


@pytest.mark.django_db
def test_what_is_typed_in_waits_like_what_is_imported() -> None:
    typed = {"first_name": "Eleni", "last_name": "Reid", "email_1": "eleni@example.com"}
    contact_id = contacts.add_contact(actor=COMMAND_LINE, kind="person", claim=typed)
    record = SourceRecord.objects.of_contact(contact_id).get()
    assert waiting() == {record.system_ref: set()}
    settle_all()
    before = keys_of(record.system_ref)
    contacts.edit_local(
        actor=COMMAND_LINE,
        contact_id=contact_id,
        record_id=record.pk,
        claim={**typed, "email_1": "new@example.com"},
        version=record.content_hash.hex,
    )
    assert waiting() == {record.system_ref: before}


def test_only_what_was_read_is_settled(take_in: Importer) -> None:
    take_in(HEADER + ANN)
    read = changes.changed()
    seen = keys_of("1")
    take_in(HEADER + ANN.replace("Ann@", "later@") + BOB)
    assert changes.settle(read) == 0
    assert waiting() == {"1": seen, "2": set()}
    assert changes.settle(changes.changed()) == 2
    assert changes.settle(changes.changed()) == 0


def _other() -> psycopg.Connection:
    given = connection.get_connection_params()
    wanted = ("host", "port", "dbname", "user", "password")
    return psycopg.connect(**{name: given[name] for name in wanted if name in given})


@pytest.mark.django_db(transaction=True)
def test_a_change_that_commits_while_the_settling_waits_for_it_is_not_lost() -> None:
    changes.note(7, old_keys=[1])
    changes.note(8, old_keys=[])
    read = changes.changed()
    with _other() as other:
        other.execute(changes.noting("VALUES (7::bigint, ARRAY[2]::bigint[])"))
        commit = threading.Timer(0.3, other.commit)
        commit.start()
        assert changes.settle(read) == 1
        commit.join()
    assert [(row.record_id, sorted(row.old_keys)) for row in Change.objects.all()] == [(7, [1, 2])]


@pytest.mark.django_db(transaction=True)
def test_a_change_that_waits_for_the_settling_to_commit_stands_afterwards() -> None:
    changes.note(7, old_keys=[1])
    read = changes.changed()
    with _other() as other:
        other.execute("SET lock_timeout = '200ms'")
        with transaction.atomic():
            assert changes.settle(read) == 1
            with pytest.raises(psycopg.errors.LockNotAvailable):
                other.execute(changes.noting("VALUES (7::bigint, ARRAY[2]::bigint[])"))
            other.rollback()
        other.execute(changes.noting("VALUES (7::bigint, ARRAY[2]::bigint[])"))
        other.commit()
    assert [(row.record_id, row.old_keys) for row in Change.objects.all()] == [(7, [2])]


def test_a_change_and_its_note_come_and_go_together(take_in: Importer) -> None:
    with transaction.atomic():
        take_in(HEADER + ANN)
        assert changes.changed_count() == SourceRecord.objects.count() == 1
        transaction.set_rollback(True)
    assert changes.changed_count() == SourceRecord.objects.count() == 0
