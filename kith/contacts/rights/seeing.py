"""Contacts and System Refs as an actor may read them: the one place where values are masked.

Whatever renders, lists, compares for the eye or answers through the API reads what comes out of here. Masked
values are text, whatever type the field has; what is hidden is not there. Never to be saved.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

from django.db.models import Model, QuerySet

from kith.access.actors import Actor
from kith.contacts.models import Contact, ContactAddress, ContactEmail, ContactPhone
from kith.contacts.rights.levels import levels_of
from kith.contacts.rights.masks import DOTS
from kith.contacts.rights.reveals import revealed_by
from kith.contacts.rights.rules import IDENTITY, MASKS, PERSON, Shown, Sight, field_of
from kith.contacts.rights.sections import privacy_levels
from kith.contacts.rights.sight import sight_of
from kith.matching.records import ADDRESS_PARTS, CUSTOM_PREFIX
from kith.sources.models import SourceRecord

NOTHING: Final = Sight(by_level={})
_LISTS: Final = ("emails", "phones", "addresses")
_BESIDE: Final = {
    "id_number": ("id_number_country", "id_number_expires"),
    "passport_number": ("passport_country", "passport_expires"),
}
"""Columns that tell of a document besides its number."""
_SINGLE: Final = tuple(field for field in MASKS if field not in (*_LISTS, "custom"))
assert set(IDENTITY) <= set(_SINGLE)
Stored = TypeVar("Stored", bound=Model)
Row = TypeVar("Row", ContactEmail, ContactPhone, ContactAddress)


def seen(contact: Contact, *, actor: Actor) -> Contact:
    """As this actor may read it; it carries what the actor sees (`sight_on`)."""
    return seen_with(contact, sight_at(contact, actor=actor))


def seen_all(contacts: Mapping[int, Contact], *, actor: Actor) -> dict[int, Contact]:
    """One query for any number. What was revealed shows on the contact's own page only."""
    sight, levels = sight_of(actor), levels_of(contacts)
    return {
        pk: seen_with(contact, sight.at(levels.get(pk, ""), kind=contact.kind))
        for pk, contact in contacts.items()
    }


def sight_at(contact: Contact, *, actor: Actor) -> Sight:
    level = levels_of([contact.pk]).get(contact.pk, "")
    return sight_of(actor).at(level, kind=contact.kind, revealed=revealed_by(actor, contact.pk))


def sights_at(contact_ids: Iterable[int], *, actor: Actor) -> dict[int, Sight]:
    """By GroupID. Of persons and companies alike as of a person."""
    sight = sight_of(actor)
    return {pk: sight.at(level) for pk, level in levels_of(contact_ids).items()}


def sight_over(contact_ids: Iterable[int], *, actor: Actor, kind: str = PERSON) -> Sight:
    """Of several contacts that are read as one: at the strictest of their levels."""
    levels = levels_of(contact_ids).values()
    strictest = privacy_levels().strictest(levels) if levels else ""
    return sight_of(actor).at(strictest, kind=kind)


def sight_on(contact: Contact) -> Sight:
    """What whoever read this contact sees; of one that was read for nobody: nothing."""
    return contact.sight or NOTHING


def for_somebody(contact: Contact) -> Contact:
    """One that was read for nobody shows nothing."""
    return contact if contact.sight is not None else seen_with(contact, NOTHING)


def unseen(contact: Contact) -> Contact:
    """As it is stored: for versions and comparisons, never for the eye."""
    whole: Contact = vars(contact).get("_whole", contact)
    return whole


def seen_with(contact: Contact, sight: Sight) -> Contact:
    made = _copied(contact)
    vars(made)["_whole"] = unseen(contact)
    made.sight = sight
    made.name = sight.name(made.name)
    _mask_single(made, sight)
    reached: dict[str, object] = vars(contact).get("_prefetched_objects_cache", {})
    if reached:
        kept = {name: rows for name, rows in reached.items() if name not in _LISTS}
        lists = {name: _rows(contact, name, sight) for name in _LISTS if name in reached}
        vars(made)["_prefetched_objects_cache"] = {**kept, **lists}
    return made


