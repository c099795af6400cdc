"""A backup file comes to be: under another name, on disk, read through, and only then under its own."""

from __future__ import annotations

import json
import os
import secrets as tokens
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final

from kith.attachments.store import Missing, store
from kith.audit.chain import keys as journal_keys
from kith.audit.chain.heads import Head
from kith.backups import installation, postgres
from kith.backups.format import HEADER_BYTES, SUFFIX, Header, packed, wrapping, write_header
from kith.backups.snapshots import KEY_COLUMNS, Snapshot
from kith.kernel import clock
from kith.sources import storage
from kith.vault import cipher
from kith.vault.master_keys import MasterKeys

DATABASE: Final = "database"
STORE: Final = "store/"
IMPORTS: Final = "imports/"
SUMMARY: Final = "summary"
DATA_KEYS: Final = f"data-keys {KEY_COLUMNS}"
_COMING: Final = ".coming"
Heard = Callable[[int, str], None]
"""Called with how many bytes went by, and what is being done; it may raise, to stop."""


def unheard(size: int, doing: str) -> None:
    """Nobody listens."""


@dataclass(slots=True)
class Summary:
    """What is in it beside the database."""

    files: int = 0
    imports: int = 0
    missing: int = 0
    """Attached files that the store no longer had."""
    unproved: int = 0


def written(
    path: Path, snapshot: Snapshot, *, journal: Head, masters: MasterKeys, heard: Heard
) -> tuple[Header, Summary]:
    """On disk when it returns; what is there before it returned is no backup."""
    key, uid = cipher.new_key(), tokens.token_hex(16)
    program = postgres.fitting("pg_dump", postgres.server_major())
    header = Header(
        uid=uid,
        installation=journal_keys.installation(),
        kith=version("kith-hub"),
        program=program.major,
        made_at=snapshot.at.isoformat(),
        journal_block=journal.number,
        ledger_number=snapshot.ledger.number,
        ledger_mac=snapshot.ledger.mac,
        master_version=masters.newest,
        wrapped=cipher.seal(
            masters.by_version[masters.newest], key, context=wrapping(uid, masters.newest)
        ).hex(),
    )
    summary = Summary(unproved=snapshot.unproved)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.seek(HEADER_BYTES)
        data = packed(_data(snapshot, program, summary))
        data_bytes = _sealed(file, header, key, "data", listened(data, heard, "Writing"))
        keys_bytes = _sealed(file, header, key, "keys", packed(_keys(snapshot)))
        header = replace(header, data_bytes=data_bytes, keys_bytes=keys_bytes).sealed(key)
        write_header(file, header)
        file.flush()
        os.fsync(file.fileno())
    return header, summary


def listened(blocks: Iterable[bytes], heard: Heard, doing: str) -> Iterator[bytes]:
    size = 0
    for block in blocks:
        size += len(block)
        heard(size, doing)
        yield block


def name_now() -> str:
    return f"kith-{clock.now().astimezone(UTC):%Y%m%d-%H%M%S}{SUFFIX}"


def put_in_place(coming: Path, path: Path) -> None:
    """Refuses nothing: whoever calls looked whether `path` is free."""
    coming.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _sealed(file: BinaryIO, header: Header, key: bytes, part: str, blocks: Iterator[bytes]) -> int:
    size = 0
    for block in cipher.seal_stream(key, blocks, context=header.context(part)):
        size += file.write(block)
    return size


def _data(
    snapshot: Snapshot, program: postgres.Program, summary: Summary
) -> Iterator[tuple[str, Iterator[bytes]]]:
    yield DATABASE, postgres.dump(snapshot.name, program)
    named = snapshot.stored()
    for key in store().keys_older_than(clock.now()):
        if key.endswith(_COMING):
            continue
        try:
            blocks = store().blocks(key)
        except Missing:  # removed since
            continue
        yield STORE + key, blocks
        named.discard(key)
        summary.files += 1
    summary.missing = len(named)
    for path in sorted(storage.folder().iterdir()):
        try:
            first, rest = _begun(path)
        except (FileNotFoundError, IsADirectoryError):
            continue
        yield IMPORTS + path.name, chain([first], rest)
        summary.imports += 1
    yield SUMMARY, iter([json.dumps(asdict(summary)).encode()])


def _begun(path: Path) -> tuple[bytes, Iterator[bytes]]:
    """Raises FileNotFoundError now, not when it is read."""
    blocks = storage.blocks_of(path)
    return next(blocks, b""), blocks


def _keys(snapshot: Snapshot) -> Iterator[tuple[str, Iterator[bytes]]]:
    yield from installation.entries()
    yield DATA_KEYS, snapshot.data_keys()
