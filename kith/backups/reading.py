"""A backup file is read through as a restore would, writing nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kith.backups import installation, postgres
from kith.backups.format import BadBackup, Opened
from kith.backups.installation import Secrets
from kith.backups.writing import (
    DATA_KEYS,
    DATABASE,
    IMPORTS,
    STORE,
    SUMMARY,
    Heard,
    Summary,
    listened,
    unheard,
)
from kith.kernel.errors import Refused
from kith.vault import cipher
from kith.vault.keys import MasterKeyMissing, unwrapped
from kith.vault.master_keys import MasterKeys, master_keys
from kith.vault.models import DataKey

_NULL: Final = rb"\N"
_BYTES: Final = rb"\\x"


@dataclass(slots=True)
class Verified:
    opened: Opened
    summary: Summary
    secrets: Secrets | None = None
    """None where the keys were shed."""
    ledger: bytes = b""
    heads: bytes = b""
    data_keys: int = 0


def opened(path: Path) -> Opened:
    """Raises Refused with a sentence that begins with its name."""
    try:
        return Opened.of(path, master_keys())
    except BadBackup as bad:
        raise Refused(f"{path.name} is not used: {bad}.") from None
    except OSError as error:
        raise Refused(f"{path.name} cannot be read: {error.strerror}.") from None


def verified(path: Path, *, with_keys: bool = True, heard: Heard = unheard) -> Verified:
    """Everything in it, decrypted, unpacked and compared with what was written. Raises Refused."""
    found = Verified(opened(path), Summary())
    try:
        _read_data(found, heard)
        if with_keys and found.opened.has_keys:
            _read_keys(found, master_keys())
    except BadBackup as bad:
        raise Refused(f"{path.name} is not used: {bad}.") from None
    return found


def keys_of(path: Path) -> Verified:
    """Of a newer backup of which the keys are used, and nothing else."""
    found = Verified(opened(path), Summary())
    try:
        _read_keys(found, master_keys())
    except BadBackup as bad:
        raise Refused(f"{path.name} is not used: {bad}.") from None
    return found


def _read_data(found: Verified, heard: Heard) -> None:
    seen = Summary()
    has_database = False
    for entry in found.opened.entries_of_data():
        if entry.name == DATABASE:
            blocks = listened(entry.blocks(), heard, "Reading it through")
            postgres.read_through(blocks, program=found.opened.header.program)
            has_database = True
        elif entry.name == SUMMARY:
            found.summary = Summary(**json.loads(entry.content()))
        seen.files += entry.name.startswith(STORE)
        seen.imports += entry.name.startswith(IMPORTS)
        entry.pass_over()
    said = (found.summary.files, found.summary.imports)
    if not has_database or said != (seen.files, seen.imports):
        raise BadBackup("something is missing in it")


def _read_keys(found: Verified, masters: MasterKeys) -> None:
    for entry in found.opened.entries_of_keys():
        if entry.name == installation.SECRETS:
            found.secrets = Secrets.of(entry.content())
        elif entry.name == installation.LEDGER:
            found.ledger = entry.content()
        elif entry.name == installation.HEADS:
            found.heads = entry.content()
        elif entry.name == DATA_KEYS:
            for row in data_keys(entry.blocks()):
                if row.wrapped is not None:
                    _open(row, masters)
                found.data_keys += 1
        entry.pass_over()
    if found.secrets is None:
        raise BadBackup("something is missing in it")


def _open(row: DataKey, masters: MasterKeys) -> None:
    try:
        unwrapped(row, masters)
    except MasterKeyMissing:
        raise BadBackup(
            f"its data keys need version {row.master_version} of the master key, which is not here"
        ) from None
    except cipher.NotOpened:
        raise BadBackup("the master key here does not open its data keys") from None


def data_keys(blocks: Iterable[bytes]) -> Iterator[DataKey]:
    """From lines of COPY; without their times."""
    for line in _lines(blocks):
        record_id, wrapped, version, *_ = line.split(b"\t")
        is_destroyed = wrapped == _NULL
        yield DataKey(
            record_id=int(record_id),
            wrapped=None if is_destroyed else bytes.fromhex(wrapped.removeprefix(_BYTES).decode()),
            master_version=None if is_destroyed else int(version),
        )


def _lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        *lines, rest = (rest + block).split(b"\n")
        yield from lines
