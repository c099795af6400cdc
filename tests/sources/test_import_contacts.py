from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from kith.access.actors import COMMAND_LINE
from kith.sources import actions
from kith.sources.models import Import, RejectedRow, SourceRecord, SourceSystem
from tests.sources.conftest import Importer

HEADER = "Client ID,First name,Last name,E-mail,Phone,Date of birth\n"
ANN = "1,ann,O'NEILL,Ann@Example.org,07911 123456,31/12/1990\n"
BOB = "2,Bob,Stone,bob@example.org,,\n"


def counts(job: Import) -> tuple[int, int, int, int]:
    return job.new_count, job.changed_count, job.unchanged_count, job.rejected_count


def test_a_csv_becomes_source_records_with_cleaned_claims_and_match_keys(take_in: Importer) -> None:
    job = take_in(HEADER + ANN + BOB)
    assert job.state == Import.State.DONE, job.error
    assert counts(job) == (2, 0, 0, 0)
    record = SourceRecord.objects.get(system_ref="1")
    assert (record.first_name, record.birth_date) == ("Ann", date(1990, 12, 31))
    assert record.emails == ["ann@example.org"]
    assert record.phones == ["+447911123456"]
    assert record.match_keys
    assert record.claim["fields"]["last_name"] == "O'NEILL"


def test_k3_the_second_load_of_a_system_ref_updates_and_does_not_duplicate(take_in: Importer) -> None:
    take_in(HEADER + ANN)
    job = take_in(HEADER + ANN.replace("Ann@", "ann.new@"))
    assert counts(job) == (0, 1, 0, 0)
    assert SourceRecord.objects.get().emails == ["ann.new@example.org"]


def test_k3_the_same_ref_in_two_sources_is_two_system_refs(take_in: Importer, source: SourceSystem) -> None:
    other = SourceSystem.objects.create(code="SHOP", name="Shop")
    take_in(HEADER + ANN)
    take_in(HEADER + ANN, source=other)
    assert SourceRecord.objects.filter(system_ref="1").count() == 2


def test_an_unchanged_record_is_not_touched(take_in: Importer) -> None:
    take_in(HEADER + ANN)
    before = SourceRecord.objects.get().received_at
    assert counts(take_in(HEADER + ANN)) == (0, 0, 1, 0)
    assert SourceRecord.objects.get().received_at == before


def test_an_unmapped_column_is_kept_as_it_came(take_in: Importer) -> None:
    take_in('Client ID,Shirt size,Note\n1,XL,"says ""hi""\nand\tleft \\"\n')
    assert SourceRecord.objects.get().claim == {
        "fields": {},
        "extra": {"Shirt size": "XL", "Note": 'says "hi"\nand\tleft \\'},
    }


def test_the_last_row_of_a_ref_that_stands_twice_counts(take_in: Importer) -> None:
    job = take_in(HEADER + ANN + BOB + ANN + ANN.replace("ann,", "Anna,"))
    assert counts(job) == (2, 1, 1, 0)
    assert SourceRecord.objects.get(system_ref="1").first_name == "Anna"
    assert RejectedRow.objects.count() == 0


@pytest.mark.parametrize(
    ("row", "reason"),
    [(",Eve,Hill,,,\n", "no System Ref"), (f"{'9' * 300},Eve,Hill,,,\n", "longer than 255")],
)
def test_a_row_without_a_usable_system_ref_is_rejected_alone(
    take_in: Importer, row: str, reason: str
) -> None:
    job = take_in(HEADER + ANN + row + BOB)
    assert counts(job) == (2, 0, 0, 1)
    rejected = job.rejected_rows.get()
    assert reason in rejected.reason
    assert (rejected.row_number, rejected.column) == (3, "Client ID")
    assert rejected.values["First name"] == "Eve"


def test_control_characters_in_any_value_break_neither_rows_nor_lists(take_in: Importer) -> None:
    odd = "\x1f,\x1eann\x1f,O\x1fNEILL\x1e,a\x1f@example.org,079\x1e11 123456,\x1f\n"
    rows = "\x1e7\x1f,\x1eann\x1f,O\x1fNEILL,ann@example.org\x1f,\x1e07911 123456,\n\\.,Eve,\\.,,,\n"
    plenty = "2,Bob," + "Stone" * 1_000 + ",,,\n"  # too many such signs in a short file, and it is no text
    job = take_in(HEADER + plenty + odd + rows)
    assert (job.state, counts(job)) == (Import.State.DONE, (3, 0, 0, 1))
    ann = SourceRecord.objects.get(system_ref="7")
    assert (ann.first_name, ann.emails, ann.phones) == ("Ann", ["ann@example.org"], ["+447911123456"])
    assert SourceRecord.objects.filter(system_ref="\\.").exists()
    assert counts(take_in(HEADER + plenty + rows, whole_source=True)) == (0, 0, 3, 0)
    assert not SourceRecord.objects.exclude(gone_at=None).exists()


def test_nothing_but_claims_stays_in_the_database_after_an_import(take_in: Importer) -> None:
    with connection.cursor() as cursor:
        before = connection.introspection.table_names(cursor)
        take_in(HEADER + ANN, whole_source=True)
        assert connection.introspection.table_names(cursor) == before


def test_an_unchanged_record_is_cleaned_again_when_the_source_reads_dates_or_phones_otherwise(
    take_in: Importer, source: SourceSystem
) -> None:
    text = HEADER + "1,Ann,Stone,,22123456,04/03/1990\n"
    take_in(text)
    assert SourceRecord.objects.get().phones == []
    as_in_cyprus = actions.SourceDetails(name="Ticketing", default_country="CY", date_order="MDY")
    actions.edit_source(actor=COMMAND_LINE, source_id=source.pk, details=as_in_cyprus)
    source.refresh_from_db()
    assert counts(take_in(text)) == (0, 1, 0, 0)
    record = SourceRecord.objects.get()
    assert (record.phones, record.birth_date) == (["+35722123456"], date(1990, 4, 3))
    assert counts(take_in(text)) == (0, 0, 1, 0)


def test_a3_an_unchanged_record_is_cleaned_again_when_the_junk_list_changed(take_in: Importer) -> None:
    text = HEADER + "1,Ann,Stone,box@venue.example.org,,\n"
    take_in(text)
    actions.save_junk_list(actor=COMMAND_LINE, words={"emails": ["box@venue.example.org"]})
    assert counts(take_in(text)) == (0, 1, 0, 0)
    assert SourceRecord.objects.get().emails == []
    assert counts(take_in(text)) == (0, 0, 1, 0)


def test_an_import_leaves_no_keys_waiting_in_the_list_that_look_ups_read_through(take_in: Importer) -> None:
    take_in(HEADER + ANN + BOB)
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('source_record_by_match_key')")
        assert cursor.fetchall() == [(0,)]
