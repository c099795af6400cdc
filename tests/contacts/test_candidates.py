"""Which stored System Refs are looked at for one record: those of its match keys that a run would compare."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from kith.contacts import local
from kith.contacts.candidates import candidates_of
from kith.matching.cleaning import CleaningOptions, clean_record
from kith.matching.evidence import EngineOptions
from kith.matching.keys import MOST_OF_ONE_NAME, match_keys_of
from kith.sources.models import SourceRecord
from tests.contacts import factories

pytestmark = pytest.mark.django_db


def _asked(**claim: str) -> list[str]:
    cleaned = clean_record(claim, options=CleaningOptions(default_country="CY"))
    keys = match_keys_of(local.comparable(cleaned))
    return sorted(one.record.last_key for one in candidates_of(keys))


def test_who_shares_a_key_is_a_candidate_once_with_all_that_is_compared() -> None:
    factories.person("Ann", "Stone", email_1="ann@home.example", phone_1="99123456")
    factories.person("Bob", "Wood", email_1="bob@home.example")
    assert _asked(first_name="Ann", last_name="Stone", email_1="ann@home.example") == ["stone"]
    assert _asked(last_name="Nobody", email_1="bob@home.example") == ["wood"]
    assert _asked(last_name="Nobody") == []


def test_a_name_that_many_bear_brings_nobody_and_an_email_still_does() -> None:
    for number in range(MOST_OF_ONE_NAME):
        factories.person("Maria", "Papadopoulou", email_1=f"m{number}@home.example")
    assert _asked(first_name="Maria", last_name="Papadopoulou") == []
    found = _asked(first_name="Maria", last_name="Papadopoulou", email_1="m3@home.example")
    assert found == ["papadopoulou"]


@pytest.mark.parametrize("shared_by", [199, 200])
def test_a_key_is_followed_up_to_the_cap_of_a_run(shared_by: int) -> None:
    """The record asked about would be one more in the block."""
    factories.person("Ann", "Stone", phone_1="99123456")
    key = SourceRecord.objects.get(last_key="stone").match_keys
    copies = [SourceRecord(**_columns(number)) for number in range(shared_by - 1)]
    SourceRecord.objects.bulk_create(copies)
    _placed_beside()
    expected = shared_by if shared_by < EngineOptions().max_block_size else 0
    assert len(candidates_of([key[0]])) == expected


def test_settings_of_the_look_up_do_not_outlive_it() -> None:
    factories.person("Ann", "Stone")
    with transaction.atomic():
        candidates_of([1])
        with connection.cursor() as cursor:
            cursor.execute("SHOW enable_seqscan")
            assert cursor.fetchall() == [("on",)]
            cursor.execute("SHOW gin_fuzzy_search_limit")
            assert cursor.fetchall() == [("0",)]


def _columns(number: int) -> dict[str, object]:
    first = SourceRecord.objects.values().get(last_key="stone")
    kept = {name: value for name, value in first.items() if name not in {"id", "system_ref"}}
    return {**kept, "system_ref": f"copy-{number}"}


def _placed_beside() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sources_membership (record_id, contact_id)"
            " SELECT r.id, (SELECT contact_id FROM sources_membership LIMIT 1) FROM sources_sourcerecord r"
            " WHERE NOT EXISTS (SELECT 1 FROM sources_membership m WHERE m.record_id = r.id)"
        )
