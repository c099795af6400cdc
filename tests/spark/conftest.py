"""Records with every trouble, and clusters that live as long as the tests of one file."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from bench.population.table import generate


@pytest.fixture(scope="session")
def population() -> pa.Table:
    return generate(size=2500, seed=20261122).records


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A standalone master on loopback, with no worker yet."""
    folder = tmp_path_factory.mktemp("master")
    port, page = _free_port(), _free_port()
    process = _started(
        "org.apache.spark.deploy.master.Master",
        "--host", "127.0.0.1", "--port", str(port), "--webui-port", str(page),
        log=folder / "log",
    )  # fmt: skip
    _wait_until(lambda: _answers(port), process=process)
    yield f"spark://127.0.0.1:{port}"
    _end(process)


@pytest.fixture(scope="module")
def two_workers(master: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the master, which has two workers now."""
    folders = [tmp_path_factory.mktemp(name) for name in ("one", "two")]
    workers = [
        _started(
            "org.apache.spark.deploy.worker.Worker",
            "--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", str(_free_port()),
            "--work-dir", str(folder), master,
            log=folder / "log",
        )
        for folder in folders
    ]  # fmt: skip
    for worker, folder in zip(workers, folders, strict=True):
        _wait_until(lambda log=folder / "log": b"registered with master" in log.read_bytes(), process=worker)
    yield master
    for worker in workers:
        _end(worker)


def _started(what: str, *arguments: str, log: Path) -> subprocess.Popen[bytes]:
    import pyspark

    home = Path(pyspark.__file__).parent
    with log.open("wb") as lines:
        return subprocess.Popen(
            [home / "bin" / "spark-class", what, *arguments],
            env={**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"},
            stdout=lines, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip


def _end(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _wait_until(holds: Callable[[], bool], *, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 90
    while not holds():
        assert process.poll() is None, "Spark ended by itself"
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)
