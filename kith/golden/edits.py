"""The edits of one contact for the eye: who said what, until when, and which sources say otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kith.contacts.models import Contact
from kith.contacts.rights.rules import Sight
from kith.contacts.rights.seeing import sight_on
from kith.golden import overrides, wording
from kith.golden.corrections import disagreeing
from kith.golden.models import GoldenOverride
from kith.golden.pieces import keys_of
from kith.golden.rules import AUTHORISATIONS, FIELD_LABELS, LIST_FIELDS
from kith.sources.models import SourceRecord


@dataclass(frozen=True, slots=True)
class Dissent:
    """A System Ref that says otherwise."""

    source: str
    colour: str
    value: str
    """'' when it says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    override_id: int
    label: str
    value: str
    author: str
    by_colleague: bool
    """`author` is the name of one."""
    at: datetime
    note: str
    is_pinned: bool
    dissent: tuple[Dissent, ...] = ()
    outranks_a_no: bool = False
    """A source says no to marketing, and this says yes all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    counting: Mapping[str, Edited]
    """By golden field."""
    keys: Mapping[str, frozenset[str]]
    """By field of a list, which of its values people typed or chose."""
    pending: Mapping[str, Edited]
    idle: tuple[Edited, ...]
    """In force, and outranked by another edit or by a stricter authorisation."""

    def of_row(self, field: str, *, key: str) -> Edited | None:
        if field in LIST_FIELDS and key not in self.keys.get(field, ()):
            return None
        return self.counting.get(field)


NOTHING_EDITED: Final = Edits(counting={}, keys={}, pending={}, idle=())


def edits_of(contact: Contact, said: Iterable[SourceRecord]) -> Edits:
    """One query where nobody edited anything, two where somebody did."""
    mine, sight = list(overrides.open_of(contact.pk)), sight_on(contact)
    counting = overrides.effective(contact)
    in_force = [one for one in mine if one.state == GoldenOverride.State.IN_FORCE]
    dissents = _dissents(contact, said, in_force) if in_force else {}
    lead = [one for one in in_force if counting.get(one.field) == one.pk]
    return Edits(
        counting={one.field: _edited(one, sight, dissent=dissents.get(one.pk, ())) for one in lead},
        keys={one.field: _keys(one) for one in lead if one.field in LIST_FIELDS},
        pending={one.field: _edited(one, sight) for one in mine if one.state == GoldenOverride.State.PENDING},
        idle=tuple(_edited(one, sight) for one in in_force if one not in lead),
    )


def _keys(one: GoldenOverride) -> frozenset[str]:
    return frozenset(keys_of(one.value, field=one.field))


def _edited(one: GoldenOverride, sight: Sight, *, dissent: Sequence[Dissent] = ()) -> Edited:
    return Edited(
        override_id=one.pk,
        label=FIELD_LABELS[one.field],
        value=sight.of(one.field, wording.of_piece(one.value, one.field)),
        author=one.actor,
        by_colleague=one.user_id is not None,
        at=one.made_at,
        note=one.note,
        is_pinned=one.mode == GoldenOverride.Mode.PINNED,
        dissent=tuple(dissent),
        outranks_a_no=one.field in AUTHORISATIONS and bool(one.value.get("despite")),
    )


def _dissents(
    contact: Contact, said: Iterable[SourceRecord], in_force: Iterable[GoldenOverride]
) -> Mapping[int, list[Dissent]]:
    records = {record.pk: record for record in said}
    fields = {one.pk: one.field for one in in_force}
    found: dict[int, list[Dissent]] = {}
    for task in disagreeing(contact.pk):
        record = records.get(task.record_id)
        if record is not None and task.override_id in fields:
            words = wording.of_record(record, fields[task.override_id])
            dissent = Dissent(record.source.name, record.source.colour, words)
            if dissent not in found.setdefault(task.override_id, []):
                found[task.override_id].append(dissent)
    return found
