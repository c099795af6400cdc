"""What somebody typed for one golden field, cleaned exactly as a LOCAL claim is."""

from __future__ import annotations

from typing import Final

from kith.contacts.entry import Claim
from kith.golden.pieces import Piece, editable_fields, is_empty, piece_of
from kith.golden.rules import AUTHORISATIONS, FIELD_LABELS, LIST_FIELDS, NAME, NAME_PARTS
from kith.kernel.decision import sentence
from kith.kernel.errors import Refused
from kith.matching.cleaning import CleanedRecord, CleaningOptions, clean_record
from kith.matching.records import ADDRESS_PARTS

_LIST_STEMS: Final = {"emails": "email_1", "phones": "phone_1", "addresses": "address_1"}
MAY_BE_EMPTY: Final = frozenset({"gender", "birth_date", "language", "residence_country"}) | {
    "id_number",
    "passport_number",
    "social_security_number",
    "vat_number",
    "registration_number",
}
"""Fields of which a person can say that there is no value."""


def claim_fields(field: str) -> tuple[str, ...]:
    """What may be typed for a golden field: claim fields, of a list its first."""
    if field == NAME:
        return NAME_PARTS
    stem = _LIST_STEMS.get(field)
    if stem is None:
        return (field,)
    parts = {"emails": ("", "type"), "phones": ("", "country", "type")}.get(field, (*ADDRESS_PARTS, "type"))
    return tuple(f"{stem}_{part}" if part else stem for part in parts)


def read(field: str, typed: Claim, *, kind: str, country: str | None, options: CleaningOptions) -> Piece:
    """The cleaned piece. Refused with a sentence per claim field; an empty single field says 'no value'.

    `country`: of residence, by which identity numbers are read.
    """
    if field not in editable_fields(kind):
        raise Refused(f"A {kind} has no golden field of this name.")
    stray = [name for name in typed if name not in claim_fields(field)]
    if stray:
        raise Refused(f"“{stray[0]}” is no part of {FIELD_LABELS[field]}.")
    texts = {name: text for name, text in typed.items() if text.strip()}
    residence = {"residence_country": country} if country and field != "residence_country" else {}
    cleaned = clean_record({**residence, **texts, "kind": kind}, options=options)
    troubles = {**_lost(cleaned, texts, field=field), **_refused(cleaned, texts)}
    if troubles:
        raise Refused("Nothing was saved: see below.", fields=troubles)
    piece = piece_of(cleaned, field=field)
    if is_empty(piece, field=field) and field not in MAY_BE_EMPTY:
        raise Refused("Nothing was saved: see below.", fields={claim_fields(field)[0]: _missing(field)})
    return piece


def _lost(cleaned: CleanedRecord, texts: Claim, *, field: str) -> dict[str, str]:
    """What was typed and became nothing."""
    reasons = {remark.field: remark.reason for remark in cleaned.remarks}
    if field in LIST_FIELDS:
        kept = getattr(cleaned, field)
        mine = {name: why for name, why in reasons.items() if name in texts and not _kept(cleaned, name)}
        if texts and not kept and not mine:
            mine[claim_fields(field)[0]] = "this cannot be read"
    else:
        gone = (name for name in texts if getattr(cleaned, name) is None)
        mine = {name: reasons.get(name, "this cannot be read") for name in gone}
    return {name: sentence((reason,)) for name, reason in mine.items()}


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
