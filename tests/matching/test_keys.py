"""Stored match keys: stable, as the engine makes them, complete for the shipped rules, never of emptiness."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.matching.candidates import gather
from kith.matching.comparable import Comparable
from kith.matching.evidence import facts_of
from kith.matching.figures import Figures
from kith.matching.keys import key_columns, match_keys, match_keys_of
from kith.matching.phonetics import sound_key, sound_keys
from kith.matching.prepared import NUMBER_KINDS
from tests.matching.drawn import drawn_records
from tests.matching.frames import company, frame, person
from tests.matching.test_pairs import SAME

KEY_OF_ANN = 298880787274658899


def _keys(*records: Comparable) -> list[set[int]]:
    return [set(keys) for keys in match_keys(frame(records)).to_pylist()]


def test_keys_are_one_sorted_list_of_int64_per_record_in_order() -> None:
    records = frame([person(n, f"ann smith{n}", email=f"{n}@x.example") for n in range(5000)])
    keys = match_keys(records)
    assert keys.type == pa.list_(pa.int64())
    assert keys.slice(4321, 1).to_pylist() == match_keys(records.slice(4321, 1)).to_pylist()
    assert all(found == sorted(set(found)) for found in keys.to_pylist())


def test_a_key_never_changes_since_it_is_stored() -> None:
    assert match_keys(frame([person(1, email="ann@home.example")])).to_pylist() == [[KEY_OF_ANN]]


@settings(max_examples=30, deadline=None)
@given(st.lists(drawn_records(), min_size=1, max_size=12))
def test_the_stored_keys_of_one_record_are_those_it_has_among_others(records: list[Comparable]) -> None:
    together = match_keys(frame(records)).to_pylist()
    assert together == [match_keys(frame([record])).to_pylist()[0] for record in records]


@settings(max_examples=30, deadline=None)
@given(st.lists(drawn_records(), min_size=2, max_size=12))
def test_two_records_share_a_stored_key_exactly_where_the_engine_compares_them(
    drawn: list[Comparable],
) -> None:
    records = [replace(record, record_id=n) for n, record in enumerate(drawn)]
    stored = _keys(*records)
    expected = {(a, b) for a, b in combinations(range(len(records)), 2) if stored[a] & stored[b]}
    facts = facts_of(frame(records), Figures.none())
    left, right = gather(key_columns(facts), records=len(records), cap=100).pairs()
    assert set(zip(left.tolist(), right.tolist(), strict=True)) == expected


_name = st.text("abcdefghijklmnopqrstuvwxyz ", max_size=14)
_code = st.text("0123456789abc", max_size=8)


@settings(max_examples=60, deadline=None)
@given(
    drawn_records()
    | st.builds(
        Comparable,
        record_id=st.just(0),
        kind=st.sampled_from(["person", "company"]),
        birth_date=st.none() | st.dates(date(1753, 1, 1)),
        **dict.fromkeys(("first_key", "last_key", "company_key"), _name),
        **dict.fromkeys(NUMBER_KINDS, _code),
        emails=st.lists(
            st.sampled_from(["", "a.b+c@gmail.com", "ab@googlemail.com", "+a@x.example"]) | st.emails(),
            max_size=3,
        ).map(tuple),
        phones=st.lists(_code, max_size=3).map(tuple),
        postcode_keys=st.lists(_code, max_size=3).map(tuple),
    )
)
def test_one_record_has_the_keys_of_a_table_of_one(record: Comparable) -> None:
    assert list(match_keys_of(record)) == match_keys(frame([record])).to_pylist()[0]


@given(st.lists(_name))
def test_a_name_sounds_alone_as_it_sounds_in_a_column(names: list[str]) -> None:
    column = sound_keys(pa.array([*names, *(["xenofontos"] * 100)], pa.string()))
    assert [sound_key(name) for name in names] == column.to_pylist()[: len(names)]


def test_emptiness_has_no_key() -> None:
    nothing = person(emails=("",), phones=("",), street_keys=("",), postcode_keys=("",))
    assert _keys(nothing, company(), person(name=" smith")) == [set(), set(), set()]


def test_no_records_have_no_keys() -> None:
    assert match_keys(frame([])).to_pylist() == []


def test_persons_and_companies_share_no_key() -> None:
    known = {"email": "a@x.example", "vat_number": "1", "address": ("1 road", "n1")}
    one, other = _keys(person(**known), company(name="acme", **known))
    assert one
    assert other
    assert one.isdisjoint(other)


def test_a_number_of_one_kind_is_no_key_for_another_kind() -> None:
    one, other = _keys(person(id_number="X1"), person(passport_number="X1"))
    assert one.isdisjoint(other)


@pytest.mark.parametrize(("left", "right"), [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_every_pair_a_shipped_rule_joins_shares_a_key(left: Comparable, right: Comparable) -> None:
    one, other = _keys(left, replace(right, record_id=2))
    assert one & other
