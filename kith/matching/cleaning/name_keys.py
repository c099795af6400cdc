"""What names are compared by: folded words, one space between, so that one of two last names can be found.

Particles are no words of their own: `van der Berg` is `vanderberg`, `O'Connor` and `O Connor` are `oconnor`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from kith.matching.cleaning.text import fold, fold_words

_TO_THE_NEXT_WORDS: Final = """
van der den de la las los del della delle di da dos das do du des le von zu zur vom ter ten te op af av
o mc mac fitz al el ul abd abdul abdel abdal abu abou umm bin ibn ben bint ap st saint san santa
hadji hatzi chatzi hadzi dell dall dalla lo st t s d l vande vander vanden
"""
_TO_THE_NEXT: Final = frozenset(_TO_THE_NEXT_WORDS.split())
_SHORT_FOR: Final = {"vd": ["van", "der"], "vdr": ["van", "der"], "vh": ["van", "het"]}
_ALSO_AT_THE_END: Final = frozenset({"van", "der", "den", "de", "vander", "vanden", "von", "ter", "ten"})
_BETWEEN_FIRST_NAMES: Final = frozenset({"de", "del", "la", "los", "las", "do", "da", "dos", "das", "di"})

_LEGAL_WORDS: Final = """
ltd limited inc incorporated llc llp lp plc co corp corporation company gmbh mbh ggmbh ag kg ohg ug ev sa sas
sarl sarlu sasu eurl srl srls spa snc bv nv vof oy oyj ab as asa aps ivs ae epe ike oe ee lda ltda sl slu
slne spzoo zoo spj doo ood eood ead dd kft zrt bt sro spol pty pte pvt ooo zao pao oao ao tov sia uab ou
etaireia etairia anonimi pc aeve aevte kabushikikaisha kk godo yugen sdn bhd jsc pjsc cjsc fzco fze fzllc
"""
_LEGAL: Final = frozenset(_LEGAL_WORDS.split())
_LEGAL_AT_THE_START: Final = frozenset({"ooo", "zao", "pao", "oao", "ao", "tov", "pt", "ip", "chp"})
_LEGAL_IN_CHARACTERS: Final = re.compile(
    "株式会社|有限会社|合同会社|[（(]株[)）]|㈱|股份有限公司|有限责任公司|有限公司|주식회사|[(（]주[)）]"
)
_OF_NO_WEIGHT: Final = frozenset({"and", "kai", "und", "et", "y", "i"})
_SAME_WORD: Final = {
    "intl": "international", "int": "international", "bros": "brothers", "mfg": "manufacturing",
    "assoc": "associates", "svcs": "services", "svc": "services", "univ": "university", "govt": "government",
    "natl": "national", "mgmt": "management", "dept": "department", "gebr": "gebruder", "cie": "co",
    "afoi": "brothers", "adelfoi": "brothers", "gebrueder": "gebruder",
}  # fmt: skip


def last_name_key(text: str) -> str:
    words = _spelt_out(fold_words(_hyphens_apart(text)))
    particles = 0
    while particles < len(words) - 1 and words[-1 - particles] in _ALSO_AT_THE_END:
        particles += 1
    turned = words[len(words) - particles :] + words[: len(words) - particles]
    return _joined(turned) or fold(text)


def first_name_key(text: str) -> str:
    """`María del Carmen` is `maria carmen`: what stands between two first names is left out."""
    words = fold_words(_hyphens_apart(text))
    inner = [
        word
        for place, word in enumerate(words)
        if not (0 < place < len(words) - 1 and word in _BETWEEN_FIRST_NAMES)
    ]
    return _joined(inner) or fold(text)


def company_key(text: str) -> str:
    """Folded, without its legal form: `ACME Ltd.`, `The Acme Limited` and `ООО Acme` are one."""
    words = fold_words(_LEGAL_IN_CHARACTERS.sub(" ", text).replace("&", " and "))
    words = [_SAME_WORD.get(word, word) for word in _initials_joined(words)]
    if len(words) > 1 and words[0] in _LEGAL_AT_THE_START:
        words = words[1:]
    while len(words) > 1 and (words[-1] in _LEGAL or words[-1] in _OF_NO_WEIGHT):
        words.pop()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return "".join(word for word in words if word not in _OF_NO_WEIGHT) or "".join(words) or fold(text)


def _hyphens_apart(text: str) -> str:
    return re.sub("[-‐‑–—]", " ", text)


def _spelt_out(words: Iterable[str]) -> list[str]:
    return [part for word in words for part in _SHORT_FOR.get(word, [word])]


def _joined(words: list[str]) -> str:
    """Particles to the word after them; the last word stands for itself."""
    found, before = [], ""
    for place, word in enumerate(words):
        if word in _TO_THE_NEXT and place < len(words) - 1:
            before += word
            continue
        found.append(before + word)
        before = ""
    return " ".join(found)


def _initials_joined(words: list[str]) -> list[str]:
    """`s p a` and `a s` at the end are `spa` and `as`; `sp zoo` is `spzoo`."""
    end = len(words)
    while end > 1 and len(words[end - 1]) == 1:
        end -= 1
    joined = "".join(words[end:])
    if joined in _LEGAL:
        words = [*words[:end], joined]
    if words[-3:] == ["sp", "z", "oo"]:
        words = [*words[:-3], "spzoo"]
    return words
