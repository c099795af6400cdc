"""Other scripts to Latin letters, where the usual spelling is not the letter-by-letter one of `anyascii`.

Sources: ELOT 743 (Greek), the passport spellings of Russia and Ukraine, the streamlined system of Bulgaria,
and for Arabic, Hebrew, Devanagari and kana what people of these scripts write in their passports.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

_OTHER: Final = re.compile("[\u0370-\u03ff\u0400-\u04ff\u0590-\u06ff\u0900-\u097f\u1f00-\u1fff\u3040-\u30ff]")


def spelt_in_latin(text: str) -> str:
    """`text` in lower case; what no rule here knows stays as it is."""
    if not _OTHER.search(text):
        return text
    for letters, spell in _SCRIPTS:
        if letters.search(text):
            text = spell(text)
    return text


_GREEK_PAIRS: Final = (
    (re.compile("ου"), "ou"),
    (re.compile("^μπ"), "b"),
    (re.compile("γγ"), "ng"),
    (re.compile("γχ"), "nch"),
    (re.compile("γξ"), "nx"),
    (re.compile("([αεη])υ(?=[θκξπσςτφχψ]|$)"), r"\1f"),
    (re.compile("([αεη])υ"), r"\1v"),
)
_DIALYTIKA_OR_STRESS_APART: Final = re.compile("([αεηο])([ϋΰ])")


def _greek(text: str) -> str:
    apart = _DIALYTIKA_OR_STRESS_APART.sub(r"\1y", text)
    return " ".join(_greek_word(word) for word in _without_marks(apart).split())


def _greek_word(word: str) -> str:
    for pair, latin in _GREEK_PAIRS:
        word = pair.sub(latin, word)
    return word


def _without_marks(text: str) -> str:
    plain = unicodedata.normalize("NFD", text)
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


_UKRAINIAN: Final = re.compile("[іїєґ]")
_BULGARIAN: Final = re.compile("ъ(?![еёюя])")
_UKRAINIAN_LETTERS: Final = str.maketrans(
    {
        "г": "h",
        "ґ": "g",
        "и": "y",
        "і": "i",
        "ї": "i",
        "є": "ie",
        "й": "i",
        "ю": "iu",
        "я": "ia",
        "'": "",
        "’": "",
    }
)
_UKRAINIAN_STARTS: Final = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_BULGARIAN_LETTERS: Final = str.maketrans({"щ": "sht", "ъ": "a", "ь": "y", "х": "h", "ц": "ts"})


def _cyrillic(text: str) -> str:
    """ё is written е as often as not; Ukrainian and Bulgarian are told by letters only they have."""
    text = text.replace("ё", "е")
    if _UKRAINIAN.search(text):
        text = text.replace("зг", "zgh")
        starts = "".join(_UKRAINIAN_STARTS.get(sign, sign) for sign in text[:1])
        return (starts + text[1:]).translate(_UKRAINIAN_LETTERS)
    return text.translate(_BULGARIAN_LETTERS) if _BULGARIAN.search(text) else text


_POINTS: Final = re.compile("[\u0591-\u05c7\u0640\u064b-\u065f\u0670]")
_ARABIC_LETTERS: Final = str.maketrans(
    {
        "ا": "a", "أ": "a", "آ": "a", "إ": "i", "ٱ": "a", "ى": "a", "ة": "a", "ع": "a",
        "ء": "", "ئ": "e", "ؤ": "o",
        "ه": "h", "ح": "h", "خ": "kh", "ج": "j", "چ": "ch", "ش": "sh", "ث": "th", "ذ": "dh", "ظ": "z",
        "ض": "d",
        "ص": "s", "ط": "t", "غ": "gh", "ق": "q", "ک": "k", "گ": "g", "پ": "p", "ژ": "zh", "ی": "i", "ي": "i",
        "و": "u",
    }
)  # fmt: skip
_CONSONANT_Y: Final = re.compile("(?:^|(?<=\\s))[يی]|[يی](?=[اى])")
_CONSONANT_W: Final = re.compile("(?:^|(?<=\\s))و|و(?=[اىي])")


def _arabic(text: str) -> str:
    """Short vowels are not written, so this is a skeleton; `usual_spellings` knows the frequent names."""
    return _CONSONANT_W.sub("w", _CONSONANT_Y.sub("y", text)).translate(_ARABIC_LETTERS)


_HEBREW_LETTERS: Final = str.maketrans(
    {
        "א": "a", "ע": "a", "ב": "v", "ג": "g", "ד": "d", "ה": "h", "ו": "o", "ז": "z", "ח": "h",
        "ט": "t", "י": "i",
        "כ": "k", "ך": "ch", "ל": "l", "מ": "m", "ם": "m", "נ": "n", "ן": "n", "ס": "s", "פ": "p", "ף": "f",
        "צ": "tz", "ץ": "tz", "ק": "k", "ר": "r", "ש": "sh", "ת": "t",
    }
)  # fmt: skip
_HEBREW_PLACES: Final = (
    (re.compile("(?:^|(?<=\\s))ב"), "b"),
    (re.compile("(?:^|(?<=\\s))י"), "y"),
    (re.compile("(?:^|(?<=\\s))ו|ו(?=[יה])|וו"), "v"),
    (re.compile("(?<=\\w)ה(?!\\w)"), "a"),
    (re.compile("(?<=\\w)פ(?=\\w)"), "f"),
)


def _hebrew(text: str) -> str:
    for place, latin in _HEBREW_PLACES:
        text = place.sub(latin, text)
    return text.translate(_HEBREW_LETTERS)


_CONSONANTS: Final = dict(
    zip(
        "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसहळ",
        [
            "k",
            "kh",
            "g",
            "gh",
            "n",
            "ch",
            "chh",
            "j",
            "jh",
            "n",
            "t",
            "th",
            "d",
            "dh",
            "n",
            "t",
            "th",
            "d",
            "dh",
            "n",
            "p",
            "ph",
            "b",
            "bh",
            "m",
            "y",
            "r",
            "l",
            "v",
            "sh",
            "sh",
            "s",
            "h",
            "l",
        ],
        strict=True,
    )
)
_VOWELS: Final = dict(
    zip("अआइईउऊऋएऐओऔ", ["a", "a", "i", "i", "u", "u", "ri", "e", "ai", "o", "au"], strict=True)
)
_SIGNS: Final = dict(
    zip("ािीुूृेैोौॉॅ", ["a", "i", "i", "u", "u", "ri", "e", "ai", "o", "au", "o", "e"], strict=True)
)
_VIRAMA, _NUKTA, _NASAL = "्", "़", "ंँ"


def _devanagari(text: str) -> str:
    """Each consonant carries an `a` unless a sign says otherwise or the word ends."""
    signs = unicodedata.normalize("NFD", text).replace(_NUKTA, "").replace("ंह", "ङह")
    found = []
    for place, sign in enumerate(signs):
        following = signs[place + 1 : place + 2]
        found.append(_devanagari_sign(sign, following=following))
    return "".join(found)


def _devanagari_sign(sign: str, *, following: str) -> str:
    if sign == "ङ" and following == "ह":
        return "ng"
    if sign in _CONSONANTS:
        bare = following in _SIGNS or following == _VIRAMA or not following.strip()
        return _CONSONANTS[sign] + ("" if bare else "a")
    if sign in _NASAL:
        return "n"
    return "" if sign == _VIRAMA else _VOWELS.get(sign) or _SIGNS.get(sign) or sign


_SMALL_KANA: Final = re.compile("[ァ-ヶ]")
_LONG_VOWEL: Final = (
    (re.compile("([おこそとのほもよろをごぞどぼぽょ])[うお]"), r"\1"),
    (re.compile("([うくすつぬふむゆるぐずづぶぷゅ])う"), r"\1"),
)


def _kana(text: str) -> str:
    """Katakana as hiragana, long vowels short, as names are written abroad: さとう is Sato."""
    soft = _SMALL_KANA.sub(lambda found: chr(ord(found[0]) - 0x60), text).replace("ー", "")
    for long, short in _LONG_VOWEL:
        soft = long.sub(short, soft)
    return soft


def _pointed(text: str, spell: Callable[[str], str]) -> str:
    return spell(_POINTS.sub("", text))


_SCRIPTS: Final[tuple[tuple[re.Pattern[str], Callable[[str], str]], ...]] = (
    (re.compile("[α-ωά-ώϊϋΐΰ\u1f00-\u1fff]"), _greek),
    (re.compile("[а-яѐ-ӿ]"), _cyrillic),
    (re.compile("[\u0600-\u06ff]"), lambda text: _pointed(text, _arabic)),
    (re.compile("[\u0590-\u05ff]"), lambda text: _pointed(text, _hebrew)),
    (re.compile("[\u0900-\u097f]"), _devanagari),
    (re.compile("[\u3040-\u30ff]"), _kana),
)
