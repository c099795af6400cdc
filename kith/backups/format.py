"""One backup file. Knows no database.

    magic (16) · length of the header (4) · header, JSON · zeros up to 16 KiB · DATA · KEYS

DATA and KEYS are sealed streams of the vault under a key of the file, which the header holds wrapped by the
master key. KEYS goes last: overwritten and cut off, nothing says any more what the data keys were, and DATA
opens all the same. The header is vouched for under the same key, so a part of another file, or of another
header, is refused.

Within a stream, entry after entry: `E` · length of its name · name · blocks, each `B` · length · bytes · then
`Z` · SHA-256 of them. A single `.` ends the stream.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

from kith.vault import cipher
from kith.vault.cipher import NotOpened
from kith.vault.master_keys import MasterKeys

MAGIC: Final = b"kith backup 01\r\n"
HEADER_BYTES: Final = 16 * 1024
BLOCK_BYTES: Final = 256 * 1024
_ENTRY, _BLOCK, _END_OF_ENTRY, _END = b"E", b"B", b"Z", b"."

SUFFIX: Final = ".kith"
COMING: Final = ".coming"
"""Ends the name of a file that is not whole yet, after the installation that writes it."""


class BadBackup(Exception):
    """What is wrong with a file, as a sentence without its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    uid: str
    """Hex, random: binds both parts and the wrapped key to this file."""
    installation: str
    """As heads of the journal name it."""
    kith: str
    program: int
    """Major version of the pg_dump that wrote the database in it."""
    made_at: str
    """ISO 8601, UTC: when its snapshot was taken."""
    journal_block: int
    """The newest block that is in it."""
    ledger_number: int
    ledger_mac: str
    """How far the ledger of erasures went: a shorter one does not do for a restore."""
    master_version: int
    wrapped: str
    """Hex: the key of the file."""
    data_bytes: int = 0
    keys_bytes: int = 0
    seal: str = ""
    """Hex: vouches for all of the above."""

    def text(self) -> bytes:
        return json.dumps(asdict(self), sort_keys=True).encode("ascii")

    def sealed(self, key: bytes) -> Header:
        return replace(self, seal=cipher.seal(key, b"", context=self._said()).hex())

    def key(self, masters: MasterKeys) -> bytes:
        """Of this file. Raises BadBackup where no master key at hand opens it, or the header was changed."""
        master = masters.by_version.get(self.master_version)
        if master is None:
            raise BadBackup(f"it needs version {self.master_version} of the master key, which is not here")
        try:
            context = wrapping(self.uid, self.master_version)
            key = cipher.open_(master, bytes.fromhex(self.wrapped), context=context)
        except (NotOpened, ValueError):
            raise BadBackup("the master key here is not the one it was made with") from None
        try:
            cipher.open_(key, bytes.fromhex(self.seal), context=self._said())
        except (NotOpened, ValueError):
            raise BadBackup("its header was changed") from None
        return key

    def context(self, part: str) -> bytes:
        return f"kith backup {self.uid} {part}".encode()

    def _said(self) -> bytes:
        return b"kith backup header " + replace(self, seal="").text()


def wrapping(uid: str, version: int) -> bytes:
    return f"kith backup key {uid} {version}".encode()


def write_header(file: BinaryIO, header: Header) -> None:
    text = header.text()
    begin = MAGIC + struct.pack(">I", len(text)) + text
    assert len(begin) <= HEADER_BYTES, "a header has a fixed place"
    file.seek(0)
    file.write(begin.ljust(HEADER_BYTES, b"\0"))


def read_header(path: Path) -> Header:
    """As it says itself; `Header.key` tells whether that is true."""
    with path.open("rb") as file:
        begin = file.read(HEADER_BYTES)
    if begin[: len(MAGIC)] != MAGIC:
        raise BadBackup("it is no backup of Kith, or of a newer version")
    if len(begin) < HEADER_BYTES:
        raise BadBackup("it was cut short")
    (length,) = struct.unpack_from(">I", begin, len(MAGIC))
    at = len(MAGIC) + 4
    try:
        return Header(**json.loads(begin[at : at + length]))
    except (ValueError, TypeError):
        raise BadBackup("its header was changed") from None


