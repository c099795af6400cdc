"""The golden details of one contact for the eye: value, where it came from, what lost against it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Final

from kith.contacts.models import Contact, ContactAddress, ContactPhone
from kith.contacts.names import record_name
from kith.contacts.rights.rules import Shown, Sight
from kith.contacts.rights.seeing import for_somebody, sight_on
from kith.contacts.settings.supported_types import types_in_force
from kith.contacts.value_ids import address_key
from kith.golden.edits import Edited, Edits
from kith.golden.rules import FIELD_LABELS, NAME, parts_of
from kith.golden.value_statements import Said, Statements
from kith.golden.vocabulary import NO_WORDS, Vocabulary
from kith.golden.wording import address_line, custom_shown, of_values
from kith.kernel.clock import today
from kith.matching.records import ADDRESS_PARTS, CUSTOM_PREFIX, MAX_REPEATS
from kith.sources.custom_fields import CustomField
from kith.sources.models import SourceRecord
from kith.web.formats import phone

PERSON_FIELDS: Final = ("title", "birth_date", "gender", "category")
COMPANY_FIELDS: Final = ("vat_number", "registration_number")
LATER_FIELDS: Final = (
    "language",
    "residence_country",
    "id_number",
    "passport_number",
    "social_security_number",
    "direct_marketing",
    "affiliate_marketing",
)
_LATER_OF_PERSONS: Final = ("name_day", *LATER_FIELDS, *COMPANY_FIELDS, "website")
_OF_COMPANIES: Final = (
    *COMPANY_FIELDS,
    "category",
)
_LATER_OF_COMPANIES: Final = (
    "registration_country",
    "established_on",
    "industry",
    "website",
    "employees",
    *LATER_FIELDS,
)
PROFILE: Final = {
    Contact.Kind.PERSON: (
        "birth_date",
        "name_day",
        "residence_country",
        "id_number",
        "passport_number",
        "social_security_number",
    ),
    Contact.Kind.COMPANY: (
        "vat_number",
        "registration_number",
        "registration_country",
        "established_on",
        "industry",
        "website",
        "employees",
    ),
}
"""Golden fields of the section Demographics, or Company profile."""

NO_STATEMENTS: Final = Statements({})
KEPT_APART: Final = "kept when it was taken apart from a contact that said no"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which source said it, and when."""

    name: str
    colour: str
    at: datetime

    @classmethod
    def of(cls, record: SourceRecord) -> Stamp:
        return cls(record.source.name, record.source.colour, record.claimed_at or record.received_at)


