"""What is counted over all records, and what of it can be read back."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from kith.matching.figures import COUNTED, Figures, count, shares, without_ignored
from kith.matching.prepared import Prepared, prepare
from kith.matching.text_hash import text_hashes
from tests.matching.frames import company, frame, person

BOARD = "+30999"


def _records() -> Prepared:
    crowd = [
        person(n, f"maria name{n}", phone=BOARD, email=f"{n}@x.example", address=("1 road", "n1"))
        for n in range(20)
    ]
    rare = [person(30, "zenobia quartz"), person(31, "zenobia quartz"), company(32, "acme")]
    return prepare(frame([*crowd, *rare]))


def _figures() -> Figures:
    return count(_records(), frequent_records=12, frequent_names=8)


def _hash(text: str) -> int:
    return int(text_hashes(pa.array([text]))[0])


def test_persons_and_companies_are_counted() -> None:
    assert (_figures().persons, _figures().companies) == (22, 1)


def test_figures_come_back_from_bytes_as_they_were() -> None:
    figures = _figures()
    again = Figures.from_bytes(figures.to_bytes())
    assert (again.persons, again.companies) == (figures.persons, figures.companies)
    for name in COUNTED:
        assert np.array_equal(again.counted[name].hashes, figures.counted[name].hashes)
        assert np.array_equal(again.counted[name].shares, figures.counted[name].shares)
        assert again.counted[name].rare == figures.counted[name].rare
    for name in ("emails", "phones"):
        assert np.array_equal(again.ignored[name], figures.ignored[name])
    assert again.to_bytes() == figures.to_bytes()


def test_values_of_one_or_two_records_are_not_kept_and_none_is_kept_as_text() -> None:
    figures = _figures()
    kept = {int(one) for found in figures.counted.values() for one in found.hashes}
    assert _hash("maria") in kept
    assert kept.isdisjoint({_hash("zenobia"), _hash("quartz"), _hash("name3"), _hash("acme")})
    assert b"maria" not in figures.to_bytes()


def test_the_share_of_a_value_is_that_among_all_who_know_the_field() -> None:
    records, figures = _records(), _figures()
    of_code = shares(records, figures, column="first")
    by_name = dict(zip(records.names.all(), of_code.tolist(), strict=False))
    assert by_name["maria"] == np.float32(20 / 22)
    assert by_name["zenobia"] == np.float32(figures.counted["first"].rare)


def test_a_switchboard_is_taken_out_and_nothing_else() -> None:
    records, figures = _records(), _figures()
    assert figures.ignored["phones"].tolist() == [_hash(BOARD)]
    left = without_ignored(records, figures)
    assert int(left.phones.counts.sum()) == 0
    assert left.emails is records.emails


def test_a_phone_of_many_records_of_one_name_is_no_switchboard() -> None:
    records = prepare(frame([person(n, "ann smith", phone=BOARD) for n in range(20)]))
    assert count(records, frequent_records=12, frequent_names=8).ignored["phones"].tolist() == []


def test_the_order_of_records_changes_no_figure() -> None:
    records = [person(n, f"maria name{n % 7}", phone=f"+30{n % 2}") for n in range(40)]
    once, again = (
        count(prepare(frame(rows)), frequent_records=4, frequent_names=2)
        for rows in (records, list(reversed(records)))
    )
    assert once.to_bytes() == again.to_bytes()


def test_figures_of_nothing_are_figures() -> None:
    figures = count(prepare(frame([])), frequent_records=12, frequent_names=8)
    assert (figures.persons, figures.companies) == (0, 0)
    assert Figures.from_bytes(figures.to_bytes()).persons == 0
