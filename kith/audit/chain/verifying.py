"""The journal against its blocks, and the blocks against the heads that lie outside the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction

from kith.audit.chain import heads, reading
from kith.audit.chain.canonical import Names, Said, Sealed
from kith.audit.chain.checking import Chain, Counted, Epoch, Link, Wrong, check
from kith.audit.chain.heads import BadHead, Head
from kith.audit.chain.keys import LABEL, names_key
from kith.audit.models import Block
from kith.kernel import proof_keys

_CUT: Final = "the journal was cut off: there is a signed head of this block, and the block is gone"
_OTHER: Final = "it is not the block of which there is a signed head"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    since: int
    """The first block looked at."""
    blocks: int = 0
    entries: int = 0
    waiting: int = 0
    """Entries of the last moments, which no block seals yet: nothing vouches for them."""
    heads: int = 0
    """Signed heads outside the database that agree."""
    set_aside: int = 0
    """Heads of blocks that a restore lost; Kith wrote so when it restored."""
    newest: int = 0
    """Number of the last block."""
    block: int | None = None
    """The first that is wrong, where that is known."""
    trouble: str = ""
    """What is wrong; '' where the journal holds."""

    @property
    def is_sound(self) -> bool:
        return not self.trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outside:
    by_number: dict[int, str]
    set_aside: int


def verify(*, head: Head | None = None, since: int = 1) -> Verdict:
    """`head`: one that was kept elsewhere. `since`: the first block to look at; those before it are taken as
    right, but for the one directly before.
    """
    try:
        if head is not None:
            head.hold()
        outside = _outside(head, since)
        with transaction.atomic():
            return _verdict(outside, since)
    except Wrong as wrong:
        return Verdict(since=since, block=wrong.block, trouble=wrong.sentence)
    except (BadHead, proof_keys.BadProofKey) as error:
        return Verdict(since=since, trouble=str(error))


def _verdict(outside: _Outside, since: int) -> Verdict:
    agreed: set[int] = set()

    def agree(link: Link) -> None:
        known = outside.by_number.get(link.sealed.number)
        if known is None:
            return
        if known != link.hash.hex():
            raise Wrong(link.sealed.number, _OTHER)
        agreed.add(link.sealed.number)

    before = _link_of(since - 1)
    if since > 1 and before is None:
        raise Wrong(since - 1, "there is no such block")
    counted = check(_chain(agree), _links(since), before=before)
    missing = outside.by_number.keys() - agreed
    if missing:
        raise Wrong(min(missing), _CUT)
    _from_the_future(counted)
    return Verdict(
        since=since,
        blocks=counted.blocks,
        entries=counted.entries,
        waiting=counted.waiting,
        heads=len(agreed),
        set_aside=outside.set_aside,
        newest=since - 1 + counted.blocks,
    )


def _outside(head: Head | None, since: int) -> _Outside:
    """What the heads say, read before the blocks: each of those blocks stands already."""
    known: dict[int, str] = {}
    lost = 0
    for one in heads.in_file(since=since):
        if one.kind == heads.SET_ASIDE:
            gone = [number for number in known if number > one.number]
            lost += len(gone)
            for number in gone:
                del known[number]
        if one.number >= since and known.setdefault(one.number, one.hash) != one.hash:
            raise Wrong(one.number, "there are two signed heads of this block, and they differ")
    if head and head.number >= since and known.setdefault(head.number, head.hash) != head.hash:
        raise Wrong(head.number, _OTHER)
    return _Outside(by_number=known, set_aside=lost)


def _chain(at_link: Callable[[Link], None]) -> Chain:
    return Chain(
        epochs=_epochs(),
        entries_of=_entries_of,
        key_of=lambda version: proof_keys.mac_key(LABEL, version=version),
        names=Names(names_key()),
        at_link=at_link,
    )


def _epochs() -> dict[int, Epoch]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT epoch, min(after_id) FROM audit_block GROUP BY epoch ORDER BY epoch")
        starts: list[tuple[int, int]] = cursor.fetchall()
    ends = [after_id for _, after_id in starts[1:]] + [reading.AFTER_ALL]
    return {
        epoch: Epoch(after_id=after_id, upto_id=end)
        for (epoch, after_id), end in zip(starts, ends, strict=False)
    }


def _entries_of(epoch: Epoch, from_tx: int | None) -> Iterator[Said]:
    return reading.entries(
        after_id=epoch.after_id,
        upto_id=epoch.upto_id,
        from_tx=reading.BEFORE_ALL if from_tx is None else from_tx,
    )


def _links(since: int) -> Iterator[Link]:
    rows = Block.objects.filter(number__gte=since).order_by("number")
    return map(_link, rows.iterator(chunk_size=2_000))


def _link_of(number: int) -> Link | None:
    block = Block.objects.filter(pk=number).first()
    return None if block is None else _link(block)


def _link(block: Block) -> Link:
    sealed = Sealed(
        number=block.number,
        epoch=block.epoch,
        after_id=block.after_id,
        cluster=block.cluster,
        from_tx=block.from_tx,
        upto_tx=block.upto_tx,
        entries=block.entries,
        total=block.total,
        first_id=block.first_id,
        last_id=block.last_id,
        root=bytes(block.root),
        sealed_at=reading.microseconds(block.sealed_at),
        key_version=block.key_version,
    )
    return Link(sealed=sealed, prev_hash=bytes(block.prev_hash), hash=bytes(block.hash))


_NEXT: Final = """
SELECT greatest(
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
    pg_current_xact_id_if_assigned()::text::bigint + 1
)
"""
"""No transaction whose entries are seen here has this number or a higher one."""


def _from_the_future(counted: Counted) -> None:
    """An entry with a made-up transaction number would wait for ever and never be sealed."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT)
        found: list[tuple[int]] = cursor.fetchall()
    if counted.newest_tx >= found[0][0]:
        raise Wrong(None, "an entry says it was written by a transaction that has not been yet")
