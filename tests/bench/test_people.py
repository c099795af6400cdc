"""The benchmarks' population is repeatable, of the right shape, and its knobs do what they say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from bench.people import (
    RECORDS,
    TRUTH,
    Knobs,
    Population,
    Statistics,
    Trouble,
    generate,
    statistics,
    without_trouble,
    write,
)
from kith.matching.records import MATCHED

SIZE = 4_000


@pytest.fixture(scope="module")
def population() -> Population:
    return generate(size=SIZE, seed=1)


@pytest.fixture(scope="module")
def found(population: Population) -> Statistics:
    return statistics(population.records, truth=population.truth)


def test_the_same_seed_makes_the_same_people_and_another_seed_others(population: Population) -> None:
    again = generate(size=SIZE, seed=1)
    assert again.records.equals(population.records)
    assert again.truth.equals(population.truth)
    assert not generate(size=SIZE, seed=2).records.equals(population.records)


def test_records_have_the_columns_that_engines_read(population: Population) -> None:
    assert population.records.schema.equals(RECORDS)
    assert population.truth.schema.equals(TRUTH)
    assert {"record_id", "gender", *MATCHED} == set(population.records.column_names)


def test_every_record_has_one_truth_and_its_id_is_its_own(population: Population) -> None:
    assert population.records.num_rows == SIZE
    assert population.records["record_id"].equals(population.truth["record_id"])
    assert sorted(population.records["record_id"].to_pylist()) == list(range(SIZE))


def test_lists_are_never_null_and_streets_stand_beside_their_postcodes(population: Population) -> None:
    records = population.records
    for name in ("emails", "phones", "street_keys", "postcode_keys"):
        assert records[name].null_count == 0
        assert pc.list_flatten(records[name]).null_count == 0
    streets, codes = (pc.list_value_length(records[name]) for name in ("street_keys", "postcode_keys"))
    assert streets.equals(codes)


def test_persons_have_about_as_many_records_and_pairs_as_was_asked(found: Statistics) -> None:
    assert found.records_per_person == pytest.approx(2.315, abs=0.12)
    assert found.pairs_per_record == pytest.approx(1.23, abs=0.2)


@pytest.mark.parametrize("trouble", list(Trouble))
def test_every_trouble_befalls_somebody_but_not_most(trouble: Trouble, found: Statistics) -> None:
    share = found.troubles[(trouble.name or "").lower().replace("_", " ")]
    assert 0 < share < (0.8 if trouble is Trouble.HOUSEHOLD else 0.2)


def test_knobs_at_zero_make_no_trouble_and_leave_nothing_out() -> None:
    made = generate(size=1_000, seed=1, knobs=without_trouble())
    found = statistics(made.records, truth=made.truth)
    assert not any(found.troubles.values())
    told = ("first_key", "last_key", "birth_date", "gender", "emails", "phones", "street_keys")
    assert {name: found.missing[name] for name in told} == dict.fromkeys(told, 0.0)


@pytest.mark.parametrize(
    ("knob", "trouble", "rate"),
    [
        ("initial", "initial", 0.2),
        ("transposed", "transposed", 0.2),
        ("typo_last", "typo name", 0.2),
        ("copies", "copy", 0.2),
        ("companies", "company", 0.2),
    ],
)
def test_a_share_lies_near_its_knob(knob: str, trouble: str, rate: float) -> None:
    # an even carelessness, so that rates are those of the knobs
    careless = tuple(replace(source, carelessness=1.0) for source in without_trouble().sources)
    knobs = replace(without_trouble(), sources=careless, **{knob: rate})
    made = generate(size=SIZE, seed=1, knobs=knobs)
    assert statistics(made.records, truth=made.truth).troubles[trouble] == pytest.approx(rate, abs=0.03)


def test_without_companies_no_record_is_one() -> None:
    made = generate(size=500, seed=1, knobs=replace(Knobs(), companies=0))
    assert set(made.records["kind"].to_pylist()) == {"person"}


def test_written_files_hold_the_same_as_the_tables_and_are_kept(
    tmp_path: Path, population: Population
) -> None:
    made = write(tmp_path / "people", size=SIZE, seed=1)
    assert pq.read_table(made.records).equals(population.records)
    assert pq.read_table(made.truth).equals(population.truth)
    before = made.records.stat().st_mtime_ns
    assert write(tmp_path / "people", size=SIZE, seed=1).records.stat().st_mtime_ns == before


def test_a_shared_name_belongs_to_many_people(population: Population) -> None:
    joined = population.records.append_column("person", population.truth["person"])
    joined = joined.filter(pc.and_kleene(pc.is_valid(joined["first_key"]), pc.is_valid(joined["last_key"])))
    names = joined.group_by(["first_key", "last_key"]).aggregate([("person", "count_distinct")])
    assert max(names["person_count_distinct"].to_pylist()) > 1
