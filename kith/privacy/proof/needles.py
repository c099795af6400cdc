"""What the proof of an erasure looks for: values of the person, gathered before they are gone.

A first name, a last name, a street, a town, a birth date alone tell of nobody and stand in thousands of
rows: no needles. A whole name is one.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Any, Final
from unicodedata import normalize
from urllib.parse import quote, quote_plus
from uuid import UUID

from django.db import connection

from kith.kernel.erasing import ANONYMISED, Fate
from kith.kernel.leaving import Leaving
from kith.kernel.personal_data import Personal
from kith.privacy.erasing.places import Place, column_of, places
from kith.privacy.erasing.rows import names_of
from kith.vault.details import opened_of

SHORTEST: Final = 6
LONG_ENOUGH: Final = 12
_DIGITS: Final = 7
_DIGITS_ALONE: Final = 8
_PIECE: Final = 64
_BREAKS: Final = re.compile(r'["\\\x00-\x1f\x7f]+')
"""Signs that tables, JSON and dumps write otherwise."""
_SPACING: Final = re.compile(r"[\s+().,/-]")
_DATE: Final = re.compile(
    r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}([T ][\d:.+Z-]*)?|\d+\.\d+"
    r"|(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"
)
"""The last form stands in names of migrations and versions of compilers, too."""
_COMMON: Final = frozenset(
    [
        "title",
        "first_name",
        "middle_name",
        "last_name",
        "gender",
        "birth_date",
        "company_name",
        "name_day",
        "category",
        "industry",
        "kind",
        "type",
        "language",
        "employees",
        "established_on",
        "country",
        "region",
        "area",
        "district",
        "municipality",
        "city",
        "street",
        "postcode",
        "po_box_postcode",
        "residence_country",
        "registration_country",
        "id_number_country",
        "passport_country",
        "email_types",
        "phone_types",
        "first_key",
        "middle_key",
        "last_key",
        "company_key",
        "street_keys",
        "postcode_keys",
        "match_keys",
        "old_keys",
        "content_hash",
        "name_hash",
        "day",
        "listed",
        "remarks",
        "class_code",
        "code",
        "inverse",
        "rule",
        "doubt",
        "verdict",
        "pattern",
        "field",
        "level",
        "key",
        "about",
        "currency",
        "state",
    ]
)
"""Columns, and fields of claims, whose value is that of many."""
_REFERENCES: Final = frozenset(
    [
        "system_ref",
        "reference",
        "number",
        "id_number",
        "passport_number",
        "social_security_number",
        "vat_number",
        "registration_number",
    ]
)


def gather(leaving: Leaving) -> frozenset[str]:
    """From every column that is declared personal, and from what the vault opens."""
    found: set[str] = set()
    names = names_of(leaving)
    with connection.cursor() as cursor:
        for place in places():
            columns = list(_columns(place))
            if place.where and columns:
                listed = ", ".join(column_of(place.model, one) for one in columns)
                cursor.execute(f"SELECT {listed} FROM {place.table} WHERE {place.where}", names)
                for row in cursor.fetchall():
                    for name, value in zip(columns, row, strict=True):
                        found.update(_needles(name, value))
    for text in opened_of(leaving.record_ids):
        found.update(_needles("", text))
    return frozenset(found | set(_names(leaving)))


def _names(leaving: Leaving) -> Iterator[str]:
    """Whole names as people write them, and as the columns of a file stand beside each other."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, {"records": list(leaving.record_ids)})
        for first, last in cursor.fetchall():
            for one, other in ((first, last), (last, first)):
                written = (f"{one}{between}{other}" for between in (" ", ", ", ",", ";"))
                yield from (name for name in written if one and other and is_reference(name))


_NAMES: Final = """
SELECT first_name, last_name FROM sources_sourcerecord WHERE id = ANY(%(records)s)
UNION SELECT claim->'fields'->>'first_name', claim->'fields'->>'last_name'
FROM sources_sourcerecord WHERE id = ANY(%(records)s)
UNION SELECT claim->'fields'->>'first_name', claim->'fields'->>'last_name'
FROM sources_pastclaim WHERE record_id = ANY(%(records)s)
"""


def is_needle(text: str) -> bool:
    """Long enough, or written like an address or a number, to be nobody else's."""
    if text == ANONYMISED or len(text) < SHORTEST or _DATE.fullmatch(text) or not _tells(text):
        return False
    digits = sum(sign.isdigit() for sign in text)
    return len(text) >= LONG_ENOUGH or "@" in text or digits >= _DIGITS


