"""Blocks are sealed after the commit, by one sealer: nobody who writes the journal waits for it.

Which entries belong to a block is settled by the database: all whose transaction is below the oldest one
that still runs. Those have ended, in whatever order; what is above comes into a later block. So each entry is
in one block, none is forgotten, and the chain cannot fork.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from kith.audit.chain import heads, reading
from kith.audit.chain.canonical import NOTHING, Names, Root, Sealed, block_hash, leaf
from kith.audit.chain.heads import Head
from kith.audit.chain.keys import LABEL, names_key
from kith.audit.models import Block
from kith.kernel import proof_keys
from kith.kernel.clock import now

HEARTBEAT: Final = timedelta(hours=1)
"""An empty block is sealed after so long: silence shows too."""
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('audit seal', 0))"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    epoch: int
    after_id: int
    cluster: int
    from_tx: int
    upto_tx: int


def seal_waiting() -> Block | None:
    """Seal what can be sealed; None where nothing waits and the last block is younger than the heartbeat."""
    with transaction.atomic():
        _one(_LOCK)
        last = Block.objects.order_by("-number").first()
        begun = _end_of_epoch(last) if last is not None and last.cluster != _cluster() else None
        last = begun or last
        block = _sealed(last, _going_on(last, upto_tx=_horizon()), is_due=_is_due(last)) or begun
        transaction.on_commit(heads.catch_up)
    return block


def begin_epoch() -> Block:
    """After a restore: seal what came with it as it was found, and set aside the heads of blocks that were
    sealed after the backup was made. Whoever else writes the journal waits until this transaction ends.
    """
    with transaction.atomic():
        _one(_LOCK)
        last = Block.objects.order_by("-number").first()
        block = _end_of_epoch(last)
        if last is not None:
            # Before the commit: a kill after it would leave heads that say blocks were cut off.
            heads.set_aside(last)
        transaction.on_commit(heads.catch_up)
    return block


def _end_of_epoch(last: Block | None) -> Block:
    """All entries there are; numbers of transactions mean nothing any more. Nobody writes meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE audit_entry IN SHARE MODE")
    before = _going_on(last, upto_tx=_MOST)
    found = _sealed(last, before, is_due=True)
    assert found is not None, "a due block is always sealed"
    newest = _one("SELECT coalesce(max(id), 0) FROM audit_entry")
    # An epoch begins with an empty block, which says after which id and in which cluster.
    start = _Span(epoch=found.epoch + 1, after_id=newest, cluster=_cluster(), from_tx=0, upto_tx=0)
    begun = _sealed(found, start, is_due=True)
    assert begun is not None, "a due block is always sealed"
    return begun


_MOST: Final = 2**63 - 1


def _going_on(last: Block | None, *, upto_tx: int) -> _Span:
    if last is None:
        return _Span(epoch=0, after_id=reading.BEFORE_ALL, cluster=_cluster(), from_tx=0, upto_tx=upto_tx)
    return _Span(
        epoch=last.epoch,
        after_id=last.after_id,
        cluster=last.cluster,
        from_tx=last.upto_tx,
        upto_tx=upto_tx,
    )


def _is_due(last: Block | None) -> bool:
    return last is None or last.sealed_at <= now() - HEARTBEAT


def _sealed(last: Block | None, span: _Span, *, is_due: bool) -> Block | None:
    root, names = Root(), Names(names_key())
    first_id = last_id = None
    for said in _entries(span):
        first_id = said.id if first_id is None else min(first_id, said.id)
        last_id = said.id if last_id is None else max(last_id, said.id)
        root.add(leaf(said, names))
    if not root.entries and not is_due:
        return None
    return _written(last, span, root, first_id=first_id, last_id=last_id)


def _entries(span: _Span) -> reading.Entries:
    if span.upto_tx == 0:
        return iter(())
    return reading.entries(after_id=span.after_id, from_tx=span.from_tx, upto_tx=span.upto_tx)


def _written(
    last: Block | None, span: _Span, root: Root, *, first_id: int | None, last_id: int | None
) -> Block:
    at = now()
    prev_hash = bytes(last.hash) if last else NOTHING
    sealed = Sealed(
        number=last.number + 1 if last else 1,
        epoch=span.epoch,
        after_id=span.after_id,
        cluster=span.cluster,
        from_tx=span.from_tx,
        upto_tx=span.upto_tx,
        entries=root.entries,
        total=(last.total if last else 0) + root.entries,
        first_id=first_id,
        last_id=last_id,
        root=root.closed(),
        sealed_at=reading.microseconds(at),
        key_version=proof_keys.newest(),
    )
    return Block.objects.create(
        number=sealed.number,
        epoch=sealed.epoch,
        after_id=sealed.after_id,
        cluster=sealed.cluster,
        from_tx=sealed.from_tx,
        upto_tx=sealed.upto_tx,
        entries=sealed.entries,
        total=sealed.total,
        first_id=first_id,
        last_id=last_id,
        root=sealed.root,
        prev_hash=prev_hash,
        hash=block_hash(sealed, before=prev_hash, key=proof_keys.mac_key(LABEL)),
        sealed_at=at,
        key_version=sealed.key_version,
    )


def head() -> Head:
    """Signed, of the newest block; the first block is sealed where there is none yet."""
    newest = Block.objects.order_by("-number").first() or seal_waiting()
    assert newest is not None, "the first block is always due"
    return heads.head_of(newest)


def waiting_since() -> datetime | None:
    """Since when the oldest entry waits that no block seals yet."""
    last = Block.objects.order_by("-number").only("upto_tx", "after_id").first()
    span = [last.upto_tx, last.after_id] if last else [0, reading.BEFORE_ALL]
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(at) FROM audit_entry WHERE tx >= %s AND id > %s", span)
        found: list[tuple[datetime | None]] = cursor.fetchall()
    return found[0][0]


def _horizon() -> int:
    """All transactions below it have ended, and each later statement sees what they did."""
    return _one("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")


def _cluster() -> int:
    if not _one("SELECT has_function_privilege('pg_control_system()', 'execute')::int"):
        return 0
    return _one("SELECT system_identifier FROM pg_control_system()")


def _one(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found: list[tuple[int]] = cursor.fetchall()
    return found[0][0]
