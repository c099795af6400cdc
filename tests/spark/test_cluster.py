"""A real master with two workers, and everything that keeps one from being of use."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest

from kith.matching.engines.spark_session import SessionOptions, SparkUnavailable, spark_session
from tests.spark.same import assert_the_same

pytest.importorskip("pyspark")
pytestmark = [pytest.mark.spark, pytest.mark.slow]


def _refused(master: str, **options: object) -> str:
    with (
        pytest.raises(SparkUnavailable) as refused,
        spark_session(master=master, options=SessionOptions(**options)),
    ):
        pytest.fail("there is no such cluster")
    return str(refused.value)


def test_an_unreachable_master_is_said_within_the_timeout() -> None:
    started = time.monotonic()
    said = _refused("spark://127.0.0.1:1", timeout=5)
    assert said == "No Spark master answers at spark://127.0.0.1:1: connection refused. Is it running?"
    assert time.monotonic() - started < 6


def test_what_is_no_address_is_said() -> None:
    assert "is no address of a Spark master" in _refused("http://127.0.0.1:7077")


def test_a_missing_java_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert "apt-get install default-jre-headless" in _refused("local[2]")


def test_a_worker_without_kith_is_said(tmp_path: Path) -> None:
    bare = shutil.which("python3", path=f"{sys.base_prefix}/bin")
    assert " lacks " in _refused("local[1]", worker_python=bare, memory="1g")


def test_a_master_without_workers_is_said_within_the_timeout(master: str) -> None:
    said = _refused(master, timeout=8, memory="512m")
    assert said.startswith(f"No worker of {master} took up work within 8 seconds")


def test_two_workers_make_the_same_clusters_as_memory(two_workers: str, population: pa.Table) -> None:
    options = SessionOptions(partitions=2, memory="512m")
    with spark_session(master=two_workers, options=options) as session:
        assert_the_same(session, population)
