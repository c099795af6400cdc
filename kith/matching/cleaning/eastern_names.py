"""Full names of scripts that put the last name first, with or without a space: 王伟, 田中 健, 김민수."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from kith.matching.cleaning.usual_spellings import is_usual

_HAN: Final = "\u3005\u4e00-\u9fff\ufa11"
_EASTERN: Final = re.compile(f"^[{_HAN}\u3040-\u30ff\uac00-\ud7a3]+$")
_HANGUL: Final = re.compile("^[\uac00-\ud7a3]{2,5}$")
_ONLY_HAN: Final = re.compile(f"^[{_HAN}]{{2,5}}$")
_OF_TWO_SYLLABLES: Final = frozenset(["남궁", "황보", "제갈", "선우", "독고", "사공", "서문"])
_OF_TWO_SIGNS: Final = frozenset(
    [
        "欧阳",
        "歐陽",
        "司马",
        "司馬",
        "诸葛",
        "諸葛",
        "上官",
        "司徒",
        "夏侯",
        "皇甫",
        "尉迟",
        "公孙",
        "公孫",
        "慕容",
        "令狐",
        "东方",
        "東方",
        "轩辕",
        "端木",
    ]
)


class Eastern(NamedTuple):
    last: str
    first: str


def split_eastern(text: str) -> Eastern | None:
    """None where it is no such name, or a single word that cannot be split."""
    words = text.replace("・", " ").split()
    if not words or not all(_EASTERN.match(word) for word in words):
        return None
    if len(words) > 1:
        return Eastern(words[0], " ".join(words[1:]))
    return _unspaced(words[0])


def _unspaced(word: str) -> Eastern | None:
    if _HANGUL.match(word):
        length = 2 if len(word) > 2 and word[:2] in _OF_TWO_SYLLABLES else 1
    elif _ONLY_HAN.match(word):
        length = _length_of_last_name(word)
    else:
        return None
    return Eastern(word[:length], word[length:])


def _length_of_last_name(word: str) -> int:
    """Japanese where the list knows the last name or there are four signs, else Chinese."""
    japanese = next((length for length in (3, 2) if len(word) > length and is_usual(word[:length])), 0)
    if japanese:
        return japanese
    return 2 if len(word) > 3 or (len(word) == 3 and word[:2] in _OF_TWO_SIGNS) else 1
