"""Names of persons and companies: case mended where there is none, honorifics taken off, one name split."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from kith.matching.cleaning.eastern_names import split_eastern
from kith.matching.cleaning.name_keys import company_key, first_name_key, last_name_key

_HONORIFIC_WORDS: Final = {
    "Mr": "mr mister",
    "Mrs": "mrs missus",
    "Ms": "ms",
    "Miss": "miss",
    "Mx": "mx",
    "Dr": "dr doctor",
    "Prof": "prof professor",
    "Sir": "sir",
    "Rev": "rev reverend",
    "Capt": "capt captain",
    "Κος": "κος κ κοσ κύριος κυριος",
    "Κα": "κα κυρία κυρια",
    "Δις": "δις δεσποινίς",
    "Δρ": "δρ",
    "Herr": "herr hr",
    "Frau": "frau fr",
    "Mme": "mme madame",
    "Mlle": "mlle mademoiselle",
    "M.": "monsieur mons",
    "Sr.": "señor",
    "Sra": "sra señora",
    "Sig.": "sig signor",
    "Sig.ra": "sigra signora",
    "Dhr.": "dhr meneer",
    "Mevr.": "mevr mevrouw mw",
    "Pan": "p.",
    "Bay": "bay",
    "Bayan": "bayan",
    "Г-н": "г-н господин",
    "Г-жа": "г-жа госпожа",
    "السيد": "السيد",
    "السيدة": "السيدة",
    "Ing": "ing",
    "Kos": "kos kyrios",
    "Kyria": "kyria",
}
_HONORIFICS: Final = {word: shown for shown, words in _HONORIFIC_WORDS.items() for word in words.split()}
# A given name or surname as often as a title: a title only where the source says so.
_TITLE_COLUMN_ONLY: Final = frozenset(
    {"bay", "κ", "p.", "fr", "hr", "sir", "kos", "kyria", "master", "ms.", "ing"}
)
_DEGREES_WORDS: Final = """
phd ph.d ph.d. md m.d. mba esq esq. obe mbe cbe bsc msc dds
"""
_DEGREES: Final = frozenset(_DEGREES_WORDS.split())
_GENERATIONS: Final = {"jr": "Jr", "sr": "Sr", "ii": "II", "iii": "III", "iv": "IV"}
_PARTICLES_WORDS: Final = """
van der den de la las los del della di da dos das do du von zu zur vom ter ten te op bin ibn al el und y
e af
"""
_PARTICLES: Final = frozenset(_PARTICLES_WORDS.split())
_LEADING_PARTICLES: Final = _PARTICLES - {
    "la",
    "las",
    "los",
    "do",
    "e",
    "y",
    "und",
    "al",
    "el",
    "op",
    "te",
    "du",
    "ten",
}
_MAC: Final = re.compile(
    "^mac(?=(?:donald|kenzie|leod|gregor|arthur|intosh|kay|farlane|pherson|millan|lean|neil|dougall|aulay|auley|"
    "allister|callum|namara|mahon|guire|kinnon|laren|rae|nab|phail|queen)$)"
)
_PIECES: Final = re.compile(r"([-'’.ʼ`])")
_VOWEL: Final = re.compile("[aeiouyàáâäåæèéêëìíîïòóôöøùúûüýαεηιουωάέήίόύώаеёиоуыэюя]", re.IGNORECASE)
_LEGAL_SHOWN: Final = {
    "ltd": "Ltd", "limited": "Limited", "inc": "Inc", "co": "Co", "corp": "Corp", "gmbh": "GmbH",
    "kg": "KG", "and": "and", "of": "of", "the": "the", "und": "und", "et": "et", "de": "de",
    "och": "och", "sarl": "SARL", "λτδ": "Λτδ", "και": "και", "aps": "ApS", "pty": "Pty", "for": "for",
}  # fmt: skip
_COMMA: Final = re.compile(r"\s*[,،，]\s*")
_WRAPPED: Final = re.compile(r"^[\"'«»“”„`\s]+|[\"'«»“”„`\s]+$")


class Name(NamedTuple):
    shown: str | None
    key: str | None
    title: str | None


class Split(NamedTuple):
    title: str | None
    first: str | None
    middle: str | None
    last: str | None


NOBODY: Final = Split(None, None, None, None)


@lru_cache(maxsize=1 << 16)
def read_first_name(text: str) -> Name:
    title, rest = _without_title(text)
    shown = _mended(rest, surname=False)
    return _named(shown, key=first_name_key(shown), title=title)


@lru_cache(maxsize=1 << 17)
def read_last_name(text: str) -> Name:
    title, rest = _without_title(text)
    shown = _mended(_without_degrees(rest), surname=True)
    return _named(shown, key=last_name_key(shown), title=title)


@lru_cache(maxsize=1 << 16)
def read_title(text: str) -> str:
    return _HONORIFICS.get(_plain(text)) or _mended(text, surname=False)


@lru_cache(maxsize=1 << 16)
def read_company(text: str) -> Name:
    shown = _WRAPPED.sub("", text)
    if shown.isupper() or shown.islower():
        loud = shown.isupper()
        shown = " ".join(_company_word(word, loud=loud, first=i == 0) for i, word in enumerate(shown.split()))
    return Name(shown or None, company_key(shown) or None, None)


@lru_cache(maxsize=1 << 16)
def split_full_name(text: str) -> Split:
    """`Dr Ana de la Cruz`, `CRUZ, Ana` → title, first, middle, last. One word alone is a last name."""
    title, rest = _without_title(_WRAPPED.sub("", text))
    eastern = split_eastern(rest)
    if eastern is not None:
        return Split(title, eastern.first, None, eastern.last)
    before, _, after = _COMMA.sub(",", rest).partition(",")
    if after and _plain(after) not in _DEGREES and _plain(after) not in _GENERATIONS:
        return _last_first(before, after, title=title)
    words = _without_degrees(rest.replace(",", " ")).split()
    if len(words) < 2:
        return Split(title, None, None, words[0] if words else None)
    start = _surname_start(words)
    middle = " ".join(words[1:start])
    return Split(title, words[0], middle or None, " ".join(words[start:]))


def _last_first(last: str, given: str, *, title: str | None) -> Split:
    own_title, rest = _without_title(given.replace(",", " "))
    words = rest.split()
    first = words[0] if words else None
    return Split(title or own_title, first, " ".join(words[1:]) or None, last or None)


def _surname_start(words: list[str]) -> int:
    """Where the last name begins: before its particles, and before a last word that is only `Jr`."""
    start = len(words) - 1
    if start > 1 and _plain(words[start]) in _GENERATIONS:
        start -= 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    return start


def _named(shown: str, *, key: str, title: str | None) -> Name:
    return Name(shown or None, key or None, title)


def _plain(word: str) -> str:
    return word.strip().lower().rstrip(".")


def _without_title(text: str) -> tuple[str | None, str]:
    first, _, rest = text.partition(" ")
    found = _HONORIFICS.get(_plain(first))
    if found is None or not rest.strip() or (_plain(first) in _TITLE_COLUMN_ONLY and not first.endswith(".")):
        return _title_at_end(text)
    again, rest = _without_title(rest)
    return again if again and found in {"Herr", "Frau", "Mr", "Mrs", "Ms"} else found, rest.strip()


def _title_at_end(text: str) -> tuple[str | None, str]:
    rest, _, last = text.rpartition(" ")
    if rest and last.endswith(".") and _plain(last) in {"mr", "mrs", "ms", "dr"}:
        return _HONORIFICS[_plain(last)], rest.rstrip(" ,")
    return None, text


def _without_degrees(text: str) -> str:
    words = text.split(" ")
    while len(words) > 1 and _plain(words[-1].strip(",")) in _DEGREES:
        words.pop()
    return " ".join(words).rstrip(" ,")


def _mended(text: str, *, surname: bool) -> str:
    shown = _WRAPPED.sub("", text)
    if not (shown.isupper() or shown.islower()):
        return shown
    words = shown.split(" ")
    return " ".join(_name_word(word, place=i, of=len(words), surname=surname) for i, word in enumerate(words))


def _name_word(word: str, *, place: int, of: int, surname: bool) -> str:
    lowered = _lower(word)
    inside = 0 < place < of - 1 or (place > 0 and not surname and of > place + 1)
    if (inside and lowered in _PARTICLES) or (
        surname and place == 0 and of > 1 and lowered in _LEADING_PARTICLES
    ):
        return lowered
    if place and _plain(word) in _GENERATIONS:
        return _GENERATIONS[_plain(word)]
    return capitalised(word)


def capitalised(word: str) -> str:
    """`MCDONALD` → `McDonald`, `o'brien` → `O'Brien`, `jean-pierre` → `Jean-Pierre`."""
    if len(word) <= 2 and word.isupper() and not _VOWEL.search(word):
        return word
    pieces = _PIECES.split(word)
    shown = ""
    for place, piece in enumerate(pieces):
        before = pieces[place - 1] if place else ""
        trailing = before in {"'", "’", "ʼ", "`"} and (len(piece) < 3 or len(pieces[place - 2]) > 4)
        shown += _lower(piece) if trailing else _capital(piece)
    return shown


def _capital(piece: str) -> str:
    lowered = _lower(piece)
    if lowered.startswith("mc") and len(lowered) > 3:
        return "Mc" + lowered[2:].capitalize()
    if _MAC.match(lowered):
        return "Mac" + lowered[3:].capitalize()
    return piece[:1].title() + _lower(piece)[len(_lower(piece[:1])) :]


def _lower(word: str) -> str:
    return word.replace("İ", "i").lower()


def _company_word(word: str, *, loud: bool, first: bool) -> str:
    known = _LEGAL_SHOWN.get(_plain(word))
    if known is not None:
        mended = word.lower().replace(_plain(word), known)
        return mended[:1].upper() + mended[1:] if first else mended
    letters = sum(sign.isalpha() for sign in word)
    if loud and (letters <= 3 or not _VOWEL.search(word) or any(sign.isdigit() for sign in word)):
        return word
    return capitalised(word)
