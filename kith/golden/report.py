"""The golden record on a printout: each value with its provenance; and as a card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from kith.contacts.models import Contact, ContactEmail, ContactPhone
from kith.contacts.report import COLLEAGUE, Content, Fact, Facts, ReportSection, Subject, fact
from kith.contacts.settings.supported_types import types_in_force
from kith.contacts.value_ids import address_key
from kith.contacts.vcard import Card, CardAddress, CardDetail
from kith.golden import wording
from kith.golden.edits import Edits, edits_of
from kith.golden.rules import COLUMNS, FIELD_LABELS, NAME_PARTS, parts_of
from kith.golden.value_statements import Statements, statements_of
from kith.golden.vocabulary import vocabulary_for
from kith.matching.records import ADDRESS_PARTS, CUSTOM_PREFIX
from kith.sources.custom_fields import custom_fields
from kith.web.formats import phone

_OF_PERSONS = frozenset({*NAME_PARTS, "gender", "birth_date", "name_day"})


@dataclass(frozen=True)
class _Golden:
    """One contact's golden values while they are written down."""

    subject: Subject

    @cached_property
    def edits(self) -> Edits:
        return edits_of(self.subject.contact, self.subject.records)

    @cached_property
    def statements(self) -> Statements:
        return statements_of(self.subject.contact)

    def origin(self, field: str, *, key: str = "", record_id: object) -> tuple[str, datetime | None]:
        """Who says the value, and since when."""
        edited = self.edits.of_row(field, key=key)
        if edited is not None:
            author = self.subject.by(edited.author, is_colleague=edited.by_colleague)
            return f"Edited by {author.replace(COLLEAGUE, COLLEAGUE.lower())}", edited.at
        record = self.subject.said_by(record_id)
        if record is None:
            return "", None
        return record.source.name, record.claimed_at or record.received_at

    def note(self, field: str, key: str, *, type_code: str, is_primary: bool) -> str:
        said = self.statements.note(field, key)
        custom = self.statements.custom(field, key)
        words = [
            types_in_force().label(field, type_code) if type_code else "",
            "primary" if is_primary else "",
            said.text if said is not None else "",
            *(f"{FIELD_LABELS[f'{CUSTOM_PREFIX}{code}']}: {text}" for code, text in custom.items()),
        ]
        return ", ".join(one for one in words if one)


def _details(subject: Subject) -> Content:
    golden, contact = _Golden(subject), subject.contact
    vocabulary = vocabulary_for(contact)
    is_company = contact.kind == Contact.Kind.COMPANY
    rows = []
    for field, column in _columns():
        if is_company and column in _OF_PERSONS:
            continue
        value = getattr(contact, column)
        source, said_at = golden.origin(field, record_id=contact.provenance.get(field))
        words = vocabulary.words(column, wording.shown(column, value))
        rows.append(fact(subject, column, _label(column), value, words=words, source=source, said_at=said_at))
    return _facts(rows)


def _columns() -> Iterable[tuple[str, str]]:
    """(golden field, column), in the order of the golden fields."""
    of_column = {part: field for field in FIELD_LABELS for part in parts_of(field)}
    return [(of_column[column], column) for column in COLUMNS]


def _label(column: str) -> str:
    if column in FIELD_LABELS:
        return FIELD_LABELS[column]
    return column.replace("_", " ").capitalize().replace("Id number", "ID number")


def _reach(subject: Subject) -> Content:
    golden, contact = _Golden(subject), subject.contact
    rows = []
    lists: tuple[tuple[str, str, Sequence[ContactEmail | ContactPhone]], ...] = (
        ("emails", "E-mail", list(contact.emails.all())),
        ("phones", "Phone", list(contact.phones.all())),
    )
    for field, label, found in lists:
        for row in sorted(found, key=lambda one: one.position):
            source, said_at = golden.origin(field, key=row.value, record_id=row.source_record_id)
            note = golden.note(field, row.value, type_code=row.type, is_primary=row.is_primary)
            words = phone(row.value) if field == "phones" else row.value
            rows.append(
                fact(subject, field, label, row.value, words=words, note=note, source=source, said_at=said_at)
            )
    return _facts(rows)


def _addresses(subject: Subject) -> Content:
    golden, rows = _Golden(subject), []
    for row in sorted(subject.contact.addresses.all(), key=lambda one: one.position):
        parts: Mapping[str, str | None] = {name: getattr(row, name) for name in ADDRESS_PARTS}
        key = address_key(parts)
        source, said_at = golden.origin("addresses", key=key, record_id=row.source_record_id)
        note = golden.note("addresses", key, type_code=row.type, is_primary=row.is_primary)
        line = wording.address_line(parts)
        rows.append(fact(subject, "addresses", "Address", line, note=note, source=source, said_at=said_at))
    return _facts(rows)


def _custom(subject: Subject) -> Content:
    golden, rows = _Golden(subject), []
    for one in custom_fields():
        field = f"{CUSTOM_PREFIX}{one.code}"
        stored = (subject.contact.custom or {}).get(one.code)
        labels = {choice.code: choice.label for choice in one.choices}
        words = labels.get(stored or "") or wording.custom_shown(stored)
        source, said_at = golden.origin(field, record_id=subject.contact.provenance.get(field))
        rows.append(fact(subject, field, one.label, stored, words=words, source=source, said_at=said_at))
    return _facts(rows)


def _facts(rows: Iterable[Fact | None]) -> Facts:
    return Facts(tuple(row for row in rows if row is not None))


GOLDEN = ReportSection(
    key="golden",
    label="Golden details",
    about="The best value of each field, who said it and when.",
    load=_details,
)
REACH = ReportSection(
    key="contact_details", label="Contact details", about="E-mails and phones.", load=_reach
)
ADDRESSES = ReportSection(key="addresses", label="Addresses", about="All that are in use.", load=_addresses)
CUSTOM = ReportSection(
    key="user_defined", label="User-defined fields", about="Those that have a value.", load=_custom
)


def card_of(subject: Subject, *, note: str = "") -> Card:
    contact = subject.contact
    return Card(
        group_id=contact.pk,
        is_company=contact.kind == Contact.Kind.COMPANY,
        name=contact.name,
        title=contact.title or "",
        first_name=contact.first_name or "",
        middle_name=contact.middle_name or "",
        last_name=contact.last_name or "",
        company_name=contact.company_name or "",
        gender=contact.gender or "",
        birth_date=str(contact.birth_date or ""),
        language=contact.language or "",
        website=contact.website or "",
        category=vocabulary_for(contact).words("category", contact.category or ""),
        emails=[
            CardDetail(value=one.value, type=one.type, is_primary=one.is_primary)
            for one in sorted(contact.emails.all(), key=lambda one: one.position)
        ],
        phones=[
            CardDetail(value=one.value, type=one.type, is_primary=one.is_primary)
            for one in sorted(contact.phones.all(), key=lambda one: one.position)
        ],
        addresses=[
            CardAddress(
                parts={name: getattr(one, name) for name in ADDRESS_PARTS},
                type=one.type,
                is_primary=one.is_primary,
            )
            for one in sorted(contact.addresses.all(), key=lambda one: one.position)
        ],
        note=note,
        revised_at=contact.assembled_at,
    )
