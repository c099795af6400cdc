"""Words with a fixed meaning in many languages: kind, gender, yes and no, languages, countries."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from babel import Locale
from babel.core import get_global

from kith.matching.cleaning.text import fold
from kith.matching.records import COMPANY, PERSON

MALE: Final = "male"
FEMALE: Final = "female"
OTHER: Final = "other"

_SPOKEN_WORDS: Final = """
en el de fr es it pt nl ru tr pl sv da nb fi cs sk ro hu bg uk sr hr sl ar he zh ja ko et lv lt ca ga mt
sq mk hy ka fa hi th vi id
"""
SPOKEN: Final = tuple(_SPOKEN_WORDS.split())
"""Locales whose names of countries, languages and months are understood; the earlier wins."""

_MALE: Final = """
m male man boy mr gentleman άνδρας άντρας αρσενικό αρρεν άρρεν α männlich mann herr homme masculin h
hombre masculino varón maschio uomo homem man mannelijk мужской муж м erkek mężczyzna męska mand mies
muž bărbat férfi мъж чоловік ذكر זכר 男 男性 남 남성
"""
_FEMALE: Final = """
f female woman girl mrs ms miss lady w γυναίκα θηλυκό θήλυ θ γ weiblich frau femme féminin mujer
femenino femmina donna femminile mulher feminino vrouw vrouwelijk женский жен ж kadın kız kobieta żeńska
kvinna kvinde kvinne nainen žena femeie nő жена жінка أنثى נקבה 女 女性 여 여성
"""
_OTHER: Final = """
x o d other diverse divers nonbinary non-binary nb enby άλλο autre otro otra altro outro anders другой
diğer inne annat third genderqueer transgender
"""
_YES: Final = """
yes y true t 1 1.0 on ok checked opted-in opt-in optin subscribed granted allowed agreed accepted x ✓ ✔
ναι ν αληθές ja j wahr oui o vrai si sì sí s verdadero vero sim verdadeiro waar да истина evet doğru tak
prawda kyllä ano igen så نعم כן 是 はい 예
"""
_NO: Final = """
no n false f 0 0.0 off unchecked opted-out opt-out optout unsubscribed denied refused declined withdrawn
✗ ✘ όχι οχι ο ψευδές nein falsch non faux falso não nao nee onwaar нет ложь hayır yanlış nie fałsz nej
nei ei ne nem لا לא 否 いいえ 아니요
"""
_PERSON: Final = """
person p individual natural contact customer private consumer human pax φυσικό φυσικόπρόσωπο άτομο
ιδιώτης personne particulier persona persönlich privatperson physical b2c naturalperson physicalperson
people
"""
_COMPANY: Final = """
company c organisation organization org business corporate corporation legal firm b2b entity account
εταιρεία εταιρία νομικό νομικόπρόσωπο société entreprise empresa azienda società firma unternehmen
bedrijf legalentity legalperson club agency school association
"""

_COUNTRY_ALIASES: Final = {
    "uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northernireland": "GB",
    "greatbritain": "GB", "britain": "GB", "unitedkingdomofgreatbritainandnorthernireland": "GB",
    "el": "GR", "hellas": "GR", "unitedstatesofamerica": "US", "america": "US", "theunitedstates": "US",
    "holland": "NL", "thenetherlands": "NL", "czechrepublic": "CZ", "korea": "KR", "southkorea": "KR",
    "russianfederation": "RU", "uae": "AE", "ksa": "SA", "republicofcyprus": "CY", "kypros": "CY",
    "kibris": "CY", "cypern": "CY", "turkey": "TR", "macedonia": "MK", "ivorycoast": "CI", "burma": "MM",
    "swaziland": "SZ", "capeverde": "CV", "vatican": "VA", "eire": "IE", "republicofireland": "IE",
    "vietnam": "VN", "brd": "DE", "bundesrepublikdeutschland": "DE", "kosovo": "XK", "xkx": "XK",
    "hongkong": "HK", "macau": "MO", "palestine": "PS", "moldova": "MD", "iran": "IR", "syria": "SY",
    "laos": "LA", "bolivia": "BO", "venezuela": "VE", "tanzania": "TZ", "taiwan": "TW", "rom": "RO",
}  # fmt: skip
_WITHDRAWN: Final = frozenset({"ANT", "BUR", "DDR", "FXX", "NTZ", "SCG", "SUN", "TMP", "YMD", "YUG", "ZAR"})
_PRIVATE_CODE: Final = re.compile(r"^(aa|q[m-z]|x[a-z]|zz)[a-z]?$", re.IGNORECASE)
_LANGUAGE_ALIASES: Final = {
    "gr": "el", "cy": "cy", "gb": "en", "uk": "uk", "us": "en", "cz": "cs", "dk": "da", "se": "sv",
    "jp": "ja", "cn": "zh", "ua": "uk", "no": "no", "greek": "el", "moderngreek": "el", "mandarin": "zh",
    "farsi": "fa", "castellano": "es", "flemish": "nl", "gre": "el", "ger": "de", "fre": "fr",
    "dut": "nl", "chi": "zh", "cze": "cs", "rum": "ro", "per": "fa", "slo": "sk", "alb": "sq",
    "arm": "hy", "geo": "ka", "mac": "mk", "wel": "cy", "ice": "is",
}  # fmt: skip


@lru_cache(maxsize=4096)
def read_gender(text: str) -> str | None:
    return _meaning(text, ((MALE, _MALE), (FEMALE, _FEMALE), (OTHER, _OTHER)))


@lru_cache(maxsize=4096)
def read_kind(text: str) -> str | None:
    return _meaning(text, ((PERSON, _PERSON), (COMPANY, _COMPANY)))


@lru_cache(maxsize=4096)
def read_yes_or_no(text: str) -> bool | None:
    found = _meaning(text, (("yes", _YES), ("no", _NO)))
    return None if found is None else found == "yes"


@lru_cache(maxsize=8192)
def read_country(text: str) -> str | None:
    """ISO two letters from a code of two or three letters or a name in any of `SPOKEN`."""
    code = country_of_code(text)
    if code is not None:
        return code
    key = fold(text)
    return _COUNTRY_ALIASES.get(key) or _country_names().get(key) if key else None


@lru_cache(maxsize=4096)
def country_of_code(text: str) -> str | None:
    """ISO two letters from an assigned ISO-3166 code of two or three; UK, EL and XK count as assigned."""
    code = text.strip().upper()
    if code in {"UK", "EL", "XKX"}:
        return _COUNTRY_ALIASES[code.lower()]
    return code if code in _countries() else _three_letters().get(code)


def is_private_code(text: str) -> bool:
    """Of the codes that ISO-3166 never assigns: AA, QM to QZ, XA to XZ, ZZ, and three letters so begun."""
    return _PRIVATE_CODE.match(text.strip()) is not None


@lru_cache(maxsize=8192)
def read_language(text: str) -> str | None:
    """ISO two letters from a code (`el`, `ell`, `en-GB`, `pt_BR`) or a name in any of `SPOKEN`."""
    code = text.strip().lower().replace("_", "-").split("-")[0].strip()
    if code in _languages():
        return code
    if code in _LANGUAGE_ALIASES:
        return _LANGUAGE_ALIASES[code]
    return _LANGUAGE_ALIASES.get(fold(text)) or _language_names().get(fold(text))


def _meaning(text: str, meanings: tuple[tuple[str, str], ...]) -> str | None:
    word = text.strip().casefold().rstrip(".").replace(" ", "")
    for meaning, words in meanings:
        if word in _words(words):
            return meaning
    return None


@cache
def _words(block: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in block.split())


@cache
def _locales() -> tuple[Locale, ...]:
    return tuple(Locale.parse(spoken) for spoken in SPOKEN)


@cache
def _countries() -> frozenset[str]:
    not_countries = {"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
    codes = {str(code) for code in Locale.parse("en").territories}
    codes = {code for code in codes if len(code) == 2 and code.isalpha()}
    return frozenset(codes - not_countries)


@cache
def _three_letters() -> dict[str, str]:
    aliases = get_global("territory_aliases")
    return {
        code: found[0]
        for code, found in aliases.items()
        if len(code) == 3 and code not in _WITHDRAWN and found and found[0] in _countries()
    }


@cache
def _country_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for locale in _locales():
        for code, name in locale.territories.items():
            if str(code) in _countries():
                names.setdefault(fold(name), code)
    return names


@cache
def _languages() -> frozenset[str]:
    return frozenset(code for code in map(str, Locale.parse("en").languages) if len(code) == 2)


@cache
def _language_names() -> dict[str, str]:
    names = {code: found for code, found in _three_letter_languages().items() if len(found) == 2}
    for locale in _locales():
        for code, name in locale.languages.items():
            if code in _languages():
                names.setdefault(fold(name), code)
    return names


@cache
def _three_letter_languages() -> dict[str, str]:
    return {
        str(code): str(found) for code, found in get_global("language_aliases").items() if len(str(code)) == 3
    }
