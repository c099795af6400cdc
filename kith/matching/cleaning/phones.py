"""Phone numbers to E.164, read as in one country."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat

_PUNCTUATION: Final = {ord(sign): None for sign in " -.()/\u00a0"}
_ONLY_DIGITS: Final = re.compile(r"^\+?[0-9]{5,15}$")
_TYPES: Final = (
    "premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail",
    "fixed_line", "mobile",
)  # fmt: skip
_LONGEST: Final = 60

NOT_ONE: Final = "not a valid phone number for the country"
NO_COUNTRY: Final = "no country to read the number with"


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is enough of a country's numbering plan to be sure of the plain numbers."""

    code: str
    valid: re.Pattern[str]
    general: re.Pattern[str]
    prefix: str
    prefix_pattern: re.Pattern[str] | None
    abroad: re.Pattern[str] | None
    zeros_abroad: bool


def clean_phone(text: str, *, country: str | None) -> str | None:
    """E.164, or None where the number cannot exist. `country`: ISO two letters, None when not known."""
    digits = text.strip().translate(_PUNCTUATION)
    if _ONLY_DIGITS.match(digits):
        sure = _abroad(digits[1:]) if digits[0] == "+" else _at_home(digits, country=country or "")
        if sure is not None:
            return sure
    return _asked(text, country=country)


def _asked(text: str, *, country: str | None) -> str | None:
    if len(text) > _LONGEST:
        return None
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    shown: str = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return shown


def _abroad(digits: str) -> str | None:
    for length in (1, 2, 3):
        plan = _plan_of_code(digits[:length])
        if plan is None:
            continue
        rest = digits[length:]
        return "+" + digits if plan.valid.fullmatch(rest) and not _starts_with_prefix(plan, rest) else None
    return None


def _at_home(digits: str, *, country: str) -> str | None:
    plan = _plan_of_country(country)
    if plan is None or digits.startswith(plan.code):
        return None
    if plan.abroad is not None and plan.abroad.match(digits):
        return _abroad(digits[2:]) if plan.zeros_abroad else None
    if not _starts_with_prefix(plan, digits):
        return f"+{plan.code}{digits}" if plan.valid.fullmatch(digits) else None
    bare = digits.removeprefix(plan.prefix)
    if not plan.prefix or bare == digits or plan.general.fullmatch(digits) or not plan.valid.fullmatch(bare):
        return None
    return f"+{plan.code}{bare}"


def _starts_with_prefix(plan: _Plan, digits: str) -> bool:
    return plan.prefix_pattern is not None and plan.prefix_pattern.match(digits) is not None


@lru_cache(maxsize=512)
def _plan_of_code(code: str) -> _Plan | None:
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code)) if code[:1] != "0" else None
    if not regions or regions[0] == "001":
        return None
    return _plan_of_country(regions[0])


@lru_cache(maxsize=512)
def _plan_of_country(country: str) -> _Plan | None:
    """None for a country that shares its code and is not the first to be asked."""
    about: PhoneMetadata | None = PhoneMetadata.metadata_for_region(country, None)
    if about is None or about.leading_digits is not None or about.general_desc is None:
        return None
    if phonenumbers.region_code_for_country_code(about.country_code or 0) != country:
        return None
    patterns = [getattr(about, kind) for kind in _TYPES]
    valid = "|".join(
        kind.national_number_pattern for kind in patterns if kind and kind.national_number_pattern
    )
    return _Plan(
        code=str(about.country_code),
        valid=re.compile(f"(?:{valid})"),
        general=re.compile(about.general_desc.national_number_pattern or ""),
        prefix=(about.national_prefix or "") if _is_plain_prefix(about) else "",
        prefix_pattern=_compiled(about.national_prefix_for_parsing),
        abroad=_compiled(about.international_prefix),
        zeros_abroad=about.international_prefix == "00",
    )


def _is_plain_prefix(about: PhoneMetadata) -> bool:
    return bool(about.national_prefix) and about.national_prefix_for_parsing == about.national_prefix


def _compiled(pattern: str | None) -> re.Pattern[str] | None:
    return re.compile(pattern) if pattern else None
