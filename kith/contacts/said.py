"""The golden record on its way out: each value with the System Ref that said it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, Literal, TypeVar
from uuid import UUID

from kith.contacts import queries
from kith.contacts.anonymised import WORDED, is_anonymised
from kith.contacts.life_cycle import life_cycles_of
from kith.contacts.models import Contact, ContactAddress, ContactEmail, ContactPhone
from kith.contacts.rights.rules import Shown, Sight
from kith.contacts.rights.seeing import for_somebody, sight_on, unseen
from kith.contacts.schemas import (
    ContactOut,
    Golden,
    GoldenAddress,
    GoldenDate,
    GoldenEmail,
    GoldenFlag,
    GoldenNumber,
    GoldenPhone,
    GoldenText,
    Kind,
    SaidBy,
    SystemRefOut,
    TeamName,
)
from kith.contacts.value_ids import key_of, value_id
from kith.contacts.versions import LISTS, version_of
from kith.kernel.erasing import ANONYMISED
from kith.matching.records import ADDRESS_PARTS
from kith.organisation.queries import owners_of
from kith.sources.models import SourceRecord

Records = Mapping[int, SourceRecord]
Ids = Mapping[int, UUID]
"""By primary key of the row."""
_Row = TypeVar("_Row", ContactEmail, ContactPhone, ContactAddress)

_DATES: Final = frozenset({"birth_date", "id_number_expires", "passport_expires", "established_on"})
_ONE_DOCUMENT: Final = {
    "id_number_country": "id_number",
    "id_number_expires": "id_number",
    "passport_country": "passport_number",
    "passport_expires": "passport_number",
}
"""What came with which number."""
_STATES: Final[Mapping[str, Literal["active", "retired", "anonymised"]]] = {
    Contact.State.ACTIVE: "active",
    Contact.State.RETIRED: "retired",
    Contact.State.ANONYMISED: "anonymised",
}
_FLAGS: Final = frozenset({"direct_marketing", "affiliate_marketing"})


def contact_out(contact: Contact, records: tuple[SourceRecord, ...]) -> ContactOut:
    """As whoever opened the contact may read it."""
    contact = for_somebody(contact)
    speakers = _speakers(contact, records)
    ids = {name: _ids(unseen(contact), name) for name in LISTS}
    sight, is_retired = sight_on(contact), contact.state == Contact.State.RETIRED
    return ContactOut(
        group_id=contact.pk,
        kind=kind(contact.kind),
        state=_STATES[contact.state],
        successor=queries.end_of(contact.pk) if is_retired else None,
        life_cycle=life_cycles_of([contact.pk])[contact.pk],
        owner=_owner(contact),
        privacy_level=sight.level or "",
        name="" if is_retired else contact.name,
        golden=_golden(contact, speakers),
        custom={} if is_retired else _custom(contact, speakers),
        emails=[
            _email(row, speakers, sight, ids["emails"]) for row in _ordered(contact, contact.emails.all())
        ],
        phones=[
            _phone(row, speakers, sight, ids["phones"]) for row in _ordered(contact, contact.phones.all())
        ],
        addresses=[
            _address(row, speakers, sight, ids["addresses"])
            for row in _ordered(contact, contact.addresses.all())
        ],
        version="" if is_retired else version_of(unseen(contact)),
        record_count=0 if is_retired else contact.record_count,
        system_refs=[_system_ref(record, contact) for record in records],
        created_at=contact.created_at,
        assembled_at=contact.assembled_at,
    )


def _owner(contact: Contact) -> TeamName | None:
    owner = owners_of([contact.pk]).get(contact.pk)
    return TeamName(id=owner.id, name=owner.name) if owner else None


def kind(stored: str) -> Kind:
    return "company" if stored == Contact.Kind.COMPANY else "person"


def _speakers(contact: Contact, records: tuple[SourceRecord, ...]) -> Records:
    """Everybody the golden record quotes; only a contact of hundreds of System Refs costs one query more."""
    known = {record.pk: record for record in records}
    quoted = {pk for pk in contact.provenance.values() if isinstance(pk, int)}
    quoted |= {row.source_record_id for row in contact.emails.all()}
    quoted |= {row.source_record_id for row in contact.phones.all()}
    quoted |= {row.source_record_id for row in contact.addresses.all()}
    missing = quoted - known.keys()
    if missing and len(known) >= queries.RECORDS_SHOWN:
        known |= SourceRecord.objects.select_related("source").in_bulk(missing)
    return known


def _golden(contact: Contact, speakers: Records) -> Golden:
    """A retired contact has no golden record: whatever its columns still hold belongs to its successor."""
    if contact.state == Contact.State.RETIRED:
        return Golden.model_validate(dict.fromkeys(Golden.model_fields))
    if is_anonymised(contact):
        return _anonymised(contact)
    values = {name: getattr(contact, name) for name in Golden.model_fields}
    quoted = {name: _quoted(name, value, contact, speakers) for name, value in values.items()}
    return Golden.model_validate(quoted)


def _anonymised(contact: Contact) -> Golden:
    """The word, whatever there was: that nothing was known of somebody would be known of them too."""
    word = GoldenText(value=ANONYMISED, said_by=None)
    kept = {name: getattr(contact, name) for name in ("category", "residence_country")}
    said = {name: GoldenText(value=text, said_by=None) for name, text in kept.items() if text}
    none = dict.fromkeys(Golden.model_fields)
    return Golden.model_validate(none | dict.fromkeys(WORDED, word) | said)


def _custom(contact: Contact, speakers: Records) -> dict[str, GoldenText]:
    sight, found = sight_on(contact), dict[str, GoldenText]()
    for code, text in (contact.custom or {}).items():
        speaker = _said_by(contact.provenance.get(f"custom.{code}"), speakers)
        is_masked = sight.shows(f"custom.{code}") is not Shown.SHOWN
        found[code] = GoldenText(
            value=None if is_masked else text, masked=text if is_masked else None, said_by=speaker
        )
    return found


def _quoted(
    name: str, value: object, contact: Contact, speakers: Records
) -> GoldenText | GoldenDate | GoldenFlag | GoldenNumber | None:
    if value is None:
        return None
    speaker = _said_by(contact.provenance.get(_ONE_DOCUMENT.get(name, name)), speakers)
    if sight_on(contact).shows(name) is not Shown.SHOWN:
        return _masked(name, str(value), speaker)
    if isinstance(value, int) and name not in _FLAGS:
        return GoldenNumber(value=value, said_by=speaker)
    if name in _DATES and isinstance(value, date):
        return GoldenDate(value=value, said_by=speaker)
    if name in _FLAGS:
        return GoldenFlag(
            value=bool(value), said_by=speaker if _says(name, value, contact, speakers) else None
        )
    return GoldenText(value=str(value), said_by=speaker)


def _masked(
    name: str, text: str, speaker: SaidBy | None
) -> GoldenText | GoldenDate | GoldenFlag | GoldenNumber:
    if name in _DATES:
        return GoldenDate(value=None, masked=text, said_by=speaker)
    if name in _FLAGS:
        return GoldenFlag(value=None, masked=text, said_by=speaker)
    if name == "employees":
        return GoldenNumber(value=None, masked=text, said_by=speaker)
    return GoldenText(value=None, masked=text, said_by=speaker)


def _says(name: str, value: object, contact: Contact, speakers: Records) -> bool:
    """A no that a System Ref keeps since its contact came apart is not what its source says."""
    record = speakers.get(contact.provenance.get(name, 0))
    return record is not None and getattr(record, name) == value


def _said_by(record_id: int | None, speakers: Records) -> SaidBy | None:
    record = speakers.get(record_id) if record_id is not None else None
    if record is None:
        return None
    return SaidBy(
        source=record.source.code,
        system_ref=record.system_ref,
        at=record.claimed_at or record.received_at,
    )


def _ids(contact: Contact, name: str) -> Ids:
    return {row.pk: value_id(name, key_of(row)) for row in getattr(contact, name).all()}


def _email(row: ContactEmail, speakers: Records, sight: Sight, ids: Ids) -> GoldenEmail:
    is_masked = sight.shows("emails") is not Shown.SHOWN
    return GoldenEmail(
        id=ids[row.pk],
        value=None if is_masked else row.value,
        masked=row.value if is_masked else None,
        type=row.type,
        is_primary=row.is_primary,
        said_by=_said_by(row.source_record_id, speakers),
    )


def _phone(row: ContactPhone, speakers: Records, sight: Sight, ids: Ids) -> GoldenPhone:
    is_masked = sight.shows("phones") is not Shown.SHOWN
    return GoldenPhone(
        id=ids[row.pk],
        value=None if is_masked else row.value,
        masked=row.value if is_masked else None,
        type=row.type,
        is_primary=row.is_primary,
        said_by=_said_by(row.source_record_id, speakers),
    )


def _address(row: ContactAddress, speakers: Records, sight: Sight, ids: Ids) -> GoldenAddress:
    is_masked = sight.shows("addresses") is not Shown.SHOWN
    parts = {part: None if is_masked else getattr(row, part) for part in ADDRESS_PARTS}
    return GoldenAddress(
        id=ids[row.pk],
        **parts,
        masked=row.line1 if is_masked else None,
        type=row.type,
        is_primary=row.is_primary,
        said_by=_said_by(row.source_record_id, speakers),
    )


def _system_ref(record: SourceRecord, contact: Contact) -> SystemRefOut:
    return SystemRefOut(
        source=record.source.code,
        system_ref=record.system_ref,
        received_at=record.received_at,
        claimed_at=record.claimed_at,
        is_primary=record.pk == contact.primary_record_id,
    )


def _ordered(contact: Contact, rows: Iterable[_Row]) -> list[_Row]:
    """Of a retired contact none, as in `_golden`."""
    if contact.state == Contact.State.RETIRED:
        return []
    return sorted(rows, key=lambda row: row.position)
