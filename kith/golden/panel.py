"""The golden details on the page of a contact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kith.access.permissions import Permission
from kith.contacts.models import Contact
from kith.contacts.panels import Opened
from kith.golden import opt_outs
from kith.golden.details import DetailRow, golden_details
from kith.golden.edits import edits_of
from kith.golden.pieces import editable_fields
from kith.golden.rules import FIELD_LABELS, LIST_FIELDS


def golden(opened: Opened) -> Mapping[str, object]:
    edits = edits_of(opened.contact, opened.records)
    kept = opt_outs.kept_by(opened.contact)
    rows = golden_details(opened.contact, opened.records, edits=edits, kept=kept)
    return {
        "rows": rows,
        "idle": edits.idle,
        "adding": _adding(opened.contact, rows),
        "has_others": any(row.others for row in rows),
        "all_values": opened.request.GET.get("values") == "all",
        "may_edit": opened.actor.may(Permission.CONTACT_EDIT),
    }


def _adding(contact: Contact, rows: Iterable[DetailRow]) -> list[tuple[str, str]]:
    """By name and label: another value of a list, and the fields that have no row yet."""
    shown = {row.field for row in rows} - set(LIST_FIELDS)
    fields = (*LIST_FIELDS, *(name for name in editable_fields(contact.kind) if name not in LIST_FIELDS))
    return [(name, FIELD_LABELS[name]) for name in fields if name not in shown]
