"""What is left of the e-mails and phones of somebody who is anonymised: keyed digests that go on working."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db import connection

from kith.contacts.models import ContactEmail, ContactPhone
from kith.contacts.suppressions import bodies
from kith.contacts.suppressions.models import SuppressionList
from kith.contacts.suppressions.values import Kind, Value, read
from kith.kernel.erasing import Unsealed
from kith.kernel.leaving import Leaving
from kith.sources.models import PastClaim, SourceRecord

_EMPTY: Final = """
UPDATE contacts_suppressedvalue v SET value = '' WHERE v.value <> '' AND (v.digest = ANY(%(digests)s)
    OR v.id IN (SELECT value_id FROM contacts_suppressedrecord WHERE record_id = ANY(%(records)s)))
RETURNING suppression_id
"""


def empty_values(leaving: Leaving) -> list[int]:
    """Also of what their sources no longer say. While the System Refs still say it.

    Returns the suppressions they were of.
    """
    values = values_of(leaving)
    digests = [one.digest for one in values]
    with connection.cursor() as cursor:
        cursor.execute(_EMPTY, {"digests": digests, "records": list(leaving.record_ids)})
        emptied = [pk for (pk,) in cursor.fetchall()]
    hexes = frozenset(one.hex() for one in digests)
    lists = SuppressionList.objects.select_for_update().filter(body__isnull=False)
    for waiting in lists.defer("body").order_by("pk"):
        named = bodies.named_in(waiting)
        if not (named.digests.isdisjoint(hexes) and named.record_ids.isdisjoint(leaving.record_ids)):
            bodies.forget(waiting, hexes, record_ids=leaving.record_ids)
    return emptied


def values_of(leaving: Leaving) -> frozenset[Value]:
    """Every e-mail and phone that it has, had, or was given by somebody who typed it."""
    records = SourceRecord.objects.filter(pk__in=leaving.record_ids)
    found: set[Value] = set()
    for emails, phones in records.values_list("emails", "phones"):
        found |= {Value(Kind.EMAIL, one) for one in emails} | {Value(Kind.PHONE, one) for one in phones}
    of_them = {"contact_id__in": leaving.group_ids}
    found |= {Value(Kind.EMAIL, one.value) for one in ContactEmail.objects.filter(**of_them)}
    found |= {Value(Kind.PHONE, one.value) for one in ContactPhone.objects.filter(**of_them)}
    return frozenset(found | set(_said_before(leaving)))


def _said_before(leaving: Leaving) -> Iterator[Value]:
    past = PastClaim.objects.filter(record_id__in=leaving.record_ids)
    countries = dict(
        SourceRecord.objects.filter(pk__in=leaving.record_ids).values_list("pk", "source__default_country")
    )
    for record_id, claim in past.values_list("record_id", "claim"):
        for name, text in (claim or {}).get("fields", {}).items():
            is_one = name.startswith(("email_", "phone_"))
            value = read(text, country=countries[record_id]) if is_one else None
            if value is not None:
                yield value


def opened_lists() -> Iterator[Unsealed]:
    """For the proof: lists that wait, as they say it."""
    for waiting in SuppressionList.objects.filter(body__isnull=False).order_by("pk"):
        content = bodies.opened(waiting)
        yield Unsealed(place=SuppressionList._meta.db_table, key=str(waiting.pk), content=content)
