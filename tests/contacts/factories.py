"""Rows written directly, as imports, grouping and assembly would leave them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count

from kith.contacts import local
from kith.contacts.models import Contact
from kith.golden.assembly import assemble
from kith.grouping.models import Move
from kith.kernel.clock import now
from kith.matching.cleaning import CleaningOptions, clean_record
from kith.sources import changes
from kith.sources.models import SourceRecord, SourceSystem, SourceTransaction
from tests.claims import place

_numbers = count(1)
COLOURS = {"TICKETS": "#3b6fb5", "MEMBERS": "#7a4fa3", "NEWS": "#3f8f63", "SHOP": "#c8714a"}


def source(code: str = "TICKETS", *, kind: str = "ticketing", priority: int = 50) -> SourceSystem:
    found, _ = SourceSystem.objects.get_or_create(
        code=code,
        defaults={
            "name": code.capitalize(),
            "kind": kind,
            "priority": priority,
            "colour": COLOURS.get(code, "#5d574d"),
        },
    )
    return found


def record(
    fields: Mapping[str, str],
    *,
    code: str = "TICKETS",
    ref: str = "",
    kind: str = "person",
    extra: Mapping[str, str] | None = None,
) -> SourceRecord:
    options = CleaningOptions(default_country="CY", today=date(2026, 11, 22))
    made = SourceRecord(
        source=source(code),
        system_ref=ref or f"T-{next(_numbers)}",
        received_at=datetime(2026, 11, 1, tzinfo=UTC),
        first_received_at=datetime(2026, 10, 1, tzinfo=UTC),
    )
    local.lay_into(made, claim=dict(fields), cleaned=clean_record({**fields, "kind": kind}, options=options))
    made.claim["extra"] = dict(extra or {})
    made.save()
    changes.note(made.pk, old_keys=())
    return made


def contact(*claims: SourceRecord, kind: str = "person") -> Contact:
    """A contact of these unplaced records, assembled."""
    made = Contact.objects.create(kind=kind)
    place(made, *claims)
    Move.objects.bulk_create(
        Move(record_id=one.pk, to_contact_id=made.pk, because=Move.Because.PLACED) for one in claims
    )
    assemble([made.pk])
    made.refresh_from_db()
    return made


def person(
    first: str = "Eleni", last: str = "Papadopoulou", *, code: str = "TICKETS", **more: str
) -> Contact:
    ref = more.pop("ref", "")
    return contact(record({"first_name": first, "last_name": last, **more}, code=code, ref=ref))


def company(name: str = "Harbour Freight Ltd", **more: str) -> Contact:
    return contact(record({"company_name": name, **more}, kind="company"), kind="company")


def retire(gone: Contact, *, successor: Contact) -> None:
    gone.state, gone.retired_at, gone.successor = Contact.State.RETIRED, now(), successor
    gone.record_count = 0
    gone.save()


def transaction(
    of: SourceRecord, amount: str, *, currency: str = "EUR", day: date | None = None
) -> SourceTransaction:
    return SourceTransaction.objects.create(
        source=of.source,
        record=of,
        reference=f"X-{next(_numbers)}",
        date=day or now().date(),
        amount=Decimal(amount),
        currency=currency,
        kind="ticket",
        description="Season ticket",
    )


def eleni() -> Contact:
    """The person of the picture: four System Refs in four sources."""
    source("MEMBERS", kind="membership", priority=20)
    source("NEWS", kind="newsletter", priority=60)
    source("SHOP", kind="retail", priority=40)
    return contact(
        record(
            {
                "first_name": "Eleni",
                "last_name": "Papadopoulou-Reid",
                "birth_date": "14/03/1987",
                "gender": "f",
                "language": "el",
            },
            code="MEMBERS",
            ref="M-20931",
        ),
        record(
            {
                "first_name": "E",
                "last_name": "Papadopoulou",
                "phone_1": "+44 7400 123456",
                "phone_1_type": "mobile",
                "email_1": "e.papadopoulou@work.example",
                "email_1_type": "business",
            },
            ref="700 41 882",
            extra={"Seat": "N12"},
        ),
        record(
            {"first_name": "Helen", "last_name": "Reid", "email_1": "eleni.reid@example.com"},
            code="NEWS",
            ref="nl_88121",
        ),
        record(
            {
                "first_name": "Eleni",
                "last_name": "Reid",
                "address_1_line1": "12 Harbour Walk",
                "address_1_postcode": "3042",
                "address_1_city": "Limassol",
                "address_1_country": "CY",
                "address_1_type": "home",
            },
            code="SHOP",
            ref="SHOP-5512",
        ),
    )
