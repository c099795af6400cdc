from __future__ import annotations

import importlib.util

import pytest

from kith.matching.engines.spark_session import SparkUnavailable, spark_session


@pytest.mark.skipif(importlib.util.find_spec("pyspark") is not None, reason="PySpark is installed here")
def test_a_missing_pyspark_is_said_with_what_to_do() -> None:
    with (
        pytest.raises(SparkUnavailable, match=r"pip install 'kith-hub\[spark\]'"),
        spark_session(master="local[2]"),
    ):
        pytest.fail("there is no PySpark")
