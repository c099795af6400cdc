"""From a name's own spelling to the Latin letters a clerk without that keyboard would type."""

from __future__ import annotations

import unicodedata
from typing import Final

GREEK_PAIRS: Final = (
    ("ου", "ou"),
    ("αυ", "av"),
    ("ευ", "ev"),
    ("μπ", "mp"),
    ("γγ", "ng"),
    ("γκ", "gk"),
    ("γξ", "nx"),
    ("γχ", "nch"),
)
GREEK: Final = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψως",
        [
            "a",
            "v",
            "g",
            "d",
            "e",
            "z",
            "i",
            "th",
            "i",
            "k",
            "l",
            "m",
            "n",
            "x",
            "o",
            "p",
            "r",
            "s",
            "t",
            "y",
            "f",
            "ch",
            "ps",
            "o",
            "s",
        ],
        strict=True,
    )
)
CYRILLIC: Final = dict(
    zip(
        "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя'",
        [
            *[
                "a",
                "b",
                "v",
                "h",
                "g",
                "d",
                "e",
                "ie",
                "zh",
                "z",
                "y",
                "i",
                "i",
                "i",
                "k",
                "l",
                "m",
                "n",
                "o",
                "p",
                "r",
                "s",
                "t",
                "u",
                "f",
                "kh",
                "ts",
                "ch",
                "sh",
                "shch",
            ],
            "",
            "iu",
            "ia",
            "",
        ],
        strict=True,
    )
)
LATIN: Final = {"ł": "l", "ß": "ss", "ø": "o", "æ": "ae", "đ": "d", "ð": "d", "þ": "th", "œ": "oe", "ı": "i"}
LETTERS: Final = {**GREEK, **CYRILLIC, **LATIN}


def latin(text: str) -> str:
    """ASCII spelling of Greek, Ukrainian and accented Latin text; initial capitals kept."""
    return "".join(_latin_word(word) for word in _split(text))


def key(text: str) -> str:
    """What of a name is left in the local part of an e-mail address."""
    return "".join(letter for letter in latin(text).lower() if letter.isascii() and letter.isalnum())


def _split(text: str) -> list[str]:
    words: list[str] = [""]
    for letter in text:
        if letter in " -'’":
            words += [letter, ""]
        else:
            words[-1] += letter
    return words


def _latin_word(word: str) -> str:
    if word.isascii():
        return word
    # an accent on the first vowel splits a Greek pair, a rare case a clerk would not know either
    folded = "".join(c for c in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(c))
    if any(letter in CYRILLIC for letter in folded):
        folded = word.lower()
    for pair, spelt in GREEK_PAIRS:
        folded = folded.replace(pair, spelt)
    spelt = "".join(LETTERS.get(letter, letter) for letter in folded)
    return spelt[:1].upper() + spelt[1:] if word[:1].isupper() else spelt
