"""The golden fields of a contact on their way out: who said what, and who says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from kith.contacts import queries, said
from kith.contacts.models import Contact, ContactAddress, ContactEmail, ContactPhone
from kith.contacts.rights.rules import Shown, Sight
from kith.contacts.rights.seeing import for_somebody, sight_on, unseen
from kith.contacts.schemas import SaidBy
from kith.contacts.value_ids import address_key, key_of, value_id
from kith.golden import overrides, wording
from kith.golden.corrections import disagreeing
from kith.golden.models import GoldenOverride
from kith.golden.pieces import Address, editable_fields
from kith.golden.rows import single_as_typed
from kith.golden.rules import FIELD_LABELS, LIST_FIELDS, NAME, custom_code, parts_of
from kith.golden.schemas import (
    Dissent,
    GoldenFieldOut,
    GoldenValue,
    GoldenValues,
    InactiveValue,
    Mode,
    OtherValue,
    OverrideOut,
)
from kith.golden.typed import claim_fields
from kith.golden.value_statements import ADDRESSES, Statements, statements_of
from kith.matching.records import ADDRESS_PARTS, CUSTOM_PREFIX
from kith.sources.custom_fields import custom_fields
from kith.sources.models import SourceRecord

Row = ContactEmail | ContactPhone | ContactAddress


@dataclass(frozen=True, slots=True)
class Value:
    """One value that somebody says, or the golden record has."""

    fields: Mapping[str, str]
    words: str
    key: str
    """By which values of this field are told apart."""


@dataclass(frozen=True, slots=True)
class Mine:
    """What people say of one field."""

    counting: list[OverrideOut] = field(default_factory=list)
    pending: list[OverrideOut] = field(default_factory=list)
    idle: list[OverrideOut] = field(default_factory=list)


def golden_values(contact: Contact, records: Sequence[SourceRecord]) -> GoldenValues:
    """In as many queries whatever there is of it. `records`: the System Refs of the contact."""
    if contact.state != Contact.State.ACTIVE:
        is_retired = contact.state == Contact.State.RETIRED
        successor = queries.end_of(contact.pk) if is_retired else None
        return GoldenValues(group_id=contact.pk, kind=said.kind(contact.kind), successor=successor, fields=[])
    contact = for_somebody(contact)
    mine, statements = _mine(contact, records), statements_of(contact)
    labels = {f"{CUSTOM_PREFIX}{one.code}": one.label for one in custom_fields()}
    states = overrides.states_of(contact, custom=tuple(labels))
    return GoldenValues(
        group_id=contact.pk,
        kind=said.kind(contact.kind),
        successor=None,
        fields=[
            _field(
                contact,
                name,
                records,
                label=label,
                mine=mine.get(name, Mine()),
                statements=statements,
                seen=states[name],
            )
            for name, label in _labels(contact, labels).items()
        ],
    )


def _labels(contact: Contact, custom: Mapping[str, str]) -> dict[str, str]:
    return {name: FIELD_LABELS[name] for name in editable_fields(contact.kind)} | dict(custom)


def _field(
    contact: Contact,
    name: str,
    records: Sequence[SourceRecord],
    *,
    label: str,
    mine: Mine,
    statements: Statements,
    seen: str,
) -> GoldenFieldOut:
    is_list = name in LIST_FIELDS
    values = _golden_list(contact, name, records, statements) if is_list else _golden(contact, name, records)
    golden = {one.key: one.fields for one in values} if name in LIST_FIELDS else {}
    whole = values[0].fields if values and name not in LIST_FIELDS else {}
    return GoldenFieldOut(
        field=name,
        label=label,
        values=values,
        override=mine.counting[0] if mine.counting else None,
        pending=mine.pending[0] if mine.pending else None,
        idle=mine.idle,
        others=_others(
            (one, record)
            for record in records
            for one in _said_by(record, name)
            if (one.key not in golden if name in LIST_FIELDS else not _agrees(one.fields, whole))
        ),
        inactive=_inactive(statements, sight_on(contact)) if name == ADDRESSES else [],
        seen=seen,
    )


def _inactive(statements: Statements, sight: Sight) -> list[InactiveValue]:
    return [
        InactiveValue(
            id=value_id(ADDRESSES, one.key),
            words=sight.of(ADDRESSES, one.words),
            type=one.type,
            by=one.by,
            at=one.at,
        )
        for one in statements.inactive
    ]


def _golden(contact: Contact, name: str, records: Sequence[SourceRecord]) -> list[GoldenValue]:
    fields = single_as_typed(contact, name)
    if not fields:
        return []
    won = contact.provenance.get("last_name" if name == NAME and not contact.provenance.get(NAME) else name)
    speaker = next((one for one in records if one.pk == won), None)
    # What is won by a System Ref that does not say so was said by a person, or is an opt-out kept.
    says = speaker is not None and _agrees(fields, single_as_typed(speaker, name))
    return [
        GoldenValue(
            fields=fields,
            words=_words(contact, name),
            key="",
            id=None,
            note="",
            custom={},
            is_primary=True,
            said_by=_stamp(speaker) if speaker is not None and says else None,
        )
    ]


def _golden_list(
    contact: Contact, name: str, records: Sequence[SourceRecord], statements: Statements
) -> list[GoldenValue]:
    keys = {row.pk: key_of(row) for row in getattr(unseen(contact), name).all()}
    shows = sight_on(contact).shows(name) is Shown.SHOWN
    speakers = {one.pk: one for one in records}
    rows: Iterable[Row] = getattr(contact, name).all()
    made = []
    for row in sorted(rows, key=lambda one: one.position):
        value = _listed(name, _parts(row), row.type)
        speaker = speakers.get(row.source_record_id)
        key = keys[row.pk]
        note = statements.note(name, key) if shows else None
        says = speaker is not None and value.key in {one.key for one in _said_by(speaker, name)}
        made.append(
            GoldenValue(
                fields=dict(value.fields),
                words=value.words,
                key=value.key,
                id=value_id(name, key),
                note=note.text if note else "",
                custom=dict(statements.custom(name, key)) if shows else {},
                is_primary=row.is_primary,
                said_by=_stamp(speaker) if speaker is not None and says else None,
            )
        )
    return made


def _parts(row: Row) -> str | Address:
    if isinstance(row, ContactAddress):
        return {part: getattr(row, part) for part in ADDRESS_PARTS}
    return row.value


def _said_by(record: SourceRecord, name: str) -> list[Value]:
    """What one System Ref says of the field."""
    if name == "addresses":
        return [_listed(name, one, one.get("type") or "") for one in record.addresses]
    if name in LIST_FIELDS:
        values, types = getattr(record, name), getattr(record, f"{name.removesuffix('s')}_types")
        return [_listed(name, value, kind) for value, kind in zip(values, types, strict=True)]
    fields = single_as_typed(record, name)
    key = "\n".join(fields.values()).casefold()
    return [Value(fields, wording.of_record(record, name), key)] if fields else []


def _listed(name: str, value: str | Address, kind: str) -> Value:
    first, last = claim_fields(name)[0], claim_fields(name)[-1]
    typed = {last: kind} if kind else {}
    if isinstance(value, str):
        return Value({first: value} | typed, value, value)
    stem = first.removesuffix("_line1")
    parts = {f"{stem}_{part}": text for part in ADDRESS_PARTS if (text := value.get(part))}
    return Value(parts | typed, wording.address_line(value), address_key(value))


def _words(contact: Contact, name: str) -> str:
    code = custom_code(name)
    if code is not None:
        return wording.custom_shown((contact.custom or {}).get(code))
    return wording.of_values(name, [getattr(contact, one) for one in parts_of(name)])


def _agrees(fields: Mapping[str, str], whole: Mapping[str, str]) -> bool:
    """Whatever it says, the other says too; case is no difference."""
    return all(text.casefold() == whole.get(name, "").casefold() for name, text in fields.items())


def _others(found: Iterable[tuple[Value, SourceRecord]]) -> list[OtherValue]:
    others: dict[str, OtherValue] = {}
    for value, record in found:
        other = others.setdefault(
            value.key, OtherValue(fields=dict(value.fields), words=value.words, said_by=[])
        )
        other.said_by.append(_stamp(record))
    return list(others.values())


def _mine(contact: Contact, records: Sequence[SourceRecord]) -> dict[str, Mine]:
    mine = list(overrides.open_of(contact.pk))
    counting, found = overrides.effective(contact), dict[str, Mine]()
    dissents = _dissents(contact, records, mine)
    for one in mine:
        of_field = found.setdefault(one.field, Mine())
        shown = _override(one, dissents.get(one.pk, []), sight_on(contact))
        if one.state == GoldenOverride.State.PENDING:
            of_field.pending.append(shown)
        elif counting.get(one.field) == one.pk:
            of_field.counting.append(shown)
        else:
            of_field.idle.append(shown)
    return found


def _dissents(
    contact: Contact, records: Sequence[SourceRecord], mine: Iterable[GoldenOverride]
) -> dict[int, list[Dissent]]:
    speakers, fields = {one.pk: one for one in records}, {one.pk: one.field for one in mine}
    found: dict[int, list[Dissent]] = {}
    for task in disagreeing(contact.pk):
        record, name = speakers.get(task.record_id), fields.get(task.override_id)
        if record is not None and name is not None:
            words = wording.of_record(record, name)
            found.setdefault(task.override_id, []).append(Dissent(said_by=_stamp(record), words=words))
    return found


def _override(one: GoldenOverride, dissent: list[Dissent], sight: Sight) -> OverrideOut:
    return OverrideOut(
        id=one.pk,
        words=sight.of(one.field, wording.of_piece(one.value, one.field)),
        mode=cast(Mode, one.mode),
        by=one.actor,
        at=one.made_at,
        note=one.note,
        dissent=dissent,
    )


def _stamp(record: SourceRecord) -> SaidBy:
    return SaidBy(
        source=record.source.code, system_ref=record.system_ref, at=record.claimed_at or record.received_at
    )
