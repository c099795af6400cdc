"""Text as people typed it, to text that can be shown (`tidy`) and to a key that can be compared (`fold`)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from anyascii import anyascii

from kith.matching.cleaning.scripts import spelt_in_latin
from kith.matching.cleaning.usual_spellings import usually_spelt

MAX_SHOWN: Final = 200
"""Characters kept of a value that is shown; the rest is cut, with a remark."""

_INVISIBLE: Final = re.compile(r"[\x00\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SPACES: Final = re.compile(r"[\s\x01-\x1f\x7f-\x9f]+")
_NOT_KEY: Final = re.compile(r"[^a-z0-9]+")
_SYMBOLS: Final = frozenset({"So", "Sk", "Cn", "Co", "Cs"})


def tidy(text: str) -> str:
    """NFC, no NUL and no invisible direction marks, every run of white space one space."""
    composed = unicodedata.normalize("NFC", text)
    return _SPACES.sub(" ", _INVISIBLE.sub("", composed)).strip()


def well_formed(text: str) -> str:
    """Without the lone surrogates that no UTF-8 text can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """The comparable key: lower-case ASCII letters and digits and nothing else.

    Other scripts are transliterated (Γιώργος and Giorgos give `giorgos`, Παπαδόπουλος gives
    `papadopoulos`), diacritics dropped, particles stay joined (`van der Berg` gives `vanderberg`),
    symbols such as emoji vanish. Text of symbols alone gives ''.
    """
    return _NOT_KEY.sub("", _ascii(text))


def fold_words(text: str) -> list[str]:
    """The same key, word by word."""
    return _NOT_KEY.sub(" ", _ascii(text).replace("'", "").replace(".", "")).split()


def _ascii(text: str) -> str:
    lowered = text.lower()
    if lowered.isascii():
        return lowered
    lettered = "".join(" " if unicodedata.category(sign) in _SYMBOLS else sign for sign in lowered)
    return anyascii(spelt_in_latin(usually_spelt(lettered)).replace("’", "'")).lower()
