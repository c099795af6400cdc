"""The engine on a cluster inside one process gives what the engine in memory gives, to the last bit."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kith.matching.comparable import Comparable
from kith.matching.engines.spark import UnusableRecords, resolve_on_spark
from kith.matching.engines.spark_session import SessionOptions, spark_session
from kith.matching.evidence import EngineOptions, Recipe
from kith.matching.rules import Comparison, Criterion, Field, Rule, RuleSet
from tests.matching.frames import frame
from tests.spark.same import assert_the_same

pytest.importorskip("pyspark")
pytestmark = [pytest.mark.spark, pytest.mark.slow]


@pytest.fixture(scope="module")
def session() -> Iterator[object]:
    with spark_session(master="local[2]", options=SessionOptions(partitions=2, memory="1g")) as started:
        yield started


def test_a_population_has_the_same_clusters_evidence_doubts_and_figures(
    session: object, population: pa.Table
) -> None:
    assert_the_same(session, population)


def test_dense_records_with_cut_blocks_switchboards_and_own_rules_have_the_same_clusters(
    session: object,
) -> None:
    rules = RuleSet.shipped()
    own = (
        Rule(
            "Nickname and near birth",
            (
                Criterion(Field.FIRST_NAME, Comparison.NICKNAME),
                Criterion(Field.BIRTH_DATE, Comparison.NEAR_DATE, 2),
            ),
        ),
        Rule("Whole name", (Criterion(Field.FULL_NAME, Comparison.EXACT),)),
        Rule("Street begins alike", (Criterion(Field.ADDRESS_LINE, Comparison.FIRST_LETTERS, 4),)),
    )
    recipe = replace(Recipe.shipped(), rules=replace(rules, person=(*own, *rules.person)))
    options = EngineOptions(max_block_size=25, frequent_records=6, frequent_names=3)
    assert_the_same(session, _dense(400, seed=7), recipe=recipe, options=options)


def test_no_records_make_no_clusters(session: object) -> None:
    found = resolve_on_spark(session.createDataFrame(frame([])))
    assert found.clusters.collect() == []


def test_records_with_one_id_twice_are_refused(session: object) -> None:
    twice = session.createDataFrame(frame([Comparable(record_id=1), Comparable(record_id=1)]))
    with pytest.raises(UnusableRecords, match="1 records have the record_id of another"):
        resolve_on_spark(twice)


def test_records_that_lack_a_column_are_refused(session: object, tmp_path: Path) -> None:
    pq.write_table(frame([Comparable(record_id=1)]).drop_columns(["emails"]), tmp_path / "r.parquet")
    with pytest.raises(UnusableRecords, match="lack these columns: emails"):
        resolve_on_spark(session.read.parquet(str(tmp_path / "r.parquet")))


def _dense(size: int, *, seed: int) -> pa.Table:
    """From few values each, so that nearly everything shares something with everything."""
    rng = random.Random(seed)
    return frame([_drawn(rng, record_id=1 + 3 * place) for place in range(size)])


def _drawn(rng: random.Random, *, record_id: int) -> Comparable:
    company = rng.random() < 0.2
    mails = [f"{name}@x.example" for name in ("office", "anna.smith", "anna.smyth", "bob.jones", "kostas")]
    places = rng.sample(
        [("12 high street", "n16xy"), ("12 high stret", "n16xy"), ("", "10552")], rng.randint(0, 2)
    )
    return Comparable(
        record_id=record_id,
        kind="company" if company else "person",
        first_key=""
        if company
        else rng.choice(["", "anna", "ann", "bob", "robert", "kostas", "konstantinos"]),
        last_key=""
        if company
        else rng.choice(["", "smith", "smyth", "jones", "papadopoulos", "papadopoulou"]),
        company_key=rng.choice(["acme", "acme trading", "zenith"]) if company else "",
        emails=tuple(rng.sample(mails, rng.randint(0, 2))),
        phones=tuple(rng.sample([f"+44123456{n}" for n in range(700, 740)], rng.randint(0, 2))),
        birth_date=rng.choice([None, date(1980, 1, 1) + timedelta(days=rng.randint(0, 60))]),
        id_number=rng.choice(["", "", "", str(rng.randint(10_000, 10_040))]),
        street_keys=tuple(street for street, _ in places),
        postcode_keys=tuple(postcode for _, postcode in places),
    )
