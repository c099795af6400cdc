"""A claim that is replaced is kept, and a System Ref can be read as it stood."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.access.actors import COMMAND_LINE
from kith.audit.models import Entry
from kith.contacts.actions import add_contact, edit_local
from kith.kernel.clock import now
from kith.sources import actions
from kith.sources.as_it_stood import RecordThen, records_at
from kith.sources.models import LOCAL, CleaningSettings, PastClaim, SourceRecord, SourceSystem
from tests.sources.conftest import Importer

HEADER = "Client ID,First name,Last name,E-mail\n"
ANN = "1,ann,STONE,ann@example.org\n"
ANNA = ANN.replace("ann,", "anna,")
BOB = "2,Bob,Stone,bob@example.org\n"


@pytest.fixture(autouse=True)
def local(db: None) -> SourceSystem:
    """A test that commits takes away what migrations made."""
    defaults = {"name": "Typed in Kith", "kind": "local", "priority": 1}
    return SourceSystem.objects.get_or_create(code=LOCAL, defaults=defaults)[0]


def only(then: list[RecordThen]) -> RecordThen:
    assert len(then) == 1
    return then[0]


def firsts() -> list[str]:
    return [
        (past.claim or {}).get("fields", {}).get("first_name", "")
        for past in PastClaim.objects.order_by("pk")
    ]


@pytest.mark.django_db
def test_a_new_record_and_an_unchanged_one_keep_nothing(take_in: Importer) -> None:
    take_in(HEADER + ANN + BOB)
    take_in(HEADER + ANN + BOB)
    assert not PastClaim.objects.exists()


@pytest.mark.django_db
def test_only_what_changed_is_kept(take_in: Importer) -> None:
    take_in(HEADER + ANN + BOB)
    before = SourceRecord.objects.get(system_ref="1")
    take_in(HEADER + ANNA + BOB)
    past = PastClaim.objects.get()
    assert (past.record_id, past.claim, past.content_hash) == (before.pk, before.claim, before.content_hash)
    assert past.received_at == before.received_at
    assert past.replaced_at == SourceRecord.objects.get(system_ref="1").received_at


@pytest.mark.django_db
def test_a_claim_that_only_came_back_or_is_cleaned_otherwise_is_not_stored_twice(take_in: Importer) -> None:
    take_in(HEADER + ANN)
    SourceRecord.objects.update(gone_at=now())
    take_in(HEADER + ANN)
    CleaningSettings.objects.create(pk=1, junk={"texts": ["zzz"]})
    take_in(HEADER + ANN)
    back, cleaned = PastClaim.objects.order_by("pk")
    assert back.claim is None
    assert back.gone_at is not None
    assert cleaned.claim is None
    assert cleaned.gone_at is None


@pytest.mark.django_db(transaction=True)
def test_each_moment_has_the_claim_of_that_moment(take_in: Importer) -> None:
    early = now()
    moments = []
    for row in (ANN, ANNA, ANN.replace("ann,", "nina,")):
        take_in(HEADER + row)
        moments.append(now())
    ids = list(SourceRecord.objects.values_list("pk", flat=True))
    assert records_at(ids, at=early) == []
    then = [only(records_at(ids, at=moment)) for moment in moments]
    assert [one.record.first_name for one in then] == ["Ann", "Anna", "Nina"]
    assert [one.is_current for one in then] == [False, False, True]
    assert all(one.is_known for one in then)
    assert firsts() == ["ann", "anna"]


@pytest.mark.django_db(transaction=True)
def test_what_came_back_was_gone_in_between_and_said_the_same(take_in: Importer) -> None:
    take_in(HEADER + ANN)
    before = now()
    SourceRecord.objects.update(gone_at=now())
    gone = now()
    take_in(HEADER + ANN)
    ids = list(SourceRecord.objects.values_list("pk", flat=True))
    states = [only(records_at(ids, at=at)).record for at in (before, gone, now())]
    assert [state.gone_at is not None for state in states] == [False, True, False]
    assert {state.first_name for state in states} == {"Ann"}


@pytest.mark.django_db
def test_a_claim_of_before_past_claims_were_kept_is_unknown_and_the_oldest_stands_for_it(
    take_in: Importer,
) -> None:
    take_in(HEADER + ANN)
    SourceRecord.objects.update(first_received_at=now() - timedelta(days=9))
    record = SourceRecord.objects.get()
    then = only(records_at([record.pk], at=now() - timedelta(days=3)))
    assert not then.is_known
    assert then.record.first_name == "Ann"
    assert then.known_from == record.received_at
    assert only(records_at([record.pk], at=now())).is_known


@pytest.mark.django_db(transaction=True)
def test_a_typed_claim_is_kept_with_its_time_when_it_is_edited() -> None:
    add_contact(actor=COMMAND_LINE, kind="person", claim={"first_name": "Ann", "last_name": "Stone"})
    record = SourceRecord.objects.get()
    before = now()
    edit_local(
        actor=COMMAND_LINE,
        contact_id=record.group_id or 0,
        record_id=record.pk,
        claim={"first_name": "Anna", "last_name": "Stone"},
        version=record.content_hash.hex,
    )
    then = only(records_at([record.pk], at=before)).record
    assert (then.first_name, then.claimed_at, then.kind) == ("Ann", record.claimed_at, "person")
    assert only(records_at([record.pk], at=now())).record.first_name == "Anna"


@pytest.mark.django_db
def test_an_import_into_local_locks_what_people_may_be_editing(
    take_in: Importer, local: SourceSystem
) -> None:
    header = "Contact Type,Contact Code,First Name,Last Name,Contact Email\n"
    take_in(f"{header}PERSON,{ANN}", source=local)
    with CaptureQueriesContext(connection) as asked:
        take_in(f"{header}PERSON,{ANNA}", source=local)
    assert any("FOR NO KEY UPDATE OF r" in query["sql"] for query in asked.captured_queries)
    assert firsts() == ["ann"]


@pytest.mark.django_db
def test_any_number_of_records_takes_the_same_queries(take_in: Importer) -> None:
    take_in(HEADER + ANN + BOB)
    take_in(HEADER + ANNA + BOB.replace("Bob", "Rob"))
    PastClaim.objects.update(received_at=now() - timedelta(days=2), replaced_at=now())
    SourceRecord.objects.update(first_received_at=now() - timedelta(days=2), received_at=now())
    ids = list(SourceRecord.objects.values_list("pk", flat=True))
    numbers = []
    for asked in (ids[:1], ids):
        with CaptureQueriesContext(connection) as queries:
            records_at(asked, at=now() - timedelta(days=1))
        numbers.append(len(queries))
    assert numbers[0] == numbers[1] == 4


@pytest.mark.django_db
def test_cleaning_again_replaces_no_claim(take_in: Importer) -> None:
    take_in(HEADER + ANN)
    SourceRecord.objects.update(content_hash="0" * 32, first_name="Old")
    assert actions.reclean(actor=COMMAND_LINE).changed == 1
    assert not PastClaim.objects.exists()


@pytest.mark.django_db
def test_past_claims_that_were_replaced_before_a_moment_go(take_in: Importer) -> None:
    take_in(HEADER + ANN)
    take_in(HEADER + ANNA)
    take_in(HEADER + ANN)
    old, _ = PastClaim.objects.order_by("pk")
    PastClaim.objects.filter(pk=old.pk).update(replaced_at=now() - timedelta(days=800))
    assert actions.remove_old_claims(actor=COMMAND_LINE, before=now() - timedelta(days=900)) == 0
    assert actions.remove_old_claims(actor=COMMAND_LINE, before=now() - timedelta(days=700)) == 1
    assert firsts() == ["anna"]
    assert Entry.objects.filter(event="PastClaimsRemoved").exists()
