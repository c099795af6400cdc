"""The command as a script sees it: words, exit codes, and what survives a kill."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with its own server, migrated once."""
    folder = tmp_path_factory.mktemp("home", numbered=True)
    done = _kith("migrate", "-v0", home=folder)
    assert done.returncode == 0, done.stderr
    return folder


def _environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {**kept, "KITH_HOME": str(home), **more}


def _kith(*arguments: str, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kith", *arguments],
        env=_environment(home, **more), capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until(holds: Callable[[], bool], *, seconds: float = 45) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in/", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def test_help_needs_no_database_and_names_the_first_step(tmp_path: Path) -> None:
    done = _kith("--help", home=tmp_path / "nowhere")
    assert done.returncode == 0
    assert "kith demo" in done.stdout
    assert not (tmp_path / "nowhere").exists()


def test_an_unknown_command_is_wrong_usage(home: Path) -> None:
    assert _kith("frobnicate", home=home).returncode != 0


def test_a_wrong_option_is_exit_code_2(home: Path) -> None:
    assert _kith("doctor", "--frobnicate", home=home).returncode == 2


def test_a_bad_setting_is_exit_code_2_and_one_sentence(home: Path) -> None:
    done = _kith("doctor", home=home, KITH_HTTPS="perhaps")
    assert (done.returncode, done.stderr) == (2, "KITH_HTTPS must be yes or no.\n")


def test_a_database_that_does_not_answer_is_exit_code_3_and_one_sentence(home: Path) -> None:
    done = _kith("migrate", home=home, DATABASE_URL="postgresql://kith@127.0.0.1:1/kith")
    assert done.returncode == 3
    assert done.stderr.startswith("The database does not answer:")
    assert done.stderr.count("\n") == 1


def test_a_foreign_database_folder_is_exit_code_3_and_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("14\n")
    done = _kith("doctor", home=tmp_path)
    assert done.returncode == 3
    assert "made by PostgreSQL 14" in done.stderr
    assert done.stderr.count("\n") == 1


def test_web_refuses_an_older_database_and_doctor_says_what_to_do(tmp_path: Path) -> None:
    done = _kith("web", "--port", str(_free_port()), home=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert "kith migrate" in done.stderr
    examined = _kith("doctor", home=tmp_path)
    assert examined.returncode == 1
    assert re.search(r"^fail +migrations .*kith migrate", examined.stdout, re.MULTILINE)


def test_doctor_names_the_missing_administrator(home: Path) -> None:
    done = _kith("doctor", home=home)
    assert done.returncode == 1
    assert re.search(r"^fail +administrator .*createsuperuser", done.stdout, re.MULTILINE)
    assert re.search(r"^ok +database +PostgreSQL 18", done.stdout, re.MULTILINE)


def test_a_port_in_use_is_exit_code_2_and_one_sentence(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = _kith("serve", "--port", str(taken.getsockname()[1]), home=home)
    assert done.returncode == 2
    assert "Choose another --port" in done.stderr


@pytest.fixture
def served(home: Path) -> Iterator[tuple[psutil.Process, int]]:
    port = _free_port()
    with subprocess.Popen(
        [sys.executable, "-m", "kith", "serve", "--port", str(port)],
        env=_environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            _wait_until(lambda: _answers(port))
            yield psutil.Process(process.pid), port
        finally:
            if process.poll() is None:
                process.kill()


def _child(process: psutil.Process, word: str) -> psutil.Process | None:
    for child in process.children():
        with suppress(psutil.Error):  # it may end between being listed and being asked
            if word in child.cmdline()[3:4]:
                return child
    return None


def test_serve_starts_a_killed_worker_and_a_killed_database_again_and_stops_clean(
    home: Path, served: tuple[psutil.Process, int]
) -> None:
    process, port = served
    _wait_until(lambda: _child(process, "worker") is not None)
    worker = _child(process, "worker")
    assert worker is not None
    worker.kill()
    _wait_until(lambda: (new := _child(process, "worker")) is not None and new.pid != worker.pid)
    server = int((home / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])
    os.kill(server, signal.SIGKILL)
    _wait_until(lambda: _answers(port) and _pid_of_server(home) not in {None, server})
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert not (home / "postgres" / "postmaster.pid").exists()


def _pid_of_server(home: Path) -> int | None:
    try:
        return int((home / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def test_the_children_end_when_serve_is_killed(served: tuple[psutil.Process, int]) -> None:
    process, port = served
    _wait_until(lambda: _child(process, "worker") is not None)
    children = process.children(recursive=True)
    process.kill()
    _, alive = psutil.wait_procs(children, timeout=45)
    assert [child for child in alive if child.status() != psutil.STATUS_ZOMBIE] == []
    assert not _answers(port)
