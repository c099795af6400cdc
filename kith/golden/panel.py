"""The golden details on the page of a contact: the main ones, and two of the sections at the bottom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from django.http import HttpRequest

from kith.access.permissions import Permission
from kith.contacts.models import Contact
from kith.contacts.panels import Opened
from kith.contacts.rights.rules import Shown, Sight
from kith.contacts.rights.seeing import sight_on
from kith.golden import opt_outs
from kith.golden.details import PROFILE, DetailRow, custom_details, golden_details
from kith.golden.edits import NOTHING_EDITED, Edits, edits_of
from kith.golden.pieces import editable_fields
from kith.golden.rules import FIELD_LABELS, LIST_FIELDS
from kith.golden.value_statements import Statements, statements_of
from kith.golden.vocabulary import vocabulary_for
from kith.matching.records import CUSTOM_PREFIX
from kith.sources.custom_fields import custom_fields


def golden(opened: Opened) -> Mapping[str, object]:
    """All but the fields of the section Demographics or Company profile; the date of birth is in both."""
    contact, read, sight = opened.contact, _read(opened), sight_on(opened.contact)
    elsewhere = set(_profile(contact)) - {"birth_date"}
    rows = [row for row in read.rows if row.field not in elsewhere]
    fields = [name for name in editable_fields(contact.kind) if name not in elsewhere]
    return {
        **_panel(opened, rows),
        "idle": read.edits.idle,
        "inactive": read.statements.inactive if sight.shows("addresses") is Shown.SHOWN else (),
        "adding": _adding(rows, [*LIST_FIELDS, *(one for one in fields if one not in LIST_FIELDS)], sight),
    }


def profile(opened: Opened) -> Mapping[str, object]:
    wanted = _profile(opened.contact)
    rows = [row for row in _read(opened).rows if row.field in wanted]
    in_order = sorted(rows, key=lambda row: wanted.index(row.field))
    return {
        **_panel(opened, in_order, prefix="profile-"),
        "adding": _adding(rows, wanted, sight_on(opened.contact)),
    }


def custom(opened: Opened) -> Mapping[str, object]:
    defined = custom_fields()
    mine = _only(_read(opened).edits, lambda field: field.startswith(CUSTOM_PREFIX))
    rows = custom_details(opened.contact, opened.records, defined=defined, edits=mine)
    labels = {f"{CUSTOM_PREFIX}{one.code}": one.label for one in defined}
    shown = {row.field for row in rows}
    return {
        **_panel(opened, rows, prefix="custom-"),
        "adding": [
            (field, label)
            for field, label in labels.items()
            if field not in shown and sight_on(opened.contact).shows(field) is not Shown.HIDDEN
        ],
        "none_defined": not defined,
        "may_set": opened.actor.may(Permission.SETTINGS_VIEW),
    }


def _profile(contact: Contact) -> tuple[str, ...]:
    return PROFILE[Contact.Kind(contact.kind)]


@dataclass(frozen=True, slots=True)
class _Read:
    edits: Edits
    statements: Statements
    rows: tuple[DetailRow, ...]


_READ: Final[WeakKeyDictionary[HttpRequest, _Read]] = WeakKeyDictionary()


def _read(opened: Opened) -> _Read:
    """Three panels of one page ask the database once."""
    known = _READ.get(opened.request)
    if known is not None:
        return known
    edits = edits_of(opened.contact, opened.records) if opened.tally["overrides"] else NOTHING_EDITED
    statements = statements_of(opened.contact) if opened.tally["statements"] else Statements({})
    rows = golden_details(
        opened.contact,
        opened.records,
        edits=_only(edits, lambda field: not field.startswith(CUSTOM_PREFIX)),
        kept=opt_outs.kept_by(opened.contact),
        vocabulary=vocabulary_for(opened.contact),
        statements=statements,
    )
    _READ[opened.request] = _Read(edits, statements, rows)
    return _READ[opened.request]


def _only(edits: Edits, wanted: Callable[[str], bool]) -> Edits:
    return Edits(
        counting={field: one for field, one in edits.counting.items() if wanted(field)},
        keys=edits.keys,
        pending={field: one for field, one in edits.pending.items() if wanted(field)},
        idle=edits.idle,
    )


def _panel(opened: Opened, rows: Iterable[DetailRow], *, prefix: str = "") -> Mapping[str, object]:
    """`prefix`: of the names of places on the page."""
    found = tuple(rows)
    return {
        "rows": found,
        "prefix": prefix,
        "has_others": any(row.others for row in found),
        "all_values": opened.request.GET.get("values") == "all",
        "may_edit": opened.actor.may(Permission.CONTACT_EDIT),
    }


def _adding(rows: Iterable[DetailRow], fields: Iterable[str], sight: Sight) -> list[tuple[str, str]]:
    """By name and label: another value of a list, and the fields that have no row yet. Not those that are
    hidden: they may have a value.
    """
    shown = {row.field for row in rows} - set(LIST_FIELDS)
    hidden = {name for name in fields if sight.shows(name) is Shown.HIDDEN}
    return [(name, FIELD_LABELS[name]) for name in fields if name not in shown | hidden]
