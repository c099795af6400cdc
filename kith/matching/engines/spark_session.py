"""A Spark session on a cluster given by its address, or one sentence that says why there is none."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from kith.matching.engines.spark_work import Batches

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_LOOPBACK: Final = re.compile(r"local(\[.*\])?|spark://(127\.0\.0\.1|localhost):\d+")
_STANDALONE: Final = re.compile(r"spark://([^,/]+:\d+)((,[^,/]+:\d+)*)")
_OTHER: Final = re.compile(r"local(\[[\d*,]+\])?|yarn|k8s://.+")


class SparkUnavailable(RuntimeError):
    """There is no cluster to work on; the sentence may be shown to the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOptions:
    timeout: float = 60.0
    """Seconds until a master must answer, and again until a worker must take up work."""
    memory: str = "2g"
    """Of each executor; with a local master of the one process there is."""
    worker_python: str | None = None
    """The Python of the workers, with Kith in it; else PYSPARK_PYTHON, else where this one lies."""
    partitions: int | None = None
    """Parts that rows are dealt into; else four for each core."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Of Spark, by name; they outrank all above."""


@contextmanager
def spark_session(*, master: str, options: SessionOptions | None = None) -> Iterator[SparkSession]:
    """Raises SparkUnavailable. The session, and what it keeps on the cluster, ends with the block."""
    options = options or SessionOptions()
    _refuse_without_programs()
    _refuse_unless_answering(master, timeout=options.timeout)
    session = _started(master, options)
    try:
        _refuse_without_workers(session, master=master, timeout=options.timeout)
        yield session
    finally:
        session.stop()


def _refuse_without_programs() -> None:
    for package in ("pyspark", "pandas"):
        if importlib.util.find_spec(package) is None:
            raise SparkUnavailable(
                f"Matching on a cluster needs {package}, which is missing: pip install 'kith-hub[spark]'"
            )
    home = os.environ.get("JAVA_HOME")
    if not (shutil.which("java") or (home and (Path(home) / "bin" / "java").exists())):
        raise SparkUnavailable(
            "Matching on a cluster needs Java 17 or newer, and there is none: install it"
            " (Debian and Ubuntu: apt-get install default-jre-headless) or set JAVA_HOME."
        )


def _refuse_unless_answering(master: str, *, timeout: float) -> None:
    if _OTHER.fullmatch(master):
        return
    if not _STANDALONE.fullmatch(master):
        raise SparkUnavailable(
            f"'{master}' is no address of a Spark master: spark://host:7077, yarn, k8s://… or local[2]."
        )
    addresses = master.removeprefix("spark://").split(",")
    reasons = [_no_answer(address, timeout=timeout / len(addresses)) for address in addresses]
    if all(reasons):
        raise SparkUnavailable(f"No Spark master answers at {master}: {reasons[0]}. Is it running?")


def _no_answer(address: str, *, timeout: float) -> str | None:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=timeout).close()
    except TimeoutError:
        return f"no connection within {timeout:g} seconds"
    except (OSError, OverflowError) as error:
        return (getattr(error, "strerror", None) or str(error)).lower()
    return None


def _started(master: str, options: SessionOptions) -> SparkSession:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    if SparkSession.getActiveSession() is not None:
        raise SparkUnavailable("This process has a Spark session already; stop it first.")
    builder = SparkSession.builder.master(master).appName("kith")
    for name, value in (_settings(master, options) | dict(options.settings)).items():
        builder = builder.config(name, value)
    try:
        # The one way to say it: Spark's own setting is read by spark-submit alone.
        with _environment(PYSPARK_PYTHON=_worker_python(options)):
            return builder.getOrCreate()
    except (Py4JError, PySparkException, OSError) as error:
        raise SparkUnavailable(f"Spark does not start on {master}: {_first_line(error)}") from error


def _worker_python(options: SessionOptions) -> str:
    return options.worker_python or os.environ.get("PYSPARK_PYTHON") or sys.executable


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _settings(master: str, options: SessionOptions) -> dict[str, str]:
    settings = {
        "spark.log.level": "WARN",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "50000",
        "spark.driver.memory" if master.startswith("local") else "spark.executor.memory": options.memory,
    }
    if _LOOPBACK.fullmatch(master):
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    if options.partitions:
        settings["spark.sql.shuffle.partitions"] = str(options.partitions)
    return settings


def _refuse_without_workers(session: SparkSession, *, master: str, timeout: float) -> None:
    """A first piece of work: it waits for ever where no worker is free, and fails where one lacks Kith."""
    found: list[str] = []
    failed: list[Exception] = []

    def ask() -> None:
        try:
            answers = session.range(1).mapInArrow(hello, "kith string").collect()
        except Exception as error:  # noqa: BLE001  # whatever it is, it becomes a sentence
            failed.append(error)
        else:
            found.extend(answer[0] for answer in answers)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(timeout)
    if asking.is_alive():
        raise SparkUnavailable(
            f"No worker of {master} took up work within {timeout:g} seconds: none is registered,"
            " all are busy, or none has the memory that is asked for."
        )
    if failed:
        raise SparkUnavailable(_why(failed[0], master=master)) from failed[0]
    if found != [version("kith-hub")]:
        raise SparkUnavailable(
            f"The workers of {master} have Kith {found[0]}, this machine {version('kith-hub')}: the same"
            " version must be everywhere, or the same records would not make the same groups."
        )


def hello(batches: Batches) -> Batches:
    for _ in batches:
        yield pa.RecordBatch.from_pydict({"kith": [version("kith-hub")]})


def _why(error: Exception, *, master: str) -> str:
    text = str(error)
    missing = re.search(r"No module named '(\w+)", text)
    if missing:
        return (
            f"The Python of a worker of {master} lacks {missing[1]}: install kith-hub[spark] there, in the"
            " version of this machine, and name that Python with PYSPARK_PYTHON or --worker-python."
        )
    if "PYTHON_VERSION_MISMATCH" in text:
        return (
            f"A worker of {master} runs another version of Python than this machine; they must be the same."
        )
    if "Cannot run program" in text:
        return f"A worker of {master} has no such Python: name the right one with --worker-python."
    return f"The workers of {master} could not do a first piece of work: {_first_line(error)}"


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
