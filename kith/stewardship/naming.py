"""What another system names, by GroupIDs, record ids or System Refs, as Kith's own numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from kith.contacts.models import Contact
from kith.grouping.intents import Group, Intent, KeepApart, MoveRef, Split, Undo, Ungroup
from kith.grouping.schemas import SystemRefIn
from kith.kernel.errors import NotFound
from kith.sources.models import SourceRecord
from kith.stewardship.schemas import (
    ChangeIn,
    GroupIn,
    KeepApartIn,
    MoveIn,
    SplitIn,
    UngroupIn,
)

Named = int | SystemRefIn


@dataclass(frozen=True, slots=True)
class _Known:
    """All that was named, in two queries."""

    by_name: dict[tuple[str, str], SourceRecord]

    def contact(self, named: Named) -> int:
        if isinstance(named, int):
            return named
        group_id = self.by_name[named.source, named.system_ref].group_id
        if group_id is None:
            raise NotFound(f"This System Ref of {named.source} has no GroupID yet.")
        return group_id

    def record(self, named: Named) -> int:
        return named if isinstance(named, int) else self.by_name[named.source, named.system_ref].pk


def intent_of(change: ChangeIn) -> Intent:
    """Raises NotFound for what is not there."""
    contacts, records = _named(change)
    known = _Known(_by_name([*contacts, *records]))
    _refuse_unknown_contacts({known.contact(one) for one in contacts})
    _refuse_unknown_records({known.record(one) for one in records})
    match change:
        case GroupIn():
            children = tuple(known.contact(one) for one in change.children)
            return Group(master=known.contact(change.master), children=children)
        case UngroupIn():
            return Ungroup(contact=known.contact(change.contact))
        case SplitIn():
            parts = tuple(tuple(known.record(one) for one in part) for part in change.parts)
            return Split(contact=known.contact(change.contact), parts=parts)
        case MoveIn():
            return MoveRef(record=known.record(change.record), to=known.contact(change.to))
        case KeepApartIn():
            return KeepApart(contacts=tuple(known.contact(one) for one in change.contacts))
        case _:
            return Undo(operation=change.operation)


def _named(change: ChangeIn) -> tuple[list[Named], list[Named]]:
    """(contacts, System Refs)."""
    match change:
        case GroupIn():
            return [change.master, *change.children], []
        case UngroupIn():
            return [change.contact], []
        case SplitIn():
            return [change.contact], [one for part in change.parts for one in part]
        case MoveIn():
            return [change.to], [change.record]
        case KeepApartIn():
            return [*change.contacts], []
        case _:
            return [], []


def _by_name(named: Iterable[Named]) -> dict[tuple[str, str], SourceRecord]:
    wanted = {(one.source, one.system_ref) for one in named if isinstance(one, SystemRefIn)}
    if not wanted:
        return {}
    condition = Q()
    for code in {source for source, _ in wanted}:
        refs = [ref for source, ref in wanted if source == code]
        condition |= Q(source__code=code, system_ref__in=refs)
    rows = SourceRecord.objects.filter(condition).select_related("source", "membership")
    found = {
        (row.source.code, row.system_ref): row
        for row in rows.only("system_ref", "source__code", "membership__contact_id")
    }
    if wanted - found.keys():
        raise NotFound("There is no such System Ref.")
    return found


def _refuse_unknown_contacts(group_ids: set[int]) -> None:
    if Contact.objects.filter(pk__in=group_ids).count() < len(group_ids):
        raise NotFound("There is no contact with this GroupID.")


def _refuse_unknown_records(record_ids: set[int]) -> None:
    if SourceRecord.objects.filter(pk__in=record_ids).count() < len(record_ids):
        raise NotFound("There is no such System Ref.")
