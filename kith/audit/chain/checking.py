"""Does the chain hold? Pure: blocks and entries are given in order, and the first thing wrong is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from kith.audit.chain.canonical import NOTHING, Names, Root, Said, Sealed, block_hash, leaf


class Wrong(Exception):
    """`block`: where the first thing is wrong; None where it belongs to none."""

    def __init__(self, block: int | None, sentence: str) -> None:
        super().__init__(sentence)
        self.block = block
        self.sentence = sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    sealed: Sealed
    prev_hash: bytes
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    after_id: int
    upto_id: int


@dataclass(slots=True)
class Counted:
    blocks: int = 0
    entries: int = 0
    waiting: int = 0
    """Entries that no block seals yet."""
    newest_tx: int = 0
    """Of those."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """How to read it and with which keys. `entries_of`: of an epoch, from a transaction on, in order."""

    epochs: Mapping[int, Epoch]
    entries_of: Callable[[Epoch, int | None], Iterator[Said]]
    key_of: Callable[[int], bytes]
    names: Names
    at_link: Callable[[Link], None]
    """Asked of each block that holds: does what is known of it elsewhere agree?"""


_NO_ENTRIES: Final = Root().closed()


def check(chain: Chain, links: Iterable[Link], *, before: Link | None = None) -> Counted:
    """Raises Wrong at the first block that does not hold. `before`: what the first link must follow, taken as
    right; None: the chain is read from its beginning.
    """
    counted = Counted()
    for number, links_of_it in groupby(links, key=lambda link: link.sealed.epoch):
        before = _epoch(chain, number, links_of_it, before, counted)
    return counted


def _epoch(
    chain: Chain, number: int, links: Iterable[Link], before: Link | None, counted: Counted
) -> Link | None:
    epoch = chain.epochs[number]
    goes_on = before is not None and before.sealed.epoch == number
    stream = chain.entries_of(epoch, before.sealed.upto_tx if before is not None and goes_on else None)
    at_hand = next(stream, None)
    for link in links:
        _follows(link, before, epoch, key=chain.key_of(link.sealed.key_version))
        root = Root()
        first, last = None, None
        while at_hand is not None and at_hand.tx < link.sealed.upto_tx:
            first = at_hand.id if first is None else min(first, at_hand.id)
            last = at_hand.id if last is None else max(last, at_hand.id)
            root.add(leaf(at_hand, chain.names))
            at_hand = next(stream, None)
        _holds(link.sealed, root, first, last)
        chain.at_link(link)
        counted.blocks += 1
        counted.entries += link.sealed.entries
        before = link
    if at_hand is not None:
        _left(at_hand, stream, before, counted, is_last=number == max(chain.epochs))
    return before


def _follows(link: Link, before: Link | None, epoch: Epoch, *, key: bytes) -> None:
    sealed = link.sealed
    if sealed.number != (before.sealed.number + 1 if before else 1):
        raise Wrong(sealed.number, "the block before it is missing")
    if link.prev_hash != (before.hash if before else NOTHING):
        raise Wrong(sealed.number, "it does not follow the block before it")
    if link.hash != block_hash(sealed, before=link.prev_hash, key=key):
        raise Wrong(sealed.number, "it was changed, or was not sealed with the key of this Kith")
    if sealed.total != sealed.entries + (before.sealed.total if before else 0):
        raise Wrong(sealed.number, "it does not count on from the block before it")
    begins = 0 if before is None or before.sealed.epoch != sealed.epoch else before.sealed.upto_tx
    if sealed.from_tx != begins or sealed.after_id != epoch.after_id:
        raise Wrong(sealed.number, "it does not begin where the block before it ended")


def _holds(sealed: Sealed, root: Root, first: int | None, last: int | None) -> None:
    entries = root.entries
    if entries != sealed.entries:
        raise Wrong(sealed.number, f"it sealed {sealed.entries:,} entries, and there are {entries:,}")
    if root.closed() != sealed.root or (first, last) != (sealed.first_id, sealed.last_id):
        raise Wrong(sealed.number, "an entry in it was changed after it was sealed")


def _left(
    at_hand: Said, stream: Iterator[Said], before: Link | None, counted: Counted, *, is_last: bool
) -> None:
    if not is_last:
        raise Wrong(before.sealed.number if before else None, f"entry {at_hand.id} belongs to no block")
    counted.waiting, counted.newest_tx = 1, at_hand.tx
    for said in stream:
        counted.waiting += 1
        counted.newest_tx = max(counted.newest_tx, said.tx)