def is_reference(text: str) -> bool:
    """A number by which a source or an authority knows the person, or a whole name, may be shorter."""
    return text != ANONYMISED and len(text) >= SHORTEST and not _DATE.fullmatch(text) and _tells(text)


def _tells(text: str) -> bool:
    """Fewer digits alone are numbers of rows, amounts and parts of seconds everywhere."""
    digits = sum(sign.isdigit() for sign in text)
    letters = any(sign.isalpha() for sign in text)
    return len(set(text)) > 2 and (letters or digits >= _DIGITS_ALONE)


def is_bounded(needle: str) -> bool:
    """It counts only where no letter or digit stands beside it; longer texts count inside others too."""
    return len(needle) < LONG_ENOUGH or "@" in needle or not any(sign.isalpha() for sign in needle)


@dataclass(frozen=True, slots=True)
class Form:
    pattern: bytes
    is_plain: bool
    """What stands beside it can be told to be a letter, or not."""


def forms(needle: str) -> frozenset[Form]:
    """As it may lie in a text, in JSON, in an address, in an old spreadsheet, in bytes shown as hex
    or base64; letters of ASCII in lower case, as everything is read."""
    written = {needle, needle.lower(), needle.upper(), needle.casefold()}
    written |= {normalize(how, one) for how in ("NFC", "NFD") for one in tuple(written)}
    found: set[Form] = set()
    for one in written:
        plain = one.encode(errors="replace")
        escaped = json.dumps(one)[1:-1].encode()
        texts = {plain, quote(one).encode(), quote_plus(one).encode()}
        texts |= {escaped.replace(b"\\", b"\\" * times) for times in (1, 2, 4)}
        found |= {Form(text.lower(), is_plain=True) for text in texts}
        packed = {plain.hex().encode(), one.encode("utf-16-le", errors="replace"), *_base64(plain)}
        found |= {Form(text.lower(), is_plain=False) for text in packed}
    return frozenset(found)


def _base64(text: bytes) -> Iterator[bytes]:
    """Whatever stands before it: 0, 1 or 2 bytes of its group of three; without the letters they change."""
    for before in range(3):
        said = b64encode(b"\0" * before + text).rstrip(b"=")
        whole = said[(0, 2, 3)[before] : len(said) - (1 if (before + len(text)) % 3 else 0)]
        if len(whole) >= LONG_ENOUGH:
            yield whole


def _columns(place: Place) -> Iterator[str]:
    """That are emptied, replaced or go with their row; what stays is not looked for."""
    room = place.model.__module__.rsplit(".models", 1)[0]
    declared = import_module(f"{room}.personal_data").FIELDS[place.model.__name__]
    for name, treatment in place.rule.fields.items():
        if treatment.fate is Fate.STAYS or name in _COMMON or name == "search":
            continue
        kind = declared[name]
        if isinstance(kind, Personal) and kind is not Personal.COLLEAGUE:
            yield name


def _needles(name: str, value: Any) -> Iterator[str]:
    is_one = is_reference if name in _REFERENCES else is_needle
    for text in _texts(name, value):
        for part in _BREAKS.split(text):
            for piece in _pieces(part.strip()):
                yield from (one for one in (piece, *_as_number(piece)) if is_one(one))


def _pieces(text: str) -> Iterator[str]:
    """Of a long text each stretch: somebody may have copied half of it."""
    if len(text) <= _PIECE:
        yield text
        return
    for start in range(0, len(text), _PIECE):
        yield text[start : start + _PIECE].strip()


def _as_number(text: str) -> Iterator[str]:
    """Phones and numbers of documents, however they are spaced."""
    bare = _SPACING.sub("", text)
    digits = sum(sign.isdigit() for sign in bare)
    if bare != text and digits >= _DIGITS_ALONE and digits * 2 > len(bare) and bare.isalnum():
        yield bare


def _texts(name: str, value: Any) -> Iterable[str]:
    match value:
        case str():
            parsed = _parsed(value)
            yield from _texts(name, parsed) if parsed is not None else [value]
        case dict():
            for key, inner in value.items():
                if _known(str(key)) not in _COMMON:
                    yield from _texts(str(key), inner)
        case list() | tuple():
            for inner in value:
                yield from _texts(name, inner)
        case bytes() | memoryview() | UUID() | bool() | int() | float() | Decimal() | date() | None:
            return
        case _:
            yield str(value)


def _known(key: str) -> str:
    """`address_1_city` → `city`."""
    return re.sub(r"^(address|email|phone)_\d+_?", "", key)


def _parsed(text: str) -> Any | None:
    """Columns of JSON come as text."""
    if text[:1] not in "{[":
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None
