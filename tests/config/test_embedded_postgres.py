"""The embedded server under two starts at once, kill -9, and folders that it must not touch."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kith.config import embedded_postgres
from kith.config.errors import DatabaseUnusable
from kith.config.postgres_program import Server
from kith.config.postgres_settings import settings_text

pytestmark = pytest.mark.slow

HOLD = """
import sys
from pathlib import Path
from kith.config import embedded_postgres
print(embedded_postgres.start(Path(sys.argv[1]), durable=len(sys.argv) > 2), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "postgres"
    yield place
    if (place / "PG_VERSION").exists() and Server.over(place).is_alive():
        Server.over(place).stop()


class Holder:
    """Another Kith process that uses the server until it is told to leave, or killed."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(folder), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def url(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        assert line, self.process.stderr and self.process.stderr.read()
        return line

    def leave(self) -> None:
        _, complaints = self.process.communicate(timeout=60)
        assert (self.process.returncode, complaints) == (0, "")

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=60)


def _answers(url: str) -> bool:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT 1").fetchall() == [(1,)]


def test_two_starts_at_once_share_one_server_and_the_last_to_leave_stops_it(folder: Path) -> None:
    first, second = Holder(folder), Holder(folder)
    url = first.url()
    assert second.url() == url
    first.leave()
    assert _answers(url)
    second.leave()
    assert not Server.over(folder).is_alive()


def test_a_killed_holder_leaves_a_server_that_the_next_start_adopts_and_stops(folder: Path) -> None:
    first = Holder(folder)
    url = first.url()
    pid = Server.over(folder).pid()
    first.kill()
    assert _answers(url)
    second = Holder(folder)
    assert second.url() == url
    assert Server.over(folder).pid() == pid
    second.leave()
    assert not Server.over(folder).is_alive()


def test_a_killed_server_is_started_again_with_its_data(folder: Path) -> None:
    first = Holder(folder, "durable")
    url = first.url()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    pid = Server.over(folder).pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    first.kill()
    second = Holder(folder)
    assert second.url() == url
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT n FROM kept").fetchall() == [(7,)]
    second.leave()


def test_a_server_that_died_under_its_holder_is_revived(folder: Path) -> None:
    url = embedded_postgres.start(folder, durable=False)
    assert not embedded_postgres.revive(folder)
    pid = Server.over(folder).pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while Server.over(folder).is_alive():
        time.sleep(0.02)
    assert embedded_postgres.revive(folder)
    assert _answers(url)


def test_a_pid_file_that_names_another_program_is_no_obstacle(folder: Path) -> None:
    Holder(folder).leave()
    (folder / "postmaster.pid").write_text(f"{os.getpid()}\n{folder}\n1\n5432\n{folder}\n\n1 1\nready   \n")
    second = Holder(folder)
    assert _answers(second.url())
    second.leave()


def test_a_creation_that_was_killed_half_way_leaves_nothing_in_the_way(folder: Path) -> None:
    unfinished = folder.with_name("postgres.unfinished")
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    holder = Holder(folder)
    assert _answers(holder.url())
    holder.leave()
    assert not unfinished.exists()


def test_a_very_long_path_still_gets_a_socket(tmp_path: Path) -> None:
    home = tmp_path / ("long-" * 25)
    home.mkdir()
    holder = Holder(home / "postgres")
    assert _answers(holder.url())
    holder.leave()


def test_the_folder_of_another_version_is_refused_in_one_sentence(folder: Path) -> None:
    folder.mkdir()
    (folder / "PG_VERSION").write_text("16\n")
    with pytest.raises(DatabaseUnusable, match="made by PostgreSQL 16"):
        embedded_postgres.start(folder)


def test_a_folder_with_other_files_is_left_alone(folder: Path) -> None:
    folder.mkdir()
    (folder / "holiday.jpg").write_text("sea")
    with pytest.raises(DatabaseUnusable, match="holds files but no database"):
        embedded_postgres.start(folder)
    assert (folder / "holiday.jpg").read_text() == "sea"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_the_folder_of_another_user_is_refused_in_one_sentence(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    for parent in list(folder.parents)[:4]:
        parent.chmod(0o777)
    attempt = (
        "import os, sys; from pathlib import Path; os.setgid(65534); os.setuid(65534);"
        "from kith.config import embedded_postgres as e, errors\n"
        "try: e.start(Path(sys.argv[1]))\n"
        "except errors.DatabaseUnusable as error: print(error)"
    )
    told = subprocess.run(
        [sys.executable, "-c", attempt, str(folder)], capture_output=True, text=True, check=False
    )
    assert "belongs to another user" in told.stdout, told.stderr


def test_a_home_that_cannot_be_made_is_refused_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("KITH_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(DatabaseUnusable, match="Set KITH_HOME"):
        embedded_postgres.home()


def test_only_the_owner_may_enter_and_settings_are_read(folder: Path) -> None:
    holder = Holder(folder)
    with psycopg.connect(holder.url()) as connection:
        assert connection.execute("SHOW unix_socket_permissions").fetchall() == [("0700",)]
        assert connection.execute("SHOW jit").fetchall() == [("off",)]
        assert connection.execute("SHOW server_encoding").fetchall() == [("UTF8",)]
        assert connection.execute("SHOW listen_addresses").fetchall() == [("",)]
    assert folder.stat().st_mode & 0o077 == 0
    holder.leave()


def test_durability_is_given_up_in_tests_only() -> None:
    assert "fsync" not in settings_text(durable=True)
    assert "fsync = off" in settings_text(durable=False)
