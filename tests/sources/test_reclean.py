"""After an upgrade: stored claims cleaned and keyed again, and only what is other is matched again."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection

from kith.access.actors import COMMAND_LINE
from kith.audit.models import Entry
from kith.contacts.actions import add_contact
from kith.matching.cleaning import CleaningOptions, clean_record
from kith.sources import actions, changes, contacts_in, recleaning
from kith.sources.models import SourceRecord
from tests.sources.conftest import Importer
from tests.sources.test_import_contacts import ANN, BOB, HEADER, counts

ODD = '3,"Zoë ""Z"" Ο\u0394\u039f\u03a3\\x",Stone,z@example.org,,\n'


def _forget_changes() -> None:
    changes.settle(changes.changed())


def _as_an_older_version_left_it(**columns: object) -> None:
    """Another hash, other keys: what was cleaned by code that is no more."""
    SourceRecord.objects.update(match_keys=[1, 2], content_hash="0" * 32, **columns)
    _forget_changes()


@pytest.mark.django_db
def test_stored_claims_get_the_values_and_keys_of_this_version(take_in: Importer) -> None:
    take_in(HEADER + ANN + BOB + ODD)
    before = list(SourceRecord.objects.order_by("id").values())
    _as_an_older_version_left_it(first_name="Old")
    found = actions.reclean(actor=COMMAND_LINE)
    assert (found.records, found.changed) == (3, 3)
    assert list(SourceRecord.objects.order_by("id").values()) == before
    assert [set(keys) for keys in changes.changed()["old_keys"].to_list()] == [{1, 2}] * 3
    assert Entry.objects.filter(event="ClaimsCleanedAgain").exists()


@pytest.mark.django_db
def test_then_the_same_file_changes_nothing(take_in: Importer) -> None:
    take_in(HEADER + ANN + BOB + ODD)
    _as_an_older_version_left_it()
    actions.reclean(actor=COMMAND_LINE)
    assert counts(take_in(HEADER + ANN + BOB + ODD)) == (0, 0, 3, 0)


@pytest.mark.django_db
def test_what_is_clean_already_is_left_alone(take_in: Importer) -> None:
    take_in(HEADER + ANN + BOB)
    _forget_changes()
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text FROM sources_sourcerecord")
        before = cursor.fetchall()
        assert actions.reclean(actor=COMMAND_LINE).changed == 0
        cursor.execute("SELECT xmin::text FROM sources_sourcerecord")
        assert cursor.fetchall() == before
    assert changes.changed_count() == 0


@pytest.mark.django_db
def test_a_claim_cleaned_to_the_same_is_not_matched_again(take_in: Importer) -> None:
    take_in(HEADER + ANN)
    SourceRecord.objects.update(content_hash="0" * 32)
    _forget_changes()
    assert actions.reclean(actor=COMMAND_LINE).changed == 0
    assert SourceRecord.objects.get().content_hash.hex != "0" * 32


@pytest.mark.django_db
def test_typed_contacts_are_keyed_again_and_keep_their_version_and_time() -> None:
    claim = {"first_name": "Ann", "last_name": "Stone", "email_1": "ann@home.example"}
    add_contact(actor=COMMAND_LINE, kind="person", claim=claim)
    before = SourceRecord.objects.values().get()
    SourceRecord.objects.update(match_keys=[1])
    _forget_changes()
    assert actions.reclean(actor=COMMAND_LINE).changed == 1
    assert SourceRecord.objects.values().get() == before


@pytest.mark.django_db
def test_sets_of_any_size_come_to_the_same(take_in: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    take_in(HEADER + ANN + BOB + ODD)
    before = list(SourceRecord.objects.order_by("id").values())
    _as_an_older_version_left_it()
    monkeypatch.setattr(recleaning, "AT_ONCE", 1)
    assert actions.reclean(actor=COMMAND_LINE).changed == 3
    assert list(SourceRecord.objects.order_by("id").values()) == before


@pytest.mark.django_db(transaction=True)
def test_the_command_says_how_many_and_what_to_do_next(
    take_in: Importer, capsys: pytest.CaptureFixture[str]
) -> None:
    take_in(HEADER + ANN)
    _as_an_older_version_left_it()
    call_command("reclean")
    assert "1 System Refs looked at, 1 changed. `kith run` matches them again." in capsys.readouterr().out


def test_another_version_of_cleaning_or_keys_cleans_the_same_file_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options = CleaningOptions()
    marks = {contacts_in.fingerprint(options)}
    monkeypatch.setattr(contacts_in, "CLEANING_VERSION", 99)
    marks.add(contacts_in.fingerprint(options))
    monkeypatch.setattr(contacts_in, "KEYS_VERSION", 99)
    marks.add(contacts_in.fingerprint(options))
    assert len(marks) == 3
    assert clean_record({}, options=options).kind == "person"
