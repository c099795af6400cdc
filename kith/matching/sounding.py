"""How names sound, for finding people by ear: a word of a first or a last name as one short key."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from kith.matching.nickname_groups import all_groups, groups_of
from kith.matching.phonetics import sound_key
from kith.matching.surname_forms import last_name_stem

_WRITTEN: Final = (
    (re.compile("kh|^h(?=[aeiouy])"), "ch"),
    (re.compile("m[pb]"), "b"),
    (re.compile("nt(?!h)|nd"), "d"),
    (re.compile("gk|ng"), "g"),
)
"""One Greek sound that people write in several ways: Χαράλαμπος is Charalampos, Haralambos, Kharalambos."""


def first_name_sound(word: str) -> str:
    """Of a folded word; '' where nothing sounds."""
    return _heard(word)


def last_name_sound(word: str) -> str:
    """A wife's form sounds as her husband's: Παππά as Παππάς."""
    return _heard(last_name_stem(word))


def _heard(word: str) -> str:
    for ways, one_way in _WRITTEN:
        word = ways.sub(one_way, word)
    return sound_key(word)


@lru_cache(maxsize=1 << 10)
def sounds_of_alike(word: str) -> tuple[str, ...]:
    """Of the first name and of all it may stand for: Katerina sounds as Katerina, Aikaterini, Katia."""
    groups = groups_of(word)
    alike = {name for name, others in all_groups().items() if not groups.isdisjoint(others)}
    return tuple(sorted({sound for one in (word, *alike) if (sound := first_name_sound(one))}))