@dataclass(frozen=True, slots=True)
class Opened:
    """A backup whose header holds, and whose length is right."""

    path: Path
    header: Header
    key: bytes
    has_keys: bool
    """False once they were shed."""

    @classmethod
    def of(cls, path: Path, masters: MasterKeys) -> Opened:
        header = read_header(path)
        key = header.key(masters)
        size, data_ends = path.stat().st_size, HEADER_BYTES + header.data_bytes
        if size not in {data_ends, data_ends + header.keys_bytes}:
            raise BadBackup("it was cut short" if size < data_ends + header.keys_bytes else "it is too long")
        return cls(path, header, key, size > data_ends)

    def entries_of_data(self) -> Iterator[Entry]:
        return self._part("data", HEADER_BYTES, self.header.data_bytes)

    def entries_of_keys(self) -> Iterator[Entry]:
        if not self.has_keys:
            raise BadBackup("its keys were shed when a newer backup was made; name that one with --keys")
        return self._part("keys", HEADER_BYTES + self.header.data_bytes, self.header.keys_bytes)

    def _part(self, name: str, begin: int, size: int) -> Iterator[Entry]:
        sealed = _region(self.path, begin, size)
        yield from _unpacked(cipher.open_stream(self.key, sealed, context=self.header.context(name)))


def packed(entries: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    for name, blocks in entries:
        said = name.encode()
        yield _ENTRY + struct.pack(">H", len(said)) + said
        digest = hashlib.sha256()
        for block in blocks:
            if block:
                digest.update(block)
                yield _BLOCK + struct.pack(">I", len(block))
                yield block
        yield _END_OF_ENTRY + digest.digest()
    yield _END


class Entry:
    """Read once, from its start; what is left of it is passed over when the next one is asked for."""

    def __init__(self, name: str, stream: _Stream) -> None:
        self.name = name
        self._stream = stream
        self._digest = hashlib.sha256()
        self._is_read = False

    def blocks(self) -> Iterator[bytes]:
        """Whole only when it ends."""
        while not self._is_read:
            kind = self._stream.take(1)
            if kind == _END_OF_ENTRY:
                self._is_read = True
                if self._stream.take(32) != self._digest.digest():
                    raise BadBackup("what is in it is not what was written")
            elif kind == _BLOCK:
                (size,) = struct.unpack(">I", self._stream.take(4))
                block = self._stream.take(size)
                self._digest.update(block)
                yield block
            else:
                raise BadBackup("what is in it is not what was written")

    def content(self) -> bytes:
        return b"".join(self.blocks())

    def pass_over(self) -> None:
        for _ in self.blocks():
            pass


def _unpacked(blocks: Iterable[bytes]) -> Iterator[Entry]:
    stream = _Stream(blocks)
    while (kind := stream.take(1)) == _ENTRY:
        (size,) = struct.unpack(">H", stream.take(2))
        entry = Entry(stream.take(size).decode(), stream)
        yield entry
        entry.pass_over()
    if kind != _END:
        raise BadBackup("what is in it is not what was written")
    stream.end()


class _Stream:
    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._kept = bytearray()

    def take(self, size: int) -> bytes:
        while len(self._kept) < size:
            self._kept += self._next()
        taken = bytes(self._kept[:size])
        del self._kept[:size]
        return taken

    def end(self) -> None:
        """Only now it is known to be whole."""
        try:
            left = any(self._blocks)
        except NotOpened:
            raise BadBackup(_DAMAGED) from None
        if left or self._kept:
            raise BadBackup("it is too long")

    def _next(self) -> bytes:
        try:
            block = next(self._blocks, None)
        except NotOpened:
            raise BadBackup(_DAMAGED) from None
        if block is None:
            raise BadBackup("it was cut short")
        return block


_DAMAGED: Final = "it was damaged or changed: what was read is not what was written"


def _region(path: Path, begin: int, size: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(begin)
        while size and (block := file.read(min(size, BLOCK_BYTES))):
            size -= len(block)
            yield block
