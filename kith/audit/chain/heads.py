"""Signed heads of the chain, in a file outside the database: who cuts off the newest blocks leaves a head
behind that has no block. Each line is JSON and holds no personal data; it may be copied to anywhere.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from io import BufferedRandom
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings

from kith.audit.chain import reading
from kith.audit.chain.canonical import to_sign
from kith.audit.chain.keys import LABEL, installation, public_key
from kith.audit.models import Block
from kith.kernel import proof_keys

log = logging.getLogger(__name__)
HEAD: Final = "head"
SET_ASIDE: Final = "set aside"
_NUMBER: Final = re.compile(r'"number": (\d+)')
_TAIL_BYTES: Final = 4_096


class BadHead(Exception):
    """This is no head that this Kith signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How far the journal was sealed at a moment."""

    kind: str = HEAD
    """`set aside`: heads above this number that stand before it in the file are of blocks a restore lost."""
    installation: str
    epoch: int
    number: int
    hash: str
    """Hex."""
    entries: int
    """In this block and all before it."""
    at: int
    """Microseconds since 1970, UTC."""
    key_version: int
    signature: str = ""
    """Hex, Ed25519."""

    def line(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    def hold(self) -> None:
        """Raises BadHead unless this installation signed it as it is."""
        if self.installation != installation():
            raise BadHead("this head is of another Kith")
        try:
            public = public_key(self.key_version)
        except proof_keys.BadProofKey as error:
            raise BadHead(str(error)) from error
        try:
            key = Ed25519PublicKey.from_public_bytes(public)
            key.verify(bytes.fromhex(self.signature), self._signed())
        except (InvalidSignature, ValueError) as error:
            raise BadHead("the signature of this head is not right") from error

    def _signed(self) -> bytes:
        return to_sign({name: value for name, value in asdict(self).items() if name != "signature"})


def head_of(block: Block, *, kind: str = HEAD) -> Head:
    version = proof_keys.newest()
    unsigned = Head(
        kind=kind,
        installation=installation(),
        epoch=block.epoch,
        number=block.number,
        hash=bytes(block.hash).hex(),
        entries=block.total,
        at=reading.microseconds(block.sealed_at),
        key_version=version,
    )
    signature = proof_keys.signing_key(LABEL, version=version).sign(unsigned._signed())
    return Head(**{**asdict(unsigned), "signature": signature.hex()})


def read(line: str) -> Head:
    """One line; raises BadHead where it is none, or is not signed by this Kith."""
    try:
        said = json.loads(line)
        head = Head(**{name: kind(said[name]) for name, kind in _KINDS.items()})
    except (ValueError, TypeError, KeyError) as error:
        raise BadHead("this is no head of a journal") from error
    head.hold()
    return head


_KINDS: Final = {
    "kind": str,
    "installation": str,
    "epoch": int,
    "number": int,
    "hash": str,
    "entries": int,
    "at": int,
    "key_version": int,
    "signature": str,
}


def in_file(*, since: int = 1) -> Iterator[Head]:
    """In the order in which they were written, of these blocks and what was set aside; raises BadHead at a
    line that is not right. One that a loss of power cut short is no line.
    """
    if not _path().exists():
        return
    with _path().open(encoding="ascii", errors="replace") as file:
        for line in file:
            if line.rstrip("\n").endswith("}") and _concerns(line, since):
                yield read(line)


def _concerns(line: str, since: int) -> bool:
    """Most lines are of blocks long looked at: their signatures need no checking again."""
    number = _NUMBER.search(line)
    return number is None or int(number[1]) >= since or SET_ASIDE in line


def newest_in_file() -> Head | None:
    if not _path().exists():
        return None
    with _path().open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
        lines = file.read().decode("ascii", errors="replace").split("\n")
    whole = [line for line in lines if line.endswith("}")]
    return read(whole[-1]) if whole else None


def catch_up() -> None:
    """Append the head of the newest block. Where the file is further on than the table, that stays so."""
    with _appending() as file:
        block = Block.objects.order_by("-number").first()
        known = newest_in_file()
        if block is None or (known is not None and known.number >= block.number):
            return
        _append(file, head_of(block))
    log.info("journal sealed up to block %s, %s", block.number, bytes(block.hash).hex())


def set_aside(block: Block) -> None:
    """`block`: the last that came with a restore."""
    with _appending() as file:
        known = newest_in_file()
        if known is not None and known.number > block.number:
            _append(file, head_of(block, kind=SET_ASIDE))


@contextmanager
def _appending() -> Iterator[BufferedRandom]:
    """One at a time; on disk when it ends."""
    with _path().open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
        file.flush()
        os.fsync(file.fileno())


def _append(file: BufferedRandom, head: Head) -> None:
    """After a line that was cut short by a loss of power, a new line begins."""
    end = file.seek(0, os.SEEK_END)
    if end:
        file.seek(end - 1)
        if file.read(1) != b"\n":
            file.write(b"\n")
    file.write(head.line().encode("ascii") + b"\n")
    file.flush()


def _path() -> Path:
    return Path(settings.JOURNAL_HEADS)
