"""Names whose script does not tell how they are spelt abroad: the frequent ones, from our own list."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Final

_LIST: Final = "usual_spellings.txt"
_WORD: Final = re.compile("[\u0590-\u06ff]+|[\u3005\u4e00-\u9fff\ufa11]+")
_MARKS: Final = re.compile("[\u0591-\u05c7\u0640\u064b-\u065f\u0670]")
_ALIKE: Final = str.maketrans("أإآٱىیکة", "اااايي\u0643ه")
_ARTICLE: Final = "ال"


def usually_spelt(text: str) -> str:
    """The words it knows in Latin letters, the others as they are."""
    return _WORD.sub(lambda found: _spelling(found[0]) or found[0], text)


def is_usual(word: str) -> bool:
    return _plain(word) in _spellings()


def _spelling(word: str) -> str:
    plain, known = _plain(word), _spellings()
    if plain in known:
        return known[plain]
    rest = known.get(plain.removeprefix(_ARTICLE)) if plain.startswith(_ARTICLE) else None
    return f"al{rest}" if rest else ""


def _plain(word: str) -> str:
    return _MARKS.sub("", word).translate(_ALIKE)


@cache
def _spellings() -> dict[str, str]:
    text = resources.files(__package__).joinpath(_LIST).read_text(encoding="utf-8")
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {_plain(word): spelling for spelling, *words in lines for word in words}