def seen_records(records: Iterable[SourceRecord], sight: Sight) -> tuple[SourceRecord, ...]:
    return tuple(seen_record(record, sight) for record in records)


def seen_record(record: SourceRecord, sight: Sight) -> SourceRecord:
    """Columns that were not read stay so; a claim as received is read through its field's right."""
    made = _copied(record)
    loaded = vars(made)
    _mask_single(made, sight)
    for name, of_type in (("emails", "email_types"), ("phones", "phone_types")):
        if name in loaded and sight.shows(name) is not Shown.SHOWN:
            loaded[name] = [text for one in loaded[name] if (text := sight.of(name, one))]
            loaded[of_type] = loaded[of_type][: len(loaded[name])] if of_type in loaded else []
    if "addresses" in loaded and sight.shows("addresses") is not Shown.SHOWN:
        is_hidden = sight.shows("addresses") is Shown.HIDDEN
        loaded["addresses"] = [] if is_hidden else [{"line1": DOTS} for _ in loaded["addresses"]]
    if "claim" in loaded:
        loaded["claim"] = seen_claim(loaded["claim"], sight)
    elif sight.shows("phones") is not Shown.SHOWN:
        loaded["claim"] = {}
    return made


def seen_claim(claim: Mapping[str, object], sight: Sight) -> dict[str, object]:
    """`fields` as received, and `extra`: columns that nobody mapped count as user-defined fields."""
    found = dict(claim)
    fields, extra = found.get("fields"), found.get("extra")
    if isinstance(fields, dict):
        found["fields"] = seen_fields(fields, sight)
    if isinstance(extra, dict):
        told = {name: sight.of(f"{CUSTOM_PREFIX}{name}", str(text)) for name, text in extra.items()}
        found["extra"] = {name: text for name, text in told.items() if text}
    return found


def seen_fields(fields: Mapping[str, str], sight: Sight) -> dict[str, str]:
    """By the names that claims use. Parts of a masked field that are no number of it are left out."""
    found = {}
    for name, text in fields.items():
        if sight.shows(name) is Shown.SHOWN:
            found[name] = text
        elif is_main(name) and (told := sight.of(name, str(text))):
            found[name] = told
    return found


def is_main(name: str) -> bool:
    """Not the expiry of a passport, nor the second line of an address."""
    return field_of(name) == name or name.startswith(("email_", "phone_")) or name.endswith("_line1")


def _mask_single(made: Contact | SourceRecord, sight: Sight) -> None:
    loaded = vars(made)
    for field in _SINGLE:
        if field not in loaded or sight.shows(field) is Shown.SHOWN:
            continue
        value = loaded[field]
        loaded[field] = None if value is None else sight.of(field, str(value)) or None
        for name in _BESIDE.get(field, ()):
            loaded[name] = None
    custom = loaded.get("custom")
    if custom:
        told = {code: sight.of(f"{CUSTOM_PREFIX}{code}", str(text)) for code, text in custom.items()}
        loaded["custom"] = {code: text for code, text in told.items() if text}


def _rows(contact: Contact, name: str, sight: Sight) -> object:
    """What a prefetch leaves behind: the contact's related rows are read from here."""
    kept = getattr(contact, name).all()
    if sight.shows(name) is Shown.SHOWN:
        return kept
    is_hidden = sight.shows(name) is Shown.HIDDEN
    rows: list[Model] = [] if is_hidden else [_masked(row, name, sight) for row in kept]
    if not isinstance(kept, QuerySet):
        return rows
    filled = kept.all()
    filled._result_cache = rows
    return filled


def _masked(row: Model, name: str, sight: Sight) -> Model:
    made = _copied(row)
    if isinstance(made, ContactAddress):
        vars(made).update(dict.fromkeys(ADDRESS_PARTS))
        made.line1 = DOTS
    else:
        vars(made)["value"] = sight.of(name, vars(made)["value"])
    return made


def _copied(row: Stored) -> Stored:
    return copy.copy(row)
