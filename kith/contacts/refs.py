"""The System Refs of a contact: the short list, and each claim beside what cleaning made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from kith.access.actors import Actor
from kith.access.permissions import Permission
from kith.contacts.models import Contact
from kith.contacts.names import record_detail, record_name
from kith.contacts.panels import Opened
from kith.contacts.rights.seeing import seen_records, sight_on
from kith.matching.records import ADDRESS_PARTS, MAX_REPEATS, SINGLE_FIELDS
from kith.sources.models import LOCAL, SourceRecord
from kith.web.paging import page_of

SHOWN_ON_OVERVIEW: Final = 10
ON_A_PAGE: Final = 20


class Reason(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def detail(self) -> str: ...


Why = Callable[[Contact], Mapping[int, Reason]]
"""By record id, why it belongs; written above contacts, given by the composition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    label: str
    received: str
    cleaned: str
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefRow:
    record: SourceRecord
    name: str
    detail_kind: str
    detail: str
    is_primary: bool
    why: str
    why_detail: str
    why_chip: str
    may_edit: bool = False
    path_url: str = ""
    """Its way through GroupIDs."""
    elsewhere: str = ""
    """Where the account is that it stands for."""
    lines: tuple[ClaimLine, ...] = ()


def system_refs(why: Why) -> Callable[[Opened], Mapping[str, object]]:
    def load(opened: Opened) -> Mapping[str, object]:
        contact = opened.contact
        reasons = why(contact)
        records = opened.records[:SHOWN_ON_OVERVIEW]
        return {
            "rows": [_row(record, contact, reasons) for record in records],
            "hidden": max(contact.record_count - len(records), 0),
        }

    return load


def claims(
    why: Why,
    *,
    make_primary_url: Callable[[], str],
    path_url: Callable[[int], str],
    elsewhere: Callable[[Sequence[SourceRecord], Actor], Mapping[int, str]],
) -> Callable[[Opened], Mapping[str, object]]:
    """By record id: `path_url`, and `elsewhere`, where the accounts are that System Refs stand for."""

    def load(opened: Opened) -> Mapping[str, object]:
        contact = opened.contact
        reasons = why(contact)
        may_edit = opened.actor.may(Permission.CONTACT_EDIT)
        records = SourceRecord.objects.of_contact(contact.pk).select_related("source")
        page = page_of(records.order_by("source__priority", "pk"), opened.request, ON_A_PAGE)
        accounts = elsewhere(page.rows, opened.actor)
        rows = [
            replace(
                _row(one, contact, reasons, may_edit=may_edit, with_claim=True),
                path_url=path_url(one.pk),
                elsewhere=accounts.get(one.pk, ""),
            )
            for one in seen_records(page.rows, sight_on(contact))
        ]
        may_choose = opened.actor.may(Permission.CONTACT_GROUP) and contact.record_count > 1
        url = make_primary_url() if may_choose else ""
        return {"page": _Rows(rows, page.number, page.has_next, page.has_previous), "make_primary_url": url}

    return load


@dataclass(frozen=True, slots=True)
class _Rows:
    rows: list[RefRow]
    number: int
    has_next: bool
    has_previous: bool


def _row(
    record: SourceRecord,
    contact: Contact,
    reasons: Mapping[int, Reason],
    *,
    may_edit: bool = False,
    with_claim: bool = False,
) -> RefRow:
    kind, detail = record_detail(record)
    reason = reasons.get(record.pk)
    text = reason.text if reason else ""
    return RefRow(
        record=record,
        name=record_name(record),
        detail_kind=kind,
        detail=detail,
        is_primary=record.pk == contact.primary_record_id,
        why=text,
        why_detail=reason.detail if reason else "",
        why_chip=_chip(text),
        may_edit=may_edit and record.source.code == LOCAL,
        lines=claim_lines(record) if with_claim else (),
    )


def _chip(why: str) -> str:
    if why.startswith("Rule"):
        return "chip-green"
    return "chip-gold" if why.startswith("Decided") else "chip-plain"


def claim_lines(record: SourceRecord) -> tuple[ClaimLine, ...]:
    """Every field the source sent, then what it sent beside the fields we know."""
    fields: dict[str, str] = record.claim.get("fields", {})
    extra: dict[str, str] = record.claim.get("extra", {})
    remarks = {str(one.get("field")): str(one.get("reason")) for one in record.remarks}
    cleaned = cleaned_values(record, fields=fields, remarks=remarks)
    known = [
        ClaimLine(
            label=claim_label(name),
            received=str(fields[name]),
            cleaned=cleaned.get(name, ""),
            remark=remarks.get(name, ""),
        )
        for name in sorted(fields, key=_place)
    ]
    kept = [
        ClaimLine(label=name, received=str(text), cleaned="", remark="kept as it came")
        for name, text in extra.items()
    ]
    return (*known, *kept)


def cleaned_values(
    record: SourceRecord, *, fields: Mapping[str, str], remarks: Mapping[str, str]
) -> Mapping[str, str]:
    """Under the names raw fields have: `email_2`, `address_1_city`."""
    values = {name: _text(getattr(record, name, None)) for name in SINGLE_FIELDS}
    values["full_name"] = record_name(record)
    values |= _numbered("email", record.emails, record.email_types, fields=fields, remarks=remarks)
    values |= _numbered("phone", record.phones, record.phone_types, fields=fields, remarks=remarks)
    for number, address in enumerate(record.addresses, start=1):
        parts = ("type", *ADDRESS_PARTS)
        values |= {f"address_{number}_{part}": _text(address.get(part)) for part in parts}
    return values


def _numbered(
    stem: str,
    kept: Sequence[str],
    types: Sequence[str],
    *,
    fields: Mapping[str, str],
    remarks: Mapping[str, str],
) -> Mapping[str, str]:
    """Cleaning drops what it cannot read, with a remark; what it kept stands in the order received."""
    values: dict[str, str] = {}
    numbers = (
        n for n in range(1, MAX_REPEATS + 1) if f"{stem}_{n}" in fields and f"{stem}_{n}" not in remarks
    )
    for number, value, kind in zip(numbers, kept, types, strict=False):
        values |= {f"{stem}_{number}": value, f"{stem}_{number}_type": kind or ""}
    return values


_STEMS: Final = ("email", "phone", "address")
_PARTS: Final = ("", "type", *ADDRESS_PARTS)


def _place(name: str) -> tuple[int, int, int, str]:
    """JSON keeps no order: single fields as declared, then e-mails, phones, addresses by number."""
    if name in SINGLE_FIELDS:
        return (0, SINGLE_FIELDS.index(name), 0, name)
    stem, _, rest = name.partition("_")
    number, _, part = rest.partition("_")
    first = _STEMS.index(stem) + 1 if stem in _STEMS else len(_STEMS) + 1
    return (first, int(number) if number.isdigit() else 0, _PARTS.index(part) if part in _PARTS else 9, name)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def claim_label(name: str) -> str:
    return name.replace("_", " ").capitalize().replace("Email", "E-mail")
