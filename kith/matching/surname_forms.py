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

_STEPS: Final = tuple(
    (re.compile(pattern), form)
    for pattern, form in (
        # spelling of one sound
        (r"(?<=[aeiou])y(?=[eou])", ""),  # dostoyevsky
        (r"(?<=[aeiou])y(?=[^aeiou])", "i"),  # chaykovsky
        (r"(?<![aeiouq])([aou])e(?=[^aeiou]|$)", r"\1"),  # mueller, soerlie
        (r"aa", "a"),
        (r"^oikon", "econ"),
        (r"^mac(?=[bcdfghjklmnpqrstvwxz]\w{2})", "mc"),
        (r"^(chatzi|chatzh|xatzi|xatzh|hatzi|khatzi)", "hadji"),
        (r"^tsch", "ch"),
        # what stands before a name in one file and not in another
        (r"^(?:von|vonder|vander|vanden)(?=\w{4})", ""),
        (r"^van(?=[bcdfghjklmnprstvwz]\w{3})", ""),
        (r"^o(?=[bcdfghklmnrst][aeioulr]\w{3})", ""),  # omahoney
        (r"ij", "y"),
        (r"w", "v"),
        (r"ph", "f"),
        # Lithuanian: the wife's -iene, the daughter's -aite, -yte
        (r"(?<=\w{4})(?:iene|yte)$", "i"),
        (r"(?<=\w{4})aite$", "a"),
        # Greek: -opoulos and -opoulou, -idis and -idou, -akis and -aki
        (r"(?:os|ou)$", "o"),
        (r"(?<=id|ad|ak)(?:is|ou?|es|i)$", "i"),
        (r"(?<=\w{3})as$", "a"),
        (r"(?<=\w{3})is$", "i"),
        # Slavic
        (r"(?:skaya|skaia|skaja|skiy|skij|skyi|skyy|skii|skoi|skoy|ski|sky|ska)$", "sk"),
        (r"(?:tskaya|ckij|ckyj|cki|cky|cka)$", "ck"),
        (r"(?<=\w{3})(?:[iy]?[oe]v|off|eff)a?$", ""),
        (r"(?<=\w{3})(in|yn)a$", r"\1"),
        (r"(?<=\w{2}[bcdfghklmnprstvz])y$", "a"),
        (r"(?<=\w{4}[bcdfghklmnprstvz])a$", ""),
        (r"(?<=\w{2}[bcdfghjklmnprstvz])e([ck])$", r"\1"),
        # Latvian
        (r"(?<=\w{2}in)s$", ""),
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
    for pattern, form in _STEPS:
        if len(stem) >= _SHORTEST:
            stem = pattern.sub(form, stem)
    return stem
