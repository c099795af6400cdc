"""Golden records as rules would make them, beside those of the rules in force. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.contacts.models import Contact
from kith.golden.assembly import preview
from kith.golden.rules import FIELD_LABELS, FIELDS, Rules
from kith.golden.versions import rules_in_force

SHOWN: Final = 3
ENOUGH_SYSTEM_REFS: Final = 3
"""A contact of so many shows tie-breakers at work."""


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    now: str
    then: str

    @property
    def differs(self) -> bool:
        return self.now != self.then


@dataclass(frozen=True, slots=True)
class PreviewedContact:
    contact: Contact
    rows: tuple[Row, ...]

    @property
    def differences(self) -> int:
        return sum(row.differs for row in self.rows)


def compare(rules: Rules, *, group_id: int | None, actor: Actor) -> tuple[PreviewedContact, ...]:
    """Of one contact, or of a few with several System Refs."""
    require(actor, Permission.CONTACT_VIEW)
    contacts = _contacts(group_id)
    ids = [contact.pk for contact in contacts]
    now, then = preview(ids, rules=rules_in_force()), preview(ids, rules=rules)
    return tuple(PreviewedContact(one, _rows(now[one.pk], then[one.pk])) for one in contacts if one.pk in now)


def _contacts(group_id: int | None) -> list[Contact]:
    active = Contact.objects.filter(state=Contact.State.ACTIVE).defer("search")
    if group_id is not None:
        return list(active.filter(pk=group_id))
    return list(active.filter(record_count__gte=ENOUGH_SYSTEM_REFS).order_by("pk")[:SHOWN])


def _rows(now: Mapping[str, str], then: Mapping[str, str]) -> tuple[Row, ...]:
    rows = (Row(FIELD_LABELS[field], now.get(field, ""), then.get(field, "")) for field in FIELDS)
    return tuple(row for row in rows if row.now or row.then)
