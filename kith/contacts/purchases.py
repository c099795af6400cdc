"""What the sources report that a contact bought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.db.models import Count, Sum

from kith.contacts.models import Contact
from kith.contacts.panels import Opened
from kith.kernel.clock import today
from kith.sources.models import SourceSystem, SourceTransaction
from kith.web.paging import page_of

MONTHS: Final = 24


@dataclass(frozen=True, slots=True)
class Total:
    amount: Decimal
    currency: str
    number: int


@dataclass(frozen=True, slots=True)
class ValueRow:
    label: str
    amount: Decimal
    currency: str


def transactions(opened: Opened) -> Mapping[str, object]:
    rows = SourceTransaction.objects.filter(record__membership__contact=opened.contact).select_related(
        "source"
    )
    return {"totals": totals(opened.contact), "page": page_of(rows.order_by("-date", "-pk"), opened.request)}


def totals(contact: Contact) -> list[Total]:
    sums = (
        SourceTransaction.objects.filter(record__membership__contact=contact)
        .values("currency")
        .annotate(total=Sum("amount"), number=Count("pk"))
        .order_by("-number", "currency")
    )
    return [Total(row["total"], row["currency"], row["number"]) for row in sums]


def value(opened: Opened) -> Mapping[str, object]:
    """Per kind of source and currency, of the last 24 months."""
    if not opened.tally["transactions"]:
        return {"rows": []}
    sums = (
        SourceTransaction.objects.filter(
            record__membership__contact=opened.contact, date__gte=_months_ago(today())
        )
        .values("source__kind", "currency")
        .annotate(total=Sum("amount"))
        .order_by("-total", "source__kind", "currency")
    )
    labels = dict(SourceSystem.Kind.choices)
    return {
        "rows": [
            ValueRow(str(labels.get(row["source__kind"], row["source__kind"])), row["total"], row["currency"])
            for row in sums
        ]
    }


def _months_ago(day: date) -> date:
    """29 February goes to the 28th."""
    return day.replace(year=day.year - MONTHS // 12, day=min(day.day, 28 if day.month == 2 else day.day))
