"""Numbers that name one person or company: compacted, and doubted where a check digit says so."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from typing import Final, NamedTuple, Protocol

from stdnum.exceptions import InvalidChecksum, ValidationError

BAD_CHECK_DIGIT: Final = "the check digit does not fit the number"

_NOT_NUMBER: Final = re.compile(r"[^\w]|_")
# Greek and Cyrillic capitals that a document also prints as Latin ones.
_ALSO_LATIN: Final = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕКМНОРСТУХ", "ABEZHIKMNOPTYXABEKMHOPCTYX")
_EXCEL_FLOAT: Final = re.compile(r"^(\d+)\.0$")
_EU_PREFIX: Final = {"GR": "EL"}
_EU_WORDS: Final = """
AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK
"""
_EU: Final = frozenset(_EU_WORDS.split())

# Which module of python-stdnum knows the number that a country's people or companies are asked for.
_PERSONAL: Final = {
    "AR": "ar.dni", "BE": "be.nn", "BG": "bg.egn", "BR": "br.cpf", "CL": "cl.rut", "CN": "cn.ric",
    "CZ": "cz.rc", "DK": "dk.cpr", "EE": "ee.ik", "ES": "es.nif", "FI": "fi.hetu", "HR": "hr.oib",
    "IL": "il.idnr", "IT": "it.codicefiscale", "LT": "lt.asmens", "MY": "my.nric", "NL": "nl.bsn",
    "NO": "no.fodselsnummer", "PL": "pl.pesel", "RO": "ro.cnp", "SE": "se.personnummer", "SI": "si.emso",
    "SK": "sk.rc", "TH": "th.pin", "TR": "tr.tckimlik", "ZA": "za.idnr", "IE": "ie.pps", "KR": "kr.rrn",
    "MX": "mx.curp", "PT": "pt.cc", "IN": "in_.aadhaar",
}  # fmt: skip
_SOCIAL: Final = {
    "GR": "gr.amka", "US": "us.ssn", "FR": "fr.nir", "CH": "ch.ssn", "BE": "be.nn", "NL": "nl.bsn",
    "CA": "ca.sin", "DK": "dk.cpr", "SE": "se.personnummer", "NO": "no.fodselsnummer", "FI": "fi.hetu",
    "IT": "it.codicefiscale", "AT": "at.vnr", "PL": "pl.pesel", "RO": "ro.cnp", "IE": "ie.pps",
}  # fmt: skip
_VAT: Final = {code: f"{code.lower()}.vat" for code in _EU | {"GB", "CH", "NO"}} | {
    "NO": "no.mva", "CH": "ch.vat", "AU": "au.abn", "IN": "in_.gstin", "ZA": "za.tin",
    "TR": "tr.vkn", "RU": "ru.inn",
}  # fmt: skip
_REGISTERED: Final = {
    "FR": "fr.siren", "SE": "se.orgnr", "NO": "no.orgnr", "FI": "fi.ytunnus", "PL": "pl.regon",
    "BR": "br.cnpj", "CZ": "cz.dic", "AU": "au.acn", "IL": "il.hp", "CN": "cn.uscc", "BE": "be.vat",
    "EE": "ee.registrikood",
}  # fmt: skip
_MODULES: Final = {
    "id_number": _PERSONAL,
    "social_security_number": _SOCIAL,
    "vat_number": _VAT,
    "registration_number": _REGISTERED,
    "passport_number": {},
}

NUMBER_FIELDS: Final = tuple(_MODULES)


class Number(NamedTuple):
    value: str | None
    reason: str | None


class _Standard(Protocol):
    def validate(self, number: str) -> str: ...


def read_number(text: str, *, field: str, country: str | None) -> Number:
    """Capitals and digits only. Doubted, not dropped, where the check digit of the country's number is wrong;
    a number of another shape may be another kind of number, so nothing is said of it."""
    whole = _EXCEL_FLOAT.sub(r"\1", text.strip())
    compacted = _NOT_NUMBER.sub("", whole).upper().translate(_ALSO_LATIN)
    if field == "vat_number":
        return _vat(compacted, country=country)
    return Number(
        compacted or None, _doubt(compacted, standard=_standard(_MODULES[field].get(country or "")))
    )


def _vat(compacted: str, *, country: str | None) -> Number:
    """With the country's letters in front, so that both spellings of one number are equal."""
    prefix = _prefix_country(compacted)
    of = prefix or country
    reason = _doubt(compacted, standard=_standard(_VAT.get(of or "")))
    if prefix is None and of in _EU and reason is None and _fits(compacted, standard=_standard(_VAT[of])):
        return Number(_EU_PREFIX.get(of, of) + compacted, None)
    return Number(compacted or None, reason)


def _prefix_country(compacted: str) -> str | None:
    letters = compacted[:2]
    country = "GR" if letters in {"EL", "GR"} else letters
    return country if country in _EU and len(compacted) >= 8 else None


def _doubt(compacted: str, *, standard: _Standard | None) -> str | None:
    if standard is None:
        return None
    try:
        standard.validate(compacted)
    except InvalidChecksum:
        return BAD_CHECK_DIGIT
    except (ValidationError, ValueError):
        return None
    return None


def _fits(compacted: str, *, standard: _Standard | None) -> bool:
    if standard is None:
        return False
    try:
        return bool(standard.validate(compacted))
    except (ValidationError, ValueError):
        return False


@cache
def _standard(module: str | None) -> _Standard | None:
    if module is None:
        return None
    # Some are names in the country's package ("pl.vat" is its nip), some are modules beside it.
    country, name = module.split(".")
    package = import_module(f"stdnum.{country}")
    found: _Standard = getattr(package, name, None) or import_module(f"stdnum.{module}")
    return found
