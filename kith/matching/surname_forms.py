"""Last names that differ by grammar or by the spelling of one sound, not by family: Nováková and Novák.

Keys only (lower-case ASCII, words apart by one space). Two keys with one stem are one family name in another
form, which says nothing of the person: a wife, a sister and the same woman in an English file all have it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_SHORTEST: Final = 5
"""Letters; what is shorter has no ending to take off."""

# Korean names as the ministry writes them, to the usual English form.
_SPELLINGS: Final = {
    "gim": "kim", "i": "lee", "yi": "lee", "rhee": "lee", "ri": "lee", "bak": "park", "bag": "park",
    "pak": "park", "choe": "choi", "jeong": "jung", "chung": "jung", "chong": "jung", "gang": "kang",
    "jo": "cho", "yun": "yoon", "im": "lim", "rim": "lim", "sin": "shin", "gwon": "kwon", "o": "oh",
    "seo": "suh", "u": "woo", "gu": "koo", "no": "roh", "mun": "moon", "yu": "yoo", "ryu": "yoo",
    "an": "ahn", "ju": "joo", "jeon": "jun", "baek": "paik", "baeg": "paik", "gwag": "kwak",
    "seog": "suk", "seok": "suk", "go": "ko", "koh": "ko",
}  # fmt: skip

# What the name must hold and with which letter end for the pattern to be tried at all: most names need few.
_STEPS: Final = tuple(
    (holds, ends, re.compile(pattern), form)
    for holds, ends, pattern, form in (
        # spelling of one sound
        ("y", "", r"(?<=[aeiou])y(?=[eou])", ""),  # dostoyevsky
        ("y", "", r"(?<=[aeiou])y(?=[^aeiou])", "i"),  # chaykovsky
        ("ae", "", r"(?<![aeiouq])ae(?=[^aeiou]|$)", "a"),  # mueller, soerlie
        ("oe", "", r"(?<![aeiouq])oe(?=[^aeiou]|$)", "o"),
        ("ue", "", r"(?<![aeiouq])ue(?=[^aeiou]|$)", "u"),
        ("aa", "", r"aa", "a"),
        ("oik", "", r"^oikon", "econ"),
        ("mac", "", r"^mac(?=[bcdfghjklmnpqrstvwxz]\w{2})", "mc"),
        ("atz", "", r"^(chatzi|chatzh|xatzi|xatzh|hatzi|khatzi)", "hadji"),
        ("tsch", "", r"^tsch", "ch"),
        # what stands before a name in one file and not in another
        ("v", "", r"^(?:von|vonder|vander|vanden)(?=\w{4})", ""),
        ("van", "", r"^van(?=[bcdfghjklmnprstvwz]\w{3})", ""),
        ("o", "", r"^o(?=[bcdfghklmnrst][aeioulr]\w{3})", ""),  # omahoney
        ("ij", "", r"ij", "y"),
        ("w", "", r"w", "v"),
        ("ph", "", r"ph", "f"),
        # Lithuanian: the wife's -iene, the daughter's -aite, -yte
        ("", "e", r"(?<=\w{4})(?:iene|yte)$", "i"),
        ("aite", "e", r"(?<=\w{4})aite$", "a"),
        # Greek: -opoulos and -opoulou, -idis and -idou, -akis and -aki
        ("o", "su", r"(?:os|ou)$", "o"),
        ("", "souie", r"(?<=id|ad|ak)(?:is|ou?|es|i)$", "i"),
        ("as", "s", r"(?<=\w{3})as$", "a"),
        ("is", "s", r"(?<=\w{3})is$", "i"),
        # Slavic
        ("sk", "aiyj", r"(?:skaya|skaia|skaja|skiy|skij|skyi|skyy|skii|skoi|skoy|ski|sky|ska)$", "sk"),
        ("", "aiyj", r"(?:tskaya|ckij|ckyj|cki|cky|cka)$", "ck"),
        ("", "vfa", r"(?<=\w{3})(?:[iy]?[oe]v|off|eff)a?$", ""),
        ("na", "a", r"(?<=\w{3})(in|yn)a$", r"\1"),
        ("", "y", r"(?<=\w{2}[bcdfghklmnprstvz])y$", "a"),
        ("", "a", r"(?<=\w{4}[bcdfghklmnprstvz])a$", ""),
        ("e", "ck", r"(?<=\w{2}[bcdfghjklmnprstvz])e([ck])$", r"\1"),
        # Latvian
        ("ins", "s", r"(?<=\w{2}in)s$", ""),
    )
)


@lru_cache(maxsize=1 << 17)
def last_name_stem(last_key: str) -> str:
    """`novakova` and `novak` give one stem, `papadopoulou` and `papadopoulos`, `mueller` and `muller`.

    A stem is for comparing only: it is no word, and two names of two families seldom have one.
    """
    joined = last_key.replace(" ", "")
    known = _SPELLINGS.get(joined)
    if known is not None:
        return known
    stem = joined
    for holds, ends, pattern, form in _STEPS:
        if len(stem) >= _SHORTEST and holds in stem and (not ends or stem[-1] in ends):
            stem = pattern.sub(form, stem)
    return stem