@dataclass(frozen=True, slots=True)
class OtherValue:
    value: str
    stamps: tuple[Stamp, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailRow:
    field: str
    """The golden field that an edit of this row is of."""
    label: str
    """'' on the second and later rows of one field."""
    value: str
    place: int | None = None
    """Of a list: which of its rows."""
    key: str = ""
    """Of a list: by what its values are told apart."""
    is_masked: bool = False
    may_reveal: bool = False
    """The reader may ask to see it, for a reason."""
    shape: str = "text"
    """`text`, `phone` or `link`."""
    extra: str = ""
    """Beside the value: a phone as it was typed."""
    note: str = ""
    remark: Said | None = None
    """What people noted about this value of a list."""
    custom: tuple[tuple[str, str], ...] = ()
    """Of a value of a list: label and value of its user-defined fields."""
    chip: str = ""
    stamp: Stamp | None = None
    others: tuple[OtherValue, ...] = ()
    edited: Edited | None = None
    pending: Edited | None = None
    """An edit that waits for the overnight run (A39)."""

    @property
    def may_lead(self) -> bool:
        return bool(self.place)

    @property
    def may_retire(self) -> bool:
        return self.field == "addresses" and self.place is not None

    @property
    def takes_notes(self) -> bool:
        return self.place is not None


def golden_details(
    contact: Contact,
    said: Iterable[SourceRecord],
    *,
    edits: Edits | None = None,
    kept: Mapping[str, frozenset[int]] | None = None,
    vocabulary: Vocabulary = NO_WORDS,
    statements: Statements = NO_STATEMENTS,
) -> tuple[DetailRow, ...]:
    """In the order people read. `said`: the System Refs of the contact, with their sources; `kept`: which of
    them keep an opt-out, by field.

    Asks the database nothing when the contact's e-mails, phones and addresses are prefetched.
    """
    contact = for_somebody(contact)
    records = {record.pk: record for record in said}
    rows = [_name(contact, records)]
    is_company = contact.kind == Contact.Kind.COMPANY
    say = partial(_single_rows, contact, records, vocabulary=vocabulary)
    rows += say(fields=_OF_COMPANIES if is_company else PERSON_FIELDS)
    rows += _emails(contact, records, statements=statements)
    rows += _phones(contact, records, statements=statements)
    rows += _addresses(contact, records, statements=statements)
    rows += say(fields=_LATER_OF_COMPANIES if is_company else _LATER_OF_PERSONS)
    rows = [_as_noted(row, statements) for row in rows] if statements.said else rows
    rows = _as_seen(rows, sight_on(contact))
    told = [_as_kept(row, contact, kept) for row in rows] if kept else rows
    return tuple(_with_edits(told, edits)) if edits else tuple(told)


def _as_seen(rows: Iterable[DetailRow], sight: Sight) -> list[DetailRow]:
    """A masked value of a list is not told apart from others, so nothing can be said of it."""
    return [
        row
        if sight.shows(row.field) is Shown.SHOWN
        else replace(
            row,
            key="",
            place=None,
            extra="",
            others=(),
            is_masked=True,
            may_reveal=bool(row.value) and sight.may_ask_to_see(row.field),
        )
        for row in rows
    ]


def _as_noted(row: DetailRow, statements: Statements) -> DetailRow:
    if row.place is None:
        return row
    custom = statements.custom(row.field, row.key)
    return replace(
        row,
        remark=statements.note(row.field, row.key),
        custom=tuple(
            (FIELD_LABELS[f"{CUSTOM_PREFIX}{code}"], custom_shown(text)) for code, text in custom.items()
        ),
    )


def _as_kept(row: DetailRow, contact: Contact, kept: Mapping[str, frozenset[int]]) -> DetailRow:
    """What no source says comes from none."""
    if contact.provenance.get(row.field) not in kept.get(row.field, ()):
        return row
    return replace(row, note=KEPT_APART, stamp=None)


def _with_edits(rows: Iterable[DetailRow], edits: Edits) -> Iterable[DetailRow]:
    """An edit stands at the first row of its field (of a list: at its values), one that waits there too;
    where nothing stands yet, in a row of its own.
    """
    waiting, told = dict(edits.pending), set[str]()
    for row in rows:
        edited = edits.of_row(row.field, key=row.key)
        pending = waiting.pop(row.field, None)
        if edited is None:
            yield replace(row, pending=pending)
        elif row.place is not None:
            yield replace(row, edited=edited, pending=pending)
        elif row.field not in told:
            told.add(row.field)
            yield replace(row, edited=edited, pending=pending, others=() if edited.dissent else row.others)
        elif row.value:  # the title, of a name that was edited as a whole
            yield replace(row, others=())
    for name, pending in waiting.items():
        yield DetailRow(field=name, label=FIELD_LABELS[name], value="", pending=pending)


Records = Mapping[int, SourceRecord]


def _name(contact: Contact, records: Records) -> DetailRow:
    fields = ("company_name",) if contact.kind == Contact.Kind.COMPANY else ("name", "last_name")
    said = ((record_name(record), record) for record in records.values())
    return DetailRow(
        field="company_name" if contact.kind == Contact.Kind.COMPANY else NAME,
        label="Name",
        value=contact.name,
        stamp=next((stamp for name in fields if (stamp := _winner(contact, records, name))), None),
        others=_losing(said, against=[contact.name]),
    )


def _single_rows(
    contact: Contact, records: Records, *, fields: Iterable[str], vocabulary: Vocabulary
) -> list[DetailRow]:
    rows = (_single(contact, records, name=name, vocabulary=vocabulary) for name in fields)
    return [row for row in rows if row is not None]


def _single(contact: Contact, records: Records, *, name: str, vocabulary: Vocabulary) -> DetailRow | None:
    def words(said_in: Contact | SourceRecord) -> str:
        if name == "title":
            return said_in.title or ""
        return vocabulary.words(name, of_values(name, [getattr(said_in, part) for part in parts_of(name)]))

    value = words(contact)
    others = _losing(((words(record), record) for record in records.values()), against=[value])
    if not value and not others:
        return None
    return DetailRow(
        field=NAME if name == "title" else name,
        label="Title" if name == "title" else FIELD_LABELS[name],
        value=value,
        shape="link" if name == "website" and value else "text",
        note=_note(contact, name),
        stamp=_winner(contact, records, name),
        others=others,
    )


def _note(contact: Contact, name: str) -> str:
    if name == "birth_date":
        return _age_in_years(contact.birth_date)
    expires = {"id_number": contact.id_number_expires, "passport_number": contact.passport_expires}.get(name)
    return "expired" if expires is not None and expires < today() else ""


def custom_details(
    contact: Contact, said: Iterable[SourceRecord], *, defined: Iterable[CustomField], edits: Edits
) -> tuple[DetailRow, ...]:
    """The user-defined fields, in their order; those without any value are left out."""
    records = {record.pk: record for record in said}
    contact = for_somebody(contact)
    found = (_custom(contact, records, one) for one in defined)
    rows = _as_seen([row for row in found if row is not None], sight_on(contact))
    return tuple(_with_edits(rows, edits))


def _custom(contact: Contact, records: Records, defined: CustomField) -> DetailRow | None:
    labels = {one.code: one.label for one in defined.choices}

    def words(values: Mapping[str, str] | None) -> str:
        stored = (values or {}).get(defined.code)
        return labels.get(stored or "") or custom_shown(stored)

    value = words(contact.custom)
    others = _losing(((words(record.custom), record) for record in records.values()), against=[value])
    if not value and not others:
        return None
    field = f"{CUSTOM_PREFIX}{defined.code}"
    return DetailRow(
        field=field,
        label=defined.label,
        value=value,
        stamp=_winner(contact, records, field),
        others=others,
    )


def _emails(contact: Contact, records: Records, *, statements: Statements) -> list[DetailRow]:
    types = types_in_force()
    golden = sorted(contact.emails.all(), key=lambda row: row.position)
    said = _stated(records, "emails", statements)
    others = _losing(said, against=[row.value for row in golden])
    return [
        DetailRow(
            field="emails",
            place=place,
            key=row.value,
            label="" if place else "Email",
            value=row.value,
            chip=_chip(types.label("emails", row.type), is_primary=row.is_primary),
            stamp=_stamp(records, row.source_record_id),
            others=() if place else others,
        )
        for place, row in enumerate(golden)
    ]


def _phones(contact: Contact, records: Records, *, statements: Statements) -> list[DetailRow]:
    types = types_in_force()
    golden = sorted(contact.phones.all(), key=lambda row: row.position)
    said = _stated(records, "phones", statements)
    others = _losing(said, against=[row.value for row in golden])
    return [
        DetailRow(
            field="phones",
            place=place,
            key=row.value,
            label="" if place else "Phone",
            value=row.value,
            shape="phone",
            extra=_as_typed(records, row),
            chip=_chip(types.label("phones", row.type), is_primary=row.is_primary),
            stamp=_stamp(records, row.source_record_id),
            others=() if place else others,
        )
        for place, row in enumerate(golden)
    ]


def _stated(records: Records, field: str, statements: Statements) -> Iterator[tuple[str, SourceRecord]]:
    """E-mails or phones of the claims; those that people removed did not lose: they are gone."""
    for record in records.values():
        for value in getattr(record, field):
            if statements.is_active(field, value):
                yield value, record


def _as_typed(records: Records, row: ContactPhone) -> str:
    """As its source wrote it, where that is not how it is shown."""
    record = records.get(row.source_record_id)
    if record is None or row.value not in record.phones:
        return ""
    fields: Mapping[str, str] = record.claim.get("fields", {})
    doubted = {str(one.get("field")) for one in record.remarks}
    names = [f"phone_{number}" for number in range(1, MAX_REPEATS + 1)]
    read = [fields[name] for name in names if fields.get(name) and name not in doubted]
    typed = (
        dict(zip(record.phones, read, strict=False)).get(row.value, "")
        if len(read) == len(record.phones)
        else ""
    )
    plain = {_digits(row.value), _digits(phone(row.value))}
    return typed if typed and _digits(typed) not in plain else ""


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit() or sign == "+")


