"""Whatever is saved: nothing differs from itself, and a file brings back exactly what was written."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.kernel.errors import Refused
from kith.settings.differences import differences
from tests.settings.tea import TEA, Kind, Milk, Tea

Codes = st.text("ABC", min_size=1, max_size=2)
Kinds = st.lists(st.builds(Kind, Codes, st.text(max_size=5), st.booleans()), max_size=4).map(tuple)
Teas = st.builds(Tea, st.integers(0, 9), st.sampled_from(Milk), Kinds)


@given(Teas, Teas)
def test_two_values_differ_in_words_exactly_when_they_differ(one: Tea, other: Tea) -> None:
    assert bool(differences(TEA.to_json(one), TEA.to_json(other))) == (one != other)


@given(Teas)
def test_what_is_written_is_read_back_the_same(value: Tea) -> None:
    text = json.dumps(TEA.to_json(value))
    assert TEA.from_file(json.loads(text)) == value


Anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(Anything)
def test_anything_else_is_refused_or_understood_never_a_crash(body: object) -> None:
    with contextlib.suppress(Refused):
        assert isinstance(TEA.from_file(body), Tea)


def test_a_whole_of_another_shape_is_refused() -> None:
    with pytest.raises(Refused):
        TEA.from_json([])
