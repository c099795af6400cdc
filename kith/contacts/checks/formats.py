"""C11: the formatting rules, applied to what was typed or changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

import phonenumbers

from kith.contacts.rights.masks import DOTS
from kith.contacts.settings.formatting import Formatting, formatting_in_force
from kith.kernel.errors import Refused
from kith.matching.cleaning.words import read_country
from kith.matching.records import MAX_REPEATS

MASKED_VALUE: Final = "This is a masked value, not the value itself. Leave it out, or say the whole value."
_NUMBERED: Final = re.compile(r"(phone|address)_(\d+)(?:_(\w+))?")
_REPEATED: Final = {"email": "e-mails", "phone": "phones", "address": "addresses"}
_POSTCODES: Final = frozenset({"postcode", "po_box_postcode"})
_SINGLE: Final = frozenset(
    {
        "id_number",
        "passport_number",
        "social_security_number",
        "vat_number",
        "registration_number",
    }
)


def hold_to_formats(
    claim: Mapping[str, str], *, country: str, before: Mapping[str, str] | None = None
) -> None:
    """Refused with a sentence per claim field. `country`: where nothing else says which; '' for unknown.
    `before`: what was said already is not looked at again.
    """
    _refuse_masked(claim)
    _refuse_too_many(claim)
    rules = formatting_in_force()
    if not rules.rules:
        return
    fields = dict(troubles(rules, claim, country=country, before=before or {}))
    if fields:
        raise Refused(" ".join(fields.values()), fields=fields)


def _refuse_masked(claim: Mapping[str, str]) -> None:
    """What somebody read masked must not come back as the value."""
    fields = {name: MASKED_VALUE for name, text in claim.items() if DOTS in text}
    if fields:
        raise Refused(MASKED_VALUE, fields=fields)


def _refuse_too_many(claim: Mapping[str, str]) -> None:
    """Cleaning reads no more of a kind; what is over would go without a word."""
    fields = {}
    for name in claim:
        stem, _, rest = name.partition("_")
        number = rest.partition("_")[0]
        if stem in _REPEATED and number.isascii() and number.isdigit() and int(number) > MAX_REPEATS:
            fields[name] = too_many(_REPEATED[stem])
    if fields:
        raise Refused(" ".join(dict.fromkeys(fields.values())), fields=fields)


def too_many(what: str) -> str:
    return f"A System Ref has at most {MAX_REPEATS} {what}. Leave out what is over."


def troubles(
    rules: Formatting, claim: Mapping[str, str], *, country: str, before: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    home = _country(claim.get("residence_country", "")) or country
    said = {(_stem(name), text) for name, text in before.items()}
    for name, text in claim.items():
        if (_stem(name), text) in said or not text.strip():
            continue
        found = _asked(name, text.strip(), claim, home)
        wrong = rules.wrong(found[0], found[1], country=found[2]) if found else ""
        if wrong:
            yield name, wrong


def _stem(name: str) -> str:
    """Rows may have changed places: `phone_2` and `phone_1` are of one kind."""
    numbered = _NUMBERED.fullmatch(name)
    return f"{numbered[1]}_{numbered[3] or ''}" if numbered else name


def _asked(name: str, text: str, claim: Mapping[str, str], home: str) -> tuple[str, str, str] | None:
    """(field of the rules, value, country); None where no rule can be for it."""
    if name in _SINGLE:
        return name, text, home
    numbered = _NUMBERED.fullmatch(name)
    if numbered is None:
        return None
    stem, number, part = numbered.groups()
    own = _country(claim.get(f"{stem}_{number}_country", "")) or home
    if stem == "phone":
        return None if part else _phone(text, own)
    return (part, text, own) if part in _POSTCODES else None


def _phone(text: str, country: str) -> tuple[str, str, str] | None:
    """Without the country's code and without spaces; unreadable ones are cleaning's to refuse."""
    try:
        parsed = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return None
    region = phonenumbers.region_code_for_number(parsed) or country
    return "phone", phonenumbers.national_significant_number(parsed), region


def _country(text: str) -> str:
    return (read_country(text) or "") if text else ""
