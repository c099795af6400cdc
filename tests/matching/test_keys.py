"""Stored match keys: stable, complete for the shipped rules, never made of emptiness."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.matching.blocking import match_keys, match_keys_of
from kith.matching.comparable import Comparable
from tests.matching.drawn import drawn_records
from tests.matching.frames import company, frame, person
from tests.matching.test_pairs import SAME

# The upper 63 bits of the second half of the MD5 of 'person:email:ann@home.example', little end first.
KEY_OF_ANN = 6825833786289281228


def _keys(*records: Comparable) -> list[set[int]]:
    return [set(keys) for keys in match_keys(frame(records)).to_pylist()]


def test_keys_are_one_list_of_int64_per_record_in_order() -> None:
    records = frame([person(n, f"ann smith{n}", email=f"{n}@x.example") for n in range(5000)])
    keys = match_keys(records)
    assert keys.type == pa.list_(pa.int64())
    assert keys.slice(4321, 1).to_pylist() == match_keys(records.slice(4321, 1)).to_pylist()


def test_a_key_never_changes_since_it_is_stored() -> None:
    assert match_keys(frame([person(1, email="ann@home.example")])).to_pylist() == [[KEY_OF_ANN]]


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(st.lists(drawn_records(), min_size=1, max_size=20))
def test_the_keys_of_one_record_are_the_keys_of_the_set(records: list[Comparable]) -> None:
    assert match_keys(frame(records)).to_pylist() == [list(match_keys_of(record)) for record in records]


def test_emptiness_has_no_key() -> None:
    nothing = person(emails=("",), phones=("",), street_keys=("",), postcode_keys=("",))
    assert _keys(nothing, company(), person(name=" smith")) == [set(), set(), set()]


def test_persons_and_companies_share_no_key() -> None:
    known = {"email": "a@x.example", "vat_number": "1", "address": ("1 road", "n1")}
    one, other = _keys(person(**known), company(name="acme", **known))
    assert one
    assert other
    assert one.isdisjoint(other)


@pytest.mark.parametrize(("left", "right"), [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_every_pair_a_shipped_rule_joins_shares_a_key(left: Comparable, right: Comparable) -> None:
    one, other = _keys(left, replace(right, record_id=2))
    assert one & other
