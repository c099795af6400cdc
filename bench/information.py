"""How long does a person's report take: one contact with many System Refs and purchases, by format?"""

from __future__ import annotations

import json
import os

from bench.benchmark import Measurement, benchmark
from bench.hub import SIZE, grouped, kith

REFS = int(os.environ.get("BENCH_REFS", "50"))
TRANSACTIONS = int(os.environ.get("BENCH_TRANSACTIONS", "10000"))


@benchmark(
    "information",
    question=f"a report of {REFS:,} System Refs and {TRANSACTIONS:,} transactions, in a store of {SIZE:,}",
)
def information() -> list[Measurement]:
    source = _REPORT.replace("REFS", str(REFS)).replace("TRANSACTIONS", str(TRANSACTIONS))
    told = kith("shell", "-v0", "-c", source, home=grouped()).output
    figures = json.loads(told.strip().splitlines()[-1])
    return [Measurement(what, times.pop("seconds"), None, times) for what, times in figures.items()]


# Nothing of it stays: it is rolled back.
_REPORT = """
import json, time
from datetime import date
from decimal import Decimal
from django.db import transaction
from kith.access.actors import COMMAND_LINE as actor
from kith.contacts.models import Contact
from kith.printouts.actions import print_contact
from kith.printouts.formats import Format
from kith.printouts.queries import Wish
from kith.privacy.information.sections import KEY
from kith.sources.models import Membership, SourceRecord, SourceTransaction

times = {}
with transaction.atomic():
    contact = Contact.objects.filter(state="active", kind="person").order_by("pk")[0]
    record = SourceRecord.objects.of_contact(contact.pk)[0]
    for number in range(REFS - contact.record_count):
        record.pk, record.system_ref = None, f"bench-{number}"
        record._state.adding = True
        record.save()
        Membership.objects.create(record=record, contact=contact)
    SourceTransaction.objects.bulk_create(
        SourceTransaction(
            source_id=record.source_id, record_id=record.pk, reference=f"bench-{number}",
            date=date(2026, 1, 1), kind="purchase", description=f"Ticket {number}",
            amount=Decimal(number), currency="EUR",
        )
        for number in range(TRANSACTIONS)
    )
    for form in (Format.JSON, Format.XLSX, Format.PDF):
        began = time.perf_counter()
        made = print_contact(actor=actor, contact_id=contact.pk, wish=Wish(format=form, preset=KEY))
        times[form.label] = {"seconds": time.perf_counter() - began, "bytes": len(made.body)}
    transaction.set_rollback(True)
print(json.dumps(times))
"""
