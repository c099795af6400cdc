"""Peers get what they need, and one that is missing or fails is said to be so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pyarrow as pa
import pytest

from bench import measured, resolve
from bench.benchmark import Benchmark, Measurement
from bench.febrl import _cleaned
from bench.measured import Failed, Run, medians
from bench.peers import known
from bench.peers.flat import components, flat
from bench.peers.peer import Peer, Resolved, Stopwatch
from bench.peers.splink_columns import COMMON_NAME, prepare
from bench.people import RECORDS, Population, PopulationFiles, generate, write
from kith.matching.cleaning.addresses import street_key
from kith.matching.cleaning.frequent import frequent_values
from kith.matching.evaluate import Scores, evaluate

SIZE = 2_000


@pytest.fixture(scope="module")
def population() -> Population:
    return generate(size=SIZE, seed=1)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> PopulationFiles:
    return write(tmp_path_factory.mktemp("people"), size=SIZE, seed=1)


@pytest.fixture
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def test_a_flat_row_holds_the_first_of_each_list_and_the_companys_name(population: Population) -> None:
    rows = flat(population.records).to_dicts()
    for row, record in zip(rows, population.records.to_pylist(), strict=True):
        company = record["kind"] == "company"
        assert row["last_name"] == (record["company_key"] if company else record["last_key"])
        assert row["email"] == next(iter(record["emails"]), None)
        assert row["postcode"] != ""


def test_components_join_what_links_lead_to_and_keep_the_rest_alone() -> None:
    records = pa.table({"record_id": pa.array([5, 1, 9, 7], pa.int64())})
    made = components(records, left=pa.array([5, 9]), right=pa.array([9, 1]))
    label = dict(zip(made["record_id"].to_pylist(), made["cluster"].to_pylist(), strict=True))
    assert label[5] == label[9] == label[1] != label[7]


def test_the_tuned_splink_sees_no_switchboard_and_no_common_name(
    population: Population, database: duckdb.DuckDBPyConnection
) -> None:
    common = set(frequent_values(population.records)["value"].to_pylist())
    assert common
    prepare(database, population.records, without_frequent=True)
    seen = database.execute("SELECT unnest(emails || phones) FROM prepared").fetchall()
    assert not common & {value for (value,) in seen}
    assert database.execute("SELECT count(*) FROM prepared").fetchall() == [(SIZE,)]
    held = database.execute("SELECT count(*) FROM prepared WHERE rare_name IS NOT NULL GROUP BY rare_name")
    assert max(count for (count,) in held.fetchall()) <= COMMON_NAME


@pytest.mark.slow
def test_splink_resolves_most_of_a_small_population(
    population: Population, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("splink")
    from bench.peers import splink_peer, splink_training

    monkeypatch.setattr(splink_training, "SAMPLED_PAIRS", {"tuned": 2e4})
    resolved = splink_peer.resolve_tuned(population.records, population.truth)
    scores = evaluate(population.truth, resolved.clusters)
    assert scores.f1 > 0.6
    assert resolved.clusters.num_rows == SIZE
    assert 0 < resolved.resolve_seconds < sum(resolved.seconds.values())


def test_a_peer_that_is_not_installed_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = Peer(name="Absent", package="no-such-distribution", resolve=_nothing, largest=10)
    monkeypatch.setattr(resolve, "PEERS", (absent,))
    monkeypatch.setattr(resolve, "CHOSEN", ())
    assert [measurement.failure for measurement in resolve._at(5)] == ["not installed"]


def test_a_peer_is_not_asked_beyond_what_it_manages(monkeypatch: pytest.MonkeyPatch) -> None:
    small = Peer(name="Small", package="pyarrow", resolve=_nothing, largest=10)
    monkeypatch.setattr(resolve, "PEERS", (small,))
    assert resolve._runs(small, size=11) == Failed("not asked beyond 10 records")


@pytest.mark.slow
def test_a_peer_that_breaks_is_reported_with_its_last_words(files: PopulationFiles) -> None:
    unknown = Peer(name="Unknown", package="pyarrow", resolve=_nothing, largest=10)
    assert measured.measure(unknown, files=files) == Failed("StopIteration")


def test_medians_are_taken_of_each_figure_by_itself() -> None:
    scores = Scores(precision=1, recall=1, bcubed_precision=1, bcubed_recall=1, persons=1, groups=1)
    runs = [Run({"scoring": s}, s, mb, scores) for s, mb in ((3.0, 1.0), (1.0, 2.0), (2.0, 9.0))]
    assert medians(runs) == Run({"scoring": 2.0}, 2.0, 2.0, scores)


def test_the_resolve_time_counts_only_the_stages_that_every_peer_has() -> None:
    watch = Stopwatch()
    for stage in ("training", "scoring"):
        with watch.stage(stage):
            pass
    resolved = Resolved(pa.table({}), {"training": 5.0, "scoring": 2.0}, ("scoring",))
    assert resolved.resolve_seconds == 2.0
    assert set(watch.seconds) == {"training", "scoring"}


def test_every_peer_has_a_name_of_its_own_and_kith_is_one() -> None:
    names = [peer.name for peer in known.PEERS]
    assert len(set(names)) == len(names)
    assert {known.KITH, known.TUNED} <= set(names)


def test_ratios_are_taken_within_one_group(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from bench import __main__

    found = [
        Measurement(what, seconds, group=group)
        for group, seconds in (("small", 1.0), ("large", 10.0))
        for what, seconds in (("Kith", seconds), ("peer", seconds * 2))
    ]
    monkeypatch.setattr(__main__, "keep", lambda _benchmark, _measurements: None)
    __main__.report(Benchmark("resolve", "", lambda: found, "peer"))
    told = capsys.readouterr().out
    assert told.count("2.00x") == 2
    assert "small" in told


def test_a_febrl_row_becomes_a_cleaned_record() -> None:
    row = {
        "given_name": "mitchell", "surname": "o'brien", "street_number": "7", "address_1": "wallaby place",
        "postcode": "2119", "date_of_birth": "19560409", "soc_sec_id": "1804974",
    }  # fmt: skip
    table = pa.Table.from_pylist(
        [_cleaned(3, row), _cleaned(4, row | {"date_of_birth": "19560231"})], RECORDS
    )
    assert table["birth_date"].to_pylist() == [date(1956, 4, 9), None]
    assert table["last_key"].to_pylist()[0] == "obrien"
    assert table["street_keys"].to_pylist()[0] == [street_key("7 wallaby place")]


def _nothing(_records: pa.Table, _truth: pa.Table) -> Resolved:
    return Resolved(pa.table({}), {}, ())
