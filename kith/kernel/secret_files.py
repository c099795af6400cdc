"""Small files that only their owner reads, and that are whole or not there, whatever is killed meanwhile."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def written_once(path: Path, text: str) -> None:
    """Whoever comes first makes it; whoever comes later, or at the same moment, leaves it as it is."""
    if path.exists():
        return
    made = _beside(path, text)
    try:
        os.link(made, path)
    except FileExistsError:
        pass
    finally:
        made.unlink()
    _sync_folder(path.parent)


def rewritten(path: Path, text: str) -> None:
    _beside(path, text).replace(path)
    _sync_folder(path.parent)


def _beside(path: Path, text: str) -> Path:
    """Under a name of its own: two threads of one process may write at the same moment."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