def _addresses(contact: Contact, records: Records, *, statements: Statements) -> list[DetailRow]:
    """Those that people retired did not lose: they are listed by themselves, or gone."""
    types = types_in_force()
    golden = sorted(contact.addresses.all(), key=lambda row: row.position)
    said = (
        (address_line(one), record)
        for record in records.values()
        for one in record.addresses
        if statements.is_active("addresses", one)
    )
    others = _losing(said, against=[address_line(_parts(row)) for row in golden])
    return [
        DetailRow(
            field="addresses",
            place=place,
            key=address_key(_parts(row)),
            label="" if place else "Address",
            value=address_line(_parts(row)),
            chip=_chip(types.label("addresses", row.type), is_primary=row.is_primary),
            stamp=_stamp(records, row.source_record_id),
            others=() if place else others,
        )
        for place, row in enumerate(golden)
    ]


def _parts(row: ContactAddress) -> Mapping[str, str | None]:
    return {name: getattr(row, name) for name in ADDRESS_PARTS}


def _winner(contact: Contact, records: Records, name: str) -> Stamp | None:
    won = contact.provenance.get(name)
    return _stamp(records, won) if isinstance(won, int) else None


def _stamp(records: Records, record_id: int) -> Stamp | None:
    record = records.get(record_id)
    return None if record is None else Stamp.of(record)


def _losing(said: Iterable[tuple[str, SourceRecord]], *, against: Iterable[str]) -> tuple[OtherValue, ...]:
    """Distinct values that are not golden, each with everybody who says so; case is no difference."""
    golden = {value.casefold() for value in against}
    stamps: dict[str, list[Stamp]] = {}
    spelling: dict[str, str] = {}
    for value, record in said:
        key = value.casefold()
        if not value or key in golden:
            continue
        spelling.setdefault(key, value)
        stamps.setdefault(key, []).append(Stamp.of(record))
    return tuple(OtherValue(spelling[key], tuple(stamps[key])) for key in spelling)


def _age_in_years(born: date | None) -> str:
    """'' of a date that is masked."""
    if not isinstance(born, date):
        return ""
    now = today()
    years = now.year - born.year - ((now.month, now.day) < (born.month, born.day))
    return f"{years} year{'' if years == 1 else 's'}"


def _chip(kind: str, *, is_primary: bool) -> str:
    words = [f"{kind[:1].upper()}{kind[1:]}"] if kind else []
    return " · ".join([*words, "primary"] if is_primary else words).strip()
