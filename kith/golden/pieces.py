"""What an override says: a piece of a cleaned claim, in the columns that a claim has. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypedDict, cast

from kith.contacts.value_ids import joined_key
from kith.golden.rules import FIELDS, LIST_FIELDS, NAME, custom_code, parts_of
from kith.matching.cleaning import CleanedAddress, CleanedRecord
from kith.matching.cleaning.addresses import postcode_key, street_key
from kith.matching.records import COMPANY

Address = dict[str, str | None]

Keep = Callable[[str], bool]

KEYS_OF_NAME: Final = ("first_key", "middle_key", "last_key")


class Piece(TypedDict, total=False):
    """Only the columns of the field it is for. JSON as it is."""

    title: str | None
    first_name: str | None
    middle_name: str | None
    last_name: str | None
    first_key: str | None
    middle_key: str | None
    last_key: str | None
    company_name: str | None
    company_key: str | None
    gender: str | None
    birth_date: str | None
    """ISO."""
    id_number: str | None
    passport_number: str | None
    social_security_number: str | None
    vat_number: str | None
    registration_number: str | None
    id_number_country: str | None
    id_number_expires: str | None
    """ISO, as all dates."""
    passport_country: str | None
    passport_expires: str | None
    registration_country: str | None
    established_on: str | None
    website: str | None
    employees: int | None
    industry: str | None
    category: str | None
    name_day: str | None
    custom_value: str | None
    """Of a user-defined field."""
    language: str | None
    residence_country: str | None
    direct_marketing: bool | None
    affiliate_marketing: bool | None
    despite: list[int]
    """The System Refs whose no a pinned yes outranks. No other no gives way to it."""
    emails: list[str]
    email_types: list[str]
    phones: list[str]
    phone_types: list[str]
    addresses: list[Address]
    street_keys: list[str]
    postcode_keys: list[str]
    leads: bool
    """Of a list: its first value is the primary one."""
    typed: list[str]
    """Keys (see `keys_of`) of the values in a list that no source said when they were typed."""


COLUMNS_OF_LIST: Final[dict[str, tuple[str, ...]]] = {
    "emails": ("emails", "email_types"),
    "phones": ("phones", "phone_types"),
    "addresses": ("addresses", "street_keys", "postcode_keys"),
}


def columns_of(field: str) -> tuple[str, ...]:
    """Columns of a claim that a golden field is made of."""
    if field == NAME:
        return (*parts_of(NAME), *KEYS_OF_NAME)
    if field in LIST_FIELDS:
        return COLUMNS_OF_LIST[field]
    return (field, "company_key") if field == "company_name" else parts_of(field)


def piece_of(cleaned: CleanedRecord, *, field: str) -> Piece:
    """What the cleaned claim says for this field."""
    code = custom_code(field)
    if code is not None:
        return Piece(custom_value=(cleaned.custom or {}).get(code))
    return cast(Piece, {name: as_json(getattr(cleaned, name)) for name in columns_of(field)})


def as_json(value: object) -> object:
    if isinstance(value, tuple):
        return [one.as_json() if isinstance(one, CleanedAddress) else one or "" for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def keys_of(piece: Piece, *, field: str) -> list[str]:
    """By what the values of a list are told apart, in their order."""
    if field == "emails":
        return piece.get("emails", [])
    if field == "phones":
        return piece.get("phones", [])
    streets, postcodes = piece.get("street_keys", []), piece.get("postcode_keys", [])
    return list(map(joined_key, piece.get("addresses", []), streets, postcodes))


def piece_of_address(address: Address) -> Piece:
    """Of one address that is stored."""
    line1, postcode = address.get("line1"), address.get("postcode")
    return Piece(
        addresses=[{part: text for part, text in address.items() if text is not None}],
        street_keys=[street_key(line1) if line1 else ""],
        postcode_keys=[postcode_key(postcode) if postcode else ""],
    )


def is_empty(piece: Piece, *, field: str) -> bool:
    """It says that there is no value."""
    if field in LIST_FIELDS:
        return not keys_of(piece, field=field)
    if custom_code(field) is not None:
        return piece.get("custom_value") is None
    named = ("first_name", "last_name") if field == NAME else parts_of(field)
    return all(piece.get(name) is None for name in named)


def joined(before: Piece | None, new: Piece, *, field: str, without: str = "") -> Piece:
    """A list after one more edit: what was typed before stays, unless it is `without` (a key).

    A value that becomes the primary one goes first; another keeps the primary one that was chosen.
    """
    if before is None:
        return new
    kept = _where(before, field=field, keep=lambda key: key not in {without, *keys_of(new, field=field)})
    first_goes = bool(new.get("leads")) or _leads_with(before, field=field) in {
        without,
        *keys_of(new, field=field),
    }
    first, second = (new, kept) if first_goes else (kept, new)
    whole = _added(first, second, field=field)
    whole["leads"] = bool(new.get("leads") or before.get("leads"))
    return whole


def without(piece: Piece, *, field: str, key: str) -> Piece | None:
    """The list without one of its values; None when nothing is left to say."""
    left = _where(piece, field=field, keep=lambda one: one != key)
    if is_empty(left, field=field):
        return None
    left["leads"] = bool(piece.get("leads")) and keys_of(piece, field=field)[0] != key
    return left


def _leads_with(piece: Piece, *, field: str) -> str | None:
    return keys_of(piece, field=field)[0] if piece.get("leads") else None


def _where(piece: Piece, *, field: str, keep: Keep) -> Piece:
    places = [spot for spot, key in enumerate(keys_of(piece, field=field)) if keep(key)]
    columns = {name: [_column(piece, name)[spot] for spot in places] for name in COLUMNS_OF_LIST[field]}
    typed = [key for key in piece.get("typed", []) if keep(key)]
    return cast(Piece, {**columns, "typed": typed})


def _added(first: Piece, second: Piece, *, field: str) -> Piece:
    columns = {name: [*_column(first, name), *_column(second, name)] for name in COLUMNS_OF_LIST[field]}
    typed = [*first.get("typed", []), *second.get("typed", [])]
    return cast(Piece, {**columns, "typed": typed})


def _column(piece: Piece, name: str) -> list[object]:
    values = piece.get(name, [])
    return list(values) if isinstance(values, list) else []


def editable_fields(kind: str) -> tuple[str, ...]:
    """Golden fields that a contact of this kind can have, but for the user-defined ones."""
    return _OF_COMPANIES if kind == COMPANY else _OF_PERSONS


def may_be_of(field: str, kind: str) -> bool:
    """A contact of this kind can have the field; which user-defined ones there are, the settings say."""
    return custom_code(field) is not None or field in editable_fields(kind)


_NOT_OF_COMPANIES: Final = frozenset(
    {NAME, "gender", "birth_date", "id_number", "passport_number", "social_security_number", "name_day"}
)
_NOT_OF_PERSONS: Final = frozenset({"registration_country", "established_on", "employees", "industry"})
_OF_COMPANIES: Final = tuple(field for field in FIELDS if field not in _NOT_OF_COMPANIES)
_OF_PERSONS: Final = tuple(field for field in FIELDS if field not in _NOT_OF_PERSONS)
