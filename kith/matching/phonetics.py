"""A sound key for folded European names; ours, so that stored keys never change by an upgrade."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_STEPS: Final = (
    (r"[^a-z]", ""),
    (r"sch|sh|tsch|tch|cz|ch", "x"),
    (r"ph|pf", "f"),
    (r"th|dt", "t"),
    (r"ck|gk|qu|q", "k"),
    (r"c([eiy])", r"s\1"),
    (r"c", "k"),
    (r"gh", "g"),
    (r"mp([^aeiouy]|$)", r"p\1"),
    (r"z", "s"),
    (r"[wv]", "f"),
    (r"[yj]", "i"),
)
_FEWEST_BONES: Final = 3
_FEW: Final = 50
"""Beyond it the steps over a whole column are quicker than name by name."""
_FIRST_VOWEL: Final = r"^[aeiou]"
_SILENT: Final = r"[aeiouh]+"
_COMPILED: Final = tuple((re.compile(pattern), instead) for pattern, instead in _STEPS)
_FIRST: Final = re.compile(_FIRST_VOWEL)
_MUTE: Final = re.compile(_SILENT)
_DOUBLE: Final = re.compile(r"(.)\1+", re.DOTALL)


def sound_keys(names: pa.Array) -> pa.Array:
    """'' where nothing sounds; input is folded to lower-case ASCII already."""
    if len(names) <= _FEW:
        return pa.array([sound_key(name) for name in names.to_pylist()], pa.string())
    sounds = names
    for pattern, sound in _STEPS:
        sounds = pc.replace_substring_regex(sounds, pattern, sound)
    sounds = _without_doubles(sounds)
    sounds = pc.replace_substring_regex(sounds, _FIRST_VOWEL, "a")
    first, rest = pc.utf8_slice_codeunits(sounds, 0, 1), pc.utf8_slice_codeunits(sounds, 1)
    rest = pc.replace_substring_regex(rest, _SILENT, "")
    return _without_doubles(pc.binary_join_element_wise(first, rest, ""))


def skeletons(names: pa.Array) -> pa.Array:
    """The consonants: what is left of a name written without vowels, as in Arabic or Hebrew. '' where fewer
    than three are left, for too many names would share them."""
    bones = pc.replace_substring_regex(_without_doubles(names), r"[^b-df-hj-np-tvxz]", "")
    return pc.if_else(pc.greater_equal(pc.utf8_length(bones), _FEWEST_BONES), bones, "")


@lru_cache(maxsize=1 << 12)
def sound_key(name: str) -> str:
    """Of one name, as `sound_keys` makes it."""
    sound = name
    for pattern, instead in _COMPILED:
        sound = pattern.sub(instead, sound)
    sound = _FIRST.sub("a", _DOUBLE.sub(r"\1", sound))
    return _DOUBLE.sub(r"\1", sound[:1] + _MUTE.sub("", sound[1:]))


def _without_doubles(texts: pa.Array) -> pa.Array:
    """Every letter that repeats the one before it falls out; of ASCII texts without nulls."""
    offsets = np.frombuffer(texts.buffers()[1], dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    if not len(texts) or offsets[-1] == offsets[0]:
        return texts
    letters = np.frombuffer(texts.buffers()[2], dtype=np.uint8)[: offsets[-1]]
    kept = np.ones(len(letters), dtype=np.bool_)
    kept[1:] = letters[1:] != letters[:-1]
    kept[offsets[:-1][offsets[:-1] < offsets[-1]]] = True
    kept[: offsets[0]] = False
    ends = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(kept)))[offsets].astype(np.int32)
    buffers = [None, pa.py_buffer(ends.tobytes()), pa.py_buffer(letters[kept].tobytes())]
    return pa.Array.from_buffers(pa.string(), len(texts), buffers)
