"""The chain itself, without a database: whatever is done to the entries or the blocks, it is seen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.audit.chain.canonical import (
    NOTHING,
    Names,
    Root,
    Said,
    Sealed,
    block_hash,
    canonical_detail,
    leaf,
)
from kith.audit.chain.checking import Chain, Epoch, Link, Wrong, check

KEY = b"k" * 32
NAMES = Names(b"n" * 32)


def _said(number: int, tx: int) -> Said:
    return Said(
        number, tx, 1_000 * number, 7, "A Colleague", "SourceAdded", "source", 1, None, f'{{"rows":{number}}}'
    )


def _chain(journal: list[Said], epochs: dict[int, Epoch] | None = None) -> Chain:
    def entries_of(epoch: Epoch, from_tx: int | None) -> Iterator[Said]:
        of_it = [one for one in journal if epoch.after_id < one.id <= epoch.upto_id]
        of_it = [one for one in of_it if from_tx is None or one.tx >= from_tx]
        return iter(sorted(of_it, key=lambda one: (one.tx, one.id)))

    return Chain(
        epochs=epochs or {0: Epoch(after_id=-(2**63), upto_id=2**63 - 1)},
        entries_of=entries_of,
        key_of=lambda version: KEY,
        names=NAMES,
        at_link=lambda link: None,
    )


def _block(
    before: Link | None, entries: list[Said], *, upto_tx: int, epoch: int = 0, after_id: int = -(2**63)
) -> Link:
    in_order = sorted(entries, key=lambda one: (one.tx, one.id))
    goes_on = before is not None and before.sealed.epoch == epoch
    sealed = Sealed(
        number=before.sealed.number + 1 if before else 1,
        epoch=epoch,
        after_id=after_id,
        cluster=5,
        from_tx=before.sealed.upto_tx if before is not None and goes_on else 0,
        upto_tx=upto_tx,
        entries=len(entries),
        total=len(entries) + (before.sealed.total if before else 0),
        first_id=min((one.id for one in entries), default=None),
        last_id=max((one.id for one in entries), default=None),
        root=root_of(leaf(one, NAMES) for one in in_order),
        sealed_at=9,
        key_version=1,
    )
    prev = before.hash if before else NOTHING
    return Link(sealed=sealed, prev_hash=prev, hash=block_hash(sealed, before=prev, key=KEY))


def _sealed(sizes: list[int]) -> tuple[list[Said], list[Link]]:
    """Blocks of so many entries; each entry in a transaction of its own."""
    journal: list[Said] = []
    links: list[Link] = []
    for size in sizes:
        of_it = [_said(len(journal) + n + 1, len(journal) + n + 1) for n in range(size)]
        journal += of_it
        links.append(_block(links[-1] if links else None, of_it, upto_tx=len(journal) + 1))
    return journal, links


def _is_right(journal: list[Said], links: list[Link]) -> bool:
    try:
        return check(_chain(journal), links).waiting == 0
    except Wrong:
        return False


@pytest.mark.parametrize("sizes", [[1], [3, 0, 5], [0], [8, 1, 1, 7]])
def test_what_nobody_touched_holds(sizes: list[int]) -> None:
    journal, links = _sealed(sizes)
    counted = check(_chain(journal), links)
    assert (counted.blocks, counted.entries, counted.waiting) == (len(sizes), sum(sizes), 0)


@settings(max_examples=60)
@given(data=st.data())
def test_any_single_change_of_the_entries_is_seen(data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(1, 6), min_size=1, max_size=4))
    journal, links = _sealed(sizes)
    at = data.draw(st.integers(0, len(journal) - 1))
    one = journal[at]
    changed: dict[str, list[Said]] = {
        "edited": [*journal[:at], one._replace(detail='{"rows":-1}'), *journal[at + 1 :]],
        "another event": [*journal[:at], one._replace(event="SourceEdited"), *journal[at + 1 :]],
        "another time": [*journal[:at], one._replace(at=one.at + 1), *journal[at + 1 :]],
        "another person": [*journal[:at], one._replace(actor="Somebody Else"), *journal[at + 1 :]],
        "another contact": [*journal[:at], one._replace(group_id=12), *journal[at + 1 :]],
        "removed": [*journal[:at], *journal[at + 1 :]],
        "doubled": [*journal, one._replace(id=len(journal) + 1)],
        "added before all": [*journal, one._replace(id=0, tx=-5)],
        "cut off": journal[:at],
        "renumbered": [*journal[:at], one._replace(id=one.id + 1_000), *journal[at + 1 :]],
    }
    other = data.draw(st.integers(0, len(journal) - 1))
    if other != at:
        twin = journal[other]
        swapped = {at: twin._replace(id=one.id, tx=one.tx), other: one._replace(id=twin.id, tx=twin.tx)}
        changed["swapped"] = [swapped.get(place, each) for place, each in enumerate(journal)]
    kind = data.draw(st.sampled_from(sorted(changed)))
    assert not _is_right(changed[kind], links), kind


@settings(max_examples=60)
@given(data=st.data())
def test_any_single_change_of_the_blocks_is_seen(data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(1, 5), min_size=2, max_size=5))
    journal, links = _sealed(sizes)
    at = data.draw(st.integers(0, len(links) - 1))
    one = links[at]
    changed = {
        "removed": [*links[:at], *links[at + 1 :]],
        "turned round": links[::-1],
        "doubled": [*links[: at + 1], one, *links[at + 1 :]],
        "another root": [
            *links[:at],
            replace(one, sealed=replace(one.sealed, root=bytes(32))),
            *links[at + 1 :],
        ],
        "another key": [*links[:at], replace(one, hash=hashlib.sha256(one.hash).digest()), *links[at + 1 :]],
        "fewer": [*links[:at], replace(one, sealed=replace(one.sealed, entries=0)), *links[at + 1 :]],
    }
    kind = data.draw(st.sampled_from(sorted(changed)))
    assert not _is_right(journal, changed[kind]), kind


def test_without_the_key_nobody_makes_a_block_that_holds() -> None:
    journal, links = _sealed([3])
    journal[1] = journal[1]._replace(event="NothingHappened")
    sealed = replace(links[0].sealed, root=root_of(leaf(one, NAMES) for one in journal))
    forged = Link(sealed=sealed, prev_hash=NOTHING, hash=block_hash(sealed, before=NOTHING, key=b"x" * 32))
    assert not _is_right(journal, [forged])


def test_a_colleagues_name_is_hashed_under_a_key_only() -> None:
    one = _said(1, 1)
    assert leaf(one, NAMES) != leaf(one, Names(b"m" * 32))


def test_entries_of_an_older_epoch_that_belong_to_no_block_are_seen() -> None:
    """Transaction numbers begin anew after a restore: entry 4 is of transaction 2 again."""
    journal = [_said(1, 50), _said(2, 51), _said(3, 60), _said(4, 2)]
    first = _block(None, journal[:2], upto_tx=52)
    found = _block(first, journal[2:3], upto_tx=2**63 - 1)
    begun = _block(found, [], upto_tx=0, epoch=1, after_id=3)
    after = _block(begun, journal[3:], upto_tx=3, epoch=1, after_id=3)
    epochs = {0: Epoch(after_id=-(2**63), upto_id=3), 1: Epoch(after_id=3, upto_id=2**63 - 1)}
    links = [first, found, begun, after]
    assert check(_chain(journal, epochs), links).entries == 4
    with pytest.raises(Wrong):
        check(_chain([*journal, _said(0, 55)], epochs), links)


def root_of(leaves: Iterable[bytes]) -> bytes:
    root = Root()
    for one in leaves:
        root.add(one)
    return root.closed()


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=40))
def test_the_root_is_that_of_rfc_9162(leaves: list[bytes]) -> None:
    assert root_of(leaves) == _recursive(leaves)


def _recursive(leaves: list[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + _recursive(leaves[:half]) + _recursive(leaves[half:])).digest()


@given(
    ids=st.tuples(*[st.integers(0, 2**63 - 1)] * 3),
    maybe=st.tuples(*[st.none() | st.integers(0, 2**63 - 1)] * 3),
    texts=st.tuples(*[st.text(max_size=20)] * 3),
    detail=st.dictionaries(
        st.text(max_size=5), st.integers() | st.text(max_size=9) | st.booleans() | st.none()
    ),
)
def test_a_leaf_is_over_json_as_the_library_makes_it(
    ids: tuple[int, int, int],
    maybe: tuple[int | None, int | None, int | None],
    texts: tuple[str, str, str],
    detail: dict[str, object],
) -> None:
    number, tx, at = ids
    user, subject, group = maybe
    actor, event, kind = texts
    said = Said(number, tx, at, user, actor, event, kind, subject, group, canonical_detail(detail))
    listed = [1, number, tx, at, user, NAMES[actor], event, kind, subject, group, detail]
    whole = json.dumps(listed, sort_keys=True, separators=(",", ":")).encode()
    assert leaf(said, NAMES) == hashlib.sha256(b"\x00" + whole).digest()
