"""Older backups of a folder lose their keys once a newer one holds: then nothing in them that is sealed opens
but with the newest keys, in which those of whoever was anonymised since are missing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from kith.backups.format import COMING, HEADER_BYTES, SUFFIX, BadBackup, Header, Opened
from kith.kernel import clock
from kith.vault.master_keys import master_keys

_BLOCK: Final = bytes(1 << 20)


def ours(folder: Path, *, installation: str) -> Iterator[Opened]:
    """Backups there that this installation made and can open."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            found = Opened.of(path, master_keys())
        except (BadBackup, OSError):
            continue
        if found.header.installation == installation:
            yield found


def newest_in(folder: Path, *, installation: str) -> tuple[int, datetime | None]:
    """(how many there are, when the newest one was made). Each was read through before it had its name."""
    made = [datetime.fromisoformat(one.header.made_at) for one in ours(folder, installation=installation)]
    return len(made), max(made, default=None)


def shed_older(folder: Path, than: Header) -> int:
    """Returns how many lost their keys now."""
    older = [one for one in ours(folder, installation=than.installation) if is_older(one.header, than)]
    with_keys = [one for one in older if one.has_keys]
    for one in with_keys:
        _shed(one)
    return len(with_keys)


def remove_older(folder: Path, than: Header, *, days: int) -> int:
    """Older than so many days; `than` itself always stays."""
    oldest = clock.now() - timedelta(days=days)
    gone = [
        one
        for one in ours(folder, installation=than.installation)
        if is_older(one.header, than) and datetime.fromisoformat(one.header.made_at) < oldest
    ]
    for one in gone:
        one.path.unlink()
    return len(gone)


def remove_unfinished(folder: Path, *, installation: str) -> None:
    """What a kill or a loss of power left. Whoever calls is alone, so nobody writes at one of them."""
    for path in folder.glob(f"*{SUFFIX}.{installation}{COMING}"):
        path.unlink(missing_ok=True)


def is_older(one: Header, than: Header) -> bool:
    return datetime.fromisoformat(one.made_at) < datetime.fromisoformat(than.made_at)


def _shed(one: Opened) -> None:
    """Overwritten before it is cut off: what was cut off lies on the disk still."""
    begin = HEADER_BYTES + one.header.data_bytes
    with one.path.open("r+b") as file:
        file.seek(begin)
        left = one.header.keys_bytes
        while left:
            left -= file.write(_BLOCK[: min(left, len(_BLOCK))])
        file.flush()
        os.fsync(file.fileno())
        file.truncate(begin)
        os.fsync(file.fileno())
