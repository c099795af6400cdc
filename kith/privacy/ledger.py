"""The ledger of erasures: a file outside the database that tells, after an older backup was restored, who has
to be erased again. It holds keyed digests and numbers, no personal data.

Each line is JSON with an HMAC over itself and the line before it. A line is on disk before the erasure it
speaks of can commit (`intent`); afterwards it is told that it stands (`done`) or that it never came to be
(`void`). An intent that was told neither counts as done: all checks had passed.
"""

from __future__ import annotations

import fcntl
import hmac
import json
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from io import BufferedRandom
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from kith.kernel import proof_keys
from kith.kernel.clock import now
from kith.privacy.models import Erasure
from kith.sources import tombstones
from kith.sources.models import Membership, SourceRecord

log = logging.getLogger(__name__)
LABEL: Final = "ledger of erasures"
START: Final = "0" * 64
_BLOCK_BYTES: Final = 64 * 1024


class BrokenLedger(Exception):
    """A line was changed, left out or moved, or its key is not there."""


class Kind(StrEnum):
    INTENT = "intent"
    DONE = "done"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    uid: UUID
    kind: Kind = Kind.INTENT
    contact_id: int = 0
    """GroupID; it and the record ids only tell which numbers must not be given anew."""
    record_ids: tuple[int, ...] = ()
    refs: tuple[bytes, ...] = ()
    """Digests of System Refs, as tombstones hold them."""
    sources: tuple[str, ...] = ()
    """Code of each one's source: a tombstone is of a source."""
    identities: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """An erasure that the ledger holds as done."""

    entry: LedgerEntry
    is_dangling: bool
    """Its end was never told. It counts as done: all checks had passed and a person had asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerHead:
    """How far the ledger goes; (0, START) while it is empty."""

    number: int = 0
    mac: str = START


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    number: int
    at: str
    uid: str
    kind: str
    contact_id: int
    record_ids: list[int]
    refs: list[str]
    sources: list[str]
    identities: list[str]
    key_version: int
    before: str
    mac: str = ""

    def text(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    def sealed(self) -> _Line:
        try:
            key = proof_keys.mac_key(LABEL, version=self.key_version)
        except proof_keys.BadProofKey as error:
            raise BrokenLedger(str(error)) from error
        said = replace(self, mac="").text().encode()
        return replace(self, mac=hmac.digest(key, said, "sha256").hex())

    def entry(self) -> LedgerEntry:
        return LedgerEntry(
            uid=UUID(self.uid),
            kind=Kind(self.kind),
            contact_id=self.contact_id,
            record_ids=tuple(self.record_ids),
            refs=tuple(map(bytes.fromhex, self.refs)),
            sources=tuple(self.sources),
            identities=tuple(map(bytes.fromhex, self.identities)),
        )


def intend(entry: LedgerEntry) -> None:
    """On disk when it returns; before the erasure commits."""
    _append(entry)


def settle(uid: UUID, kind: Kind) -> None:
    _append(LedgerEntry(uid=uid, kind=kind))


def head() -> LedgerHead:
    """Of the newest line; raises BrokenLedger where that one does not hold."""
    if not path().exists():
        return LedgerHead()
    with path().open("rb") as file:
        return _head_in(file.fileno())


def entries(file: Path, *, since: LedgerHead | None = None) -> Iterator[LedgerEntry]:
    """In order; raises BrokenLedger at the first line that is not right, and where the line that `since`
    tells of is not in it: then it is older, or another one. A line that a loss of power cut short is none.
    """
    known, last = since or LedgerHead(), LedgerHead()
    is_met = not known.number
    for line in _lines(file):
        if line.number != last.number + 1 or line.before != last.mac:
            raise BrokenLedger(f"line {last.number + 1} is not the one that was written")
        last = LedgerHead(number=line.number, mac=line.mac)
        is_met = is_met or last == known
        yield line.entry()
    if not is_met:
        raise BrokenLedger(f"it ends at line {last.number} and does not hold line {known.number}")


def standing(file: Path) -> Mapping[UUID, Standing]:
    """Whom the ledger holds as erased, in its order; of an erasure that was begun several times the last word
    counts. What was done stands, whatever was said of it before."""
    intents: dict[UUID, LedgerEntry] = {}
    done: set[UUID] = set()
    void: set[UUID] = set()
    for entry in entries(file):
        match entry.kind:
            case Kind.INTENT:
                intents[entry.uid] = entry
                void.discard(entry.uid)
            case Kind.DONE:
                done.add(entry.uid)
            case Kind.VOID:
                void.add(entry.uid)
    return {
        uid: Standing(entry, is_dangling=uid not in done)
        for uid, entry in intents.items()
        if uid in done or uid not in void
    }


def reconcile() -> int:
    """Tell the ledger what became of intents that a kill left without an end. Returns how many. Whoever is
    being erased at this moment holds its row, and is passed over."""
    if not path().exists():
        return 0
    dangling = [uid for uid, one in standing(path()).items() if one.is_dangling]
    return sum(_settled(uid) for uid in dangling)


@transaction.atomic
def _settled(uid: UUID) -> bool:
    rows = Erasure.objects.select_for_update(skip_locked=True, of=("self",)).filter(uid=uid)
    for state, erased_at in rows.values_list("state", "erased_at"):
        if erased_at is not None:
            settle(uid, Kind.DONE)
            return True
        if state in {Erasure.State.CANCELLED, Erasure.State.BLOCKED}:
            settle(uid, Kind.VOID)
            return True
    return False


def returned() -> frozenset[int]:
    """GroupIDs of whom the ledger knows as erased and who are here all the same: an older backup is in use.
    Found by digests over all System Refs, for numbers may be given anew. Short where nobody is missing.
    """
    missing = _not_erased_here()
    if not missing:
        return frozenset()
    refs = {ref for entry in missing for ref in entry.refs}
    here = SourceRecord.objects.filter(erased_at=None).values_list("pk", "source__code", "system_ref")
    found = [pk for pk, code, ref in here.iterator() if tombstones.digest(code, ref) in refs]
    members = Membership.objects.filter(record_id__in=found)
    return frozenset(members.values_list("contact_id", flat=True))


def path() -> Path:
    return Path(settings.ERASURE_LEDGER)


def _not_erased_here() -> list[LedgerEntry]:
    """Intents without an end that this database knows of are under way, and not missing."""
    if not path().exists():
        return []
    known = set(Erasure.objects.values_list("uid", flat=True))
    erased = set(Erasure.objects.exclude(erased_at=None).values_list("uid", flat=True))
    return [
        one.entry
        for uid, one in standing(path()).items()
        if uid not in erased and not (one.is_dangling and uid in known)
    ]


def _append(entry: LedgerEntry) -> None:
    with _appending() as file:
        _drop_cut_line(file)
        last = _head_in(file.fileno())
        line = _Line(
            number=last.number + 1,
            at=now().isoformat(),
            uid=str(entry.uid),
            kind=entry.kind.value,
            contact_id=entry.contact_id,
            record_ids=list(entry.record_ids),
            refs=[one.hex() for one in entry.refs],
            sources=list(entry.sources),
            identities=[one.hex() for one in entry.identities],
            key_version=proof_keys.newest(),
            before=last.mac,
        ).sealed()
        file.seek(0, os.SEEK_END)
        file.write(line.text().encode("ascii") + b"\n")


@contextmanager
def _appending() -> Iterator[BufferedRandom]:
    """One at a time; the file and its place in the folder are on disk when it ends."""
    is_new = not path().exists()
    descriptor = os.open(path(), os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        folder = os.open(path().parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _drop_cut_line(file: BufferedRandom) -> None:
    """It was never on disk as a whole, so nothing was committed on its word."""
    end = file.seek(0, os.SEEK_END)
    whole = end - len(_tail(file.fileno(), end)[1])
    if whole != end:
        log.warning("the ledger of erasures ended in a line that was cut short; it is dropped")
        file.truncate(whole)


def _head_in(descriptor: int) -> LedgerHead:
    last, _ = _tail(descriptor, os.fstat(descriptor).st_size)
    if not last:
        return LedgerHead()
    line = _read(last)
    return LedgerHead(number=line.number, mac=line.mac)


def _tail(descriptor: int, end: int) -> tuple[bytes, bytes]:
    """(last whole line, what follows it without an end)"""
    size = _BLOCK_BYTES
    while True:
        begin = max(0, end - size)
        parts = os.pread(descriptor, end - begin, begin).split(b"\n")
        if len(parts) >= 3 or not begin:
            return (parts[-2] if len(parts) > 1 else b""), parts[-1]
        size *= 2


def _lines(file: Path) -> Iterator[_Line]:
    with file.open("rb") as lines:
        for line in lines:
            if line.endswith(b"\n"):
                yield _read(line)


def _read(text: bytes) -> _Line:
    try:
        line = _Line(**json.loads(text))
        made = line.sealed().mac
    except (ValueError, TypeError) as error:
        raise BrokenLedger("a line cannot be read") from error
    if not hmac.compare_digest(made, line.mac):
        raise BrokenLedger(f"line {line.number} was changed")
    return line
