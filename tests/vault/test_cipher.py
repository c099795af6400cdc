"""What is sealed opens only as it was sealed: same key, same context, unchanged, in order and whole."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.vault import cipher
from kith.vault.cipher import CHUNK_BYTES, NotOpened

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
HEAD, SEALED_CHUNK = 33, CHUNK_BYTES + 16
texts = st.binary(max_size=500)
sizes = st.sampled_from([0, 1, 1000, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 200_000])


def stream_of(body: bytes, *, context: bytes = b"file") -> bytes:
    return b"".join(cipher.seal_stream(KEY, _blocks(body, 7_000), context=context))


def read(sealed: bytes, *, key: bytes = KEY, context: bytes = b"file", by: int = 10_000) -> bytes:
    return b"".join(cipher.open_stream(key, _blocks(sealed, by), context=context))


def _blocks(body: bytes, size: int) -> Iterator[bytes]:
    return (body[at : at + size] for at in range(0, len(body), size))


def body_of(size: int) -> bytes:
    return bytes(number * 31 % 251 for number in range(size))


@given(texts, st.binary(max_size=20))
def test_a_text_comes_back_and_is_not_seen_in_what_is_sealed(text: bytes, context: bytes) -> None:
    sealed = cipher.seal(KEY, text, context=context)
    assert cipher.open_(KEY, sealed, context=context) == text
    assert sealed != cipher.seal(KEY, text, context=context)
    assert len(text) < 4 or text not in sealed


@given(texts, st.data())
def test_a_text_that_was_changed_or_cut_is_refused(text: bytes, data: st.DataObject) -> None:
    sealed = cipher.seal(KEY, text, context=b"here")
    at = data.draw(st.integers(0, len(sealed) - 1))
    changed = bytearray(sealed)
    changed[at] ^= data.draw(st.integers(1, 255))
    for wrong in (bytes(changed), sealed[:at], sealed + b"x"):
        with pytest.raises(NotOpened):
            cipher.open_(KEY, wrong, context=b"here")


@given(texts)
def test_a_text_opens_with_its_key_and_in_its_context_only(text: bytes) -> None:
    sealed = cipher.seal(KEY, text, context=b"here")
    with pytest.raises(NotOpened):
        cipher.open_(OTHER, sealed, context=b"here")
    with pytest.raises(NotOpened):
        cipher.open_(KEY, sealed, context=b"there")
    with pytest.raises(NotOpened):
        read(sealed, context=b"here")


@given(sizes, st.integers(1, 100_000))
def test_a_stream_comes_back_however_it_is_cut(size: int, by: int) -> None:
    body = body_of(size)
    sealed = stream_of(body)
    assert read(sealed, by=by if size < 10_000 else by + 5_000) == body
    assert len(sealed) == HEAD + size + 16 * max(1, -(-size // CHUNK_BYTES))


@given(sizes, st.data())
def test_a_stream_that_was_changed_anywhere_is_refused(size: int, data: st.DataObject) -> None:
    changed = bytearray(stream_of(body_of(size)))
    at = data.draw(st.integers(0, len(changed) - 1))
    changed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(NotOpened):
        read(bytes(changed))


@given(sizes, st.data())
def test_a_stream_that_was_cut_short_is_refused(size: int, data: st.DataObject) -> None:
    sealed = stream_of(body_of(size))
    ends = [HEAD + number * SEALED_CHUNK for number in range(1 + len(sealed) // SEALED_CHUNK)]
    at = data.draw(st.one_of(st.sampled_from(ends), st.integers(0, len(sealed) - 1)))
    if at < len(sealed):
        with pytest.raises(NotOpened):
            read(sealed[:at])


def test_chunks_that_changed_places_or_came_twice_are_refused() -> None:
    sealed = stream_of(body_of(4 * CHUNK_BYTES))
    head, rest = sealed[:HEAD], sealed[HEAD:]
    first, second, third, last = (rest[n * SEALED_CHUNK : (n + 1) * SEALED_CHUNK] for n in range(4))
    assert read(head + first + second + third + last)
    for wrong in (
        second + first + third + last,
        first + third + last,
        first + second + second + third + last,
        first + second + third + last + last,
        first + second + last,
    ):
        with pytest.raises(NotOpened):
            read(head + wrong)


def test_a_chunk_of_another_stream_of_the_same_key_is_refused() -> None:
    one, other = stream_of(body_of(2 * CHUNK_BYTES)), stream_of(body_of(2 * CHUNK_BYTES))
    with pytest.raises(NotOpened):
        read(one[: HEAD + SEALED_CHUNK] + other[HEAD + SEALED_CHUNK :])


def test_a_stream_opens_with_its_key_and_in_its_context_only() -> None:
    sealed = stream_of(b"a passport")
    with pytest.raises(NotOpened):
        read(sealed, key=OTHER)
    with pytest.raises(NotOpened):
        read(sealed, context=b"another file")
    with pytest.raises(NotOpened):
        cipher.open_(KEY, sealed, context=b"file")


def test_what_was_read_before_a_stream_breaks_is_authentic() -> None:
    body = body_of(3 * CHUNK_BYTES)
    broken = bytearray(stream_of(body))
    broken[-1] ^= 1
    opened = cipher.open_stream(KEY, [bytes(broken)], context=b"file")
    assert next(opened) + next(opened) == body[: 2 * CHUNK_BYTES]
    with pytest.raises(NotOpened):
        next(opened)
