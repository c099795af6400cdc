"""E-mails, phones and addresses of one record; as `repeats` reads them of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kith.matching.cleaning import addresses, emails, values, words
from kith.matching.cleaning.cleaned import CleanedAddress
from kith.matching.cleaning.repeats import UNKNOWN_COUNTRY, UNKNOWN_PHONE_COUNTRY
from kith.matching.cleaning.row import Row
from kith.matching.records import ADDRESS_DETAILS, ADDRESS_PARTS, MAX_REPEATS


@dataclass(frozen=True, slots=True)
class _Slot:
    """`phone_2` with its parts."""

    field: str
    texts: Mapping[str, str | None]
    """'' is the field itself."""


def _slots(row: Row, *, prefix: str, parts: tuple[str, ...], telling: tuple[str, ...]) -> list[_Slot]:
    """Those that say something; all are read before any is judged, as in the table."""
    found = []
    for number in range(1, MAX_REPEATS + 1):
        field = f"{prefix}_{number}"
        texts = {part: row.text(f"{field}_{part}" if part else field) for part in parts}
        if any(texts[part] is not None for part in telling):
            found.append(_Slot(field, texts))
    return found


def each_once(found: Iterator[tuple[str, str | None]]) -> dict[str, str | None]:
    """Each value once, with the type it had first."""
    listed: dict[str, str | None] = {}
    for value, kind in found:
        listed.setdefault(value, kind)
    return listed


def emails_of(row: Row) -> Iterator[tuple[str, str | None]]:
    for slot in _slots(row, prefix="email", parts=("", "type"), telling=("",)):
        found = emails.clean_email((slot.texts[""] or "").lower())
        if found is None:
            row.say(slot.field, emails.NOT_ONE)
        elif row.options.junk.is_email(found):
            row.say(slot.field, values.A_PLACEHOLDER)
        else:
            yield found, slot.texts["type"]


def phones_of(row: Row) -> Iterator[tuple[str, str | None]]:
    slots = _slots(row, prefix="phone", parts=("", "type", "country"), telling=("",))
    for slot in slots:
        stated = slot.texts["country"]
        country = None if stated is None else words.country_of_code(stated)
        at = country or row.options.default_country
        if stated is not None and country is None and _is_refused(row, stated):
            row.refuse(f"{slot.field}_country", UNKNOWN_PHONE_COUNTRY)
            at = None
        found, reason = values.read_phone(slot.texts[""] or "", country=at, junk=row.options.junk)
        row.say(slot.field, reason)
        if found is not None:
            yield found, slot.texts["type"]


def _is_refused(row: Row, country: str) -> bool:
    return words.is_private_code(country) or not row.is_placeholder(country)


def addresses_of(row: Row, *, residence: str | None) -> Iterator[CleanedAddress]:
    slots = _slots(row, prefix="address", parts=("", "type", *ADDRESS_PARTS), telling=ADDRESS_PARTS)
    countries = [_country(row, slot) for slot in slots]
    places = [country or residence or row.options.default_country for country in countries]
    postcodes, boxes = (
        [_postcode(row, slot, part, country=at) for slot, at in zip(slots, places, strict=True)]
        for part in ("postcode", "po_box_postcode")
    )
    for slot, country, at, postcode, box in zip(slots, countries, places, postcodes, boxes, strict=True):
        details = addresses.Details(
            **{part: _place(slot.texts[part]) for part in ADDRESS_DETAILS if part != "po_box_postcode"},
            po_box_postcode=box,
        )
        lines = addresses.Lines(_place(slot.texts["line1"]), _place(slot.texts["line2"]))
        if lines.line2 is None:
            lines = addresses.lines_of(details, line1=lines.line1, country=at)
        made = CleanedAddress(
            type=slot.texts["type"],
            line1=lines.line1,
            line2=lines.line2,
            postcode=postcode,
            city=_place(slot.texts["city"]),
            region=_place(slot.texts["region"]),
            country=country,
            **details._asdict(),
        )
        if any(getattr(made, part) is not None for part in ADDRESS_PARTS):
            yield made


def _country(row: Row, slot: _Slot) -> str | None:
    stated = slot.texts["country"]
    if stated is None:
        return None
    found = words.read_country(stated)
    if found is None:
        row.say(f"{slot.field}_country", UNKNOWN_COUNTRY)
    return found


def _postcode(row: Row, slot: _Slot, part: str, *, country: str | None) -> str | None:
    stated = slot.texts[part]
    if stated is None:
        return None
    found, reason = values.read_postcode(stated, country=country, junk=row.options.junk)
    row.say(f"{slot.field}_{part}", reason)
    return found


def _place(text: str | None) -> str | None:
    if text is None or text not in {text.upper(), text.lower()}:
        return text
    return addresses.place(text)
