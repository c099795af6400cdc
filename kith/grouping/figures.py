"""Step "figures": what Home shows, counted once a run instead of at every visit."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count

from kith.contacts.models import Contact
from kith.runs.steps import Counts, StepContext
from kith.sources.models import SourceRecord


def figures(context: StepContext) -> Counts:
    """Records and contacts in all and, per source id, also the contacts shared with other sources."""
    context.tracker.at(0, None, "Figures")
    # Contacts know their sources since assembly: to ask membership again would take many times as long.
    active = Contact.objects.filter(state=Contact.State.ACTIVE)
    by_sources = active.order_by().values_list("source_ids").annotate(number=Count("*"))
    records = SourceRecord.objects.order_by().values_list("source_id").annotate(number=Count("*"))
    contacts, shared = Counter[int](), Counter[int]()
    for source_ids, number in by_sources:
        for source_id in source_ids:
            contacts[source_id] += number
            shared[source_id] += number if len(source_ids) > 1 else 0
    counts = {
        "records": sum(number for _, number in records),
        "contacts": sum(number for _, number in by_sources),
    }
    for source_id, number in records:
        counts |= {
            f"source_{source_id}_records": number,
            f"source_{source_id}_contacts": contacts[source_id],
            f"source_{source_id}_shared": shared[source_id],
        }
    return counts
