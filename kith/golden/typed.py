"""What somebody typed for one golden field, cleaned exactly as a LOCAL claim is."""

from __future__ import annotations

from typing import Final

from kith.contacts.address_layout import troubles_of
from kith.contacts.entry import Claim
from kith.golden.pieces import Piece, is_empty, may_be_of, piece_of
from kith.golden.rules import AUTHORISATIONS, FIELD_LABELS, LIST_FIELDS, NAME, custom_code, parts_of
from kith.kernel.decision import sentence
from kith.kernel.errors import Refused
from kith.matching.cleaning import CleanedRecord, CleaningOptions, clean_record
from kith.matching.cleaning.words import read_country
from kith.matching.records import ADDRESS_PARTS

_LIST_STEMS: Final = {"emails": "email_1", "phones": "phone_1", "addresses": "address_1"}
_MAY_BE_EMPTY: Final = frozenset({"gender", "birth_date", "language", "residence_country"}) | {
    "id_number",
    "passport_number",
    "social_security_number",
    "vat_number",
    "registration_number",
    "registration_country",
    "established_on",
    "website",
    "employees",
    "industry",
    "category",
    "name_day",
}


def may_be_empty(field: str) -> bool:
    """A person can say that there is no value."""
    return field in _MAY_BE_EMPTY or custom_code(field) is not None


def claim_fields(field: str) -> tuple[str, ...]:
    """What may be typed for a golden field: claim fields, of a list its first."""
    stem = _LIST_STEMS.get(field)
    if stem is None:
        return parts_of(field)
    parts = {"emails": ("", "type"), "phones": ("", "country", "type")}.get(field, (*ADDRESS_PARTS, "type"))
    return tuple(f"{stem}_{part}" if part else stem for part in parts)


def read(field: str, typed: Claim, *, kind: str, country: str | None, options: CleaningOptions) -> Piece:
    """The cleaned piece. Refused with a sentence per claim field; an empty single field says 'no value'.

    `country`: of residence, by which identity numbers are read.
    """
    if not may_be_of(field, kind) or not _is_defined(field, options):
        raise Refused(f"A {kind} has no golden field of this name.")
    stray = [name for name in typed if name not in claim_fields(field)]
    if stray:
        raise Refused(f"“{stray[0]}” is no part of {FIELD_LABELS[field]}.")
    texts = {name: text for name, text in typed.items() if text.strip()}
    residence = {"residence_country": country} if country and field != "residence_country" else {}
    cleaned = clean_record({**residence, **texts, "kind": kind}, options=options)
    troubles = {**_lost(cleaned, texts, field=field), **_refused(cleaned, texts)}
    if field == "addresses":
        troubles |= _as_its_country_writes(texts)
    if troubles:
        raise Refused("Nothing was saved: see below.", fields=troubles)
    piece = piece_of(cleaned, field=field)
    if is_empty(piece, field=field) and not may_be_empty(field):
        raise Refused("Nothing was saved: see below.", fields={claim_fields(field)[0]: _missing(field)})
    if not is_empty(piece, field=field) and _lacks_its_number(piece, field):
        raise Refused("Nothing was saved: see below.", fields={field: "Give the number of the document."})
    return piece


def _as_its_country_writes(texts: Claim) -> dict[str, str]:
    parts = {name.removeprefix("address_1_"): text for name, text in texts.items()}
    country = read_country(parts.get("country", ""))
    return {f"address_1_{part}": why for part, why in troubles_of({**parts, "country": country}).items()}


def _is_defined(field: str, options: CleaningOptions) -> bool:
    code = custom_code(field)
    return code is None or code in {shape.code for shape in options.custom}


def _lacks_its_number(piece: Piece, field: str) -> bool:
    return field != NAME and len(parts_of(field)) > 1 and piece.get(field) is None


def _lost(cleaned: CleanedRecord, texts: Claim, *, field: str) -> dict[str, str]:
    """What was typed and became nothing."""
    reasons = {remark.field: remark.reason for remark in cleaned.remarks}
    if field in LIST_FIELDS:
        kept = getattr(cleaned, field)
        mine = {name: why for name, why in reasons.items() if name in texts and not _kept(cleaned, name)}
        if texts and not kept and not mine:
            mine[claim_fields(field)[0]] = "this cannot be read"
    else:
        gone = (name for name in texts if _cleaned(cleaned, name) is None)
        mine = {name: reasons.get(name, "this cannot be read") for name in gone}
    return {name: sentence((reason,)) for name, reason in mine.items()}


def _cleaned(cleaned: CleanedRecord, name: str) -> object:
    code = custom_code(name)
    return getattr(cleaned, name) if code is None else (cleaned.custom or {}).get(code)


def _kept(cleaned: CleanedRecord, name: str) -> bool:
    """Parts of an address may be doubted and kept; a doubted phone is trouble, as in a contact's form."""
    part = name.removeprefix("address_1_")
    return part in ADDRESS_PARTS and bool(cleaned.addresses) and bool(getattr(cleaned.addresses[0], part))


def _refused(cleaned: CleanedRecord, texts: Claim) -> dict[str, str]:
    return {one.field: sentence((one.reason,)) for one in cleaned.refusals if one.field in texts}


def _missing(field: str) -> str:
    if field == NAME:
        return "Give a first or a last name."
    if field in AUTHORISATIONS:
        return "Choose yes or no."
    return f"Give a value for {FIELD_LABELS[field]}."
