"""A sound key for folded European names; ours, so that stored keys never change by an upgrade."""

from __future__ import annotations

import re
from typing import Final

_STEPS: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"[^a-z]", ""),
        (r"sch|sh|tsch|tch|cz|ch", "x"),
        (r"ph|pf", "f"),
        (r"th|dt", "t"),
        (r"ck|gk|qu|q", "k"),
        (r"c(?=[eiy])", "s"),
        (r"c", "k"),
        (r"gh", "g"),
        (r"mp(?=[^aeiouy]|$)", "p"),
        (r"z", "s"),
        (r"[wv]", "f"),
        (r"[yj]", "i"),
        (r"(.)\1+", r"\1"),
    )
)
_VOWELS: Final = re.compile(r"(?<!^)[aeiouh]+")


def sound_key(name: str) -> str:
    """'' when nothing sounds; input is folded to lower-case ASCII already."""
    for pattern, sound in _STEPS:
        name = pattern.sub(sound, name)
    if name.startswith(("a", "e", "i", "o", "u")):
        name = "a" + name[1:]
    return re.sub(r"(.)\1+", r"\1", _VOWELS.sub("", name))
