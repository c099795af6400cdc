"""Suppressions as a list: of whom, why, since when, by whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import TruncMonth

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.contacts.models import SuppressedRecord, Suppression
from kith.contacts.suppressions.models import SuppressedValue, SuppressionList
from kith.sources.models import Membership

MONTHS_COUNTED: Final = 12
EXPORTED_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    reason: str = ""
    scope: str = ""
    month: date | None = None
    """Its first day."""
    group_id: int | None = None
    actor: str = ""
    source: str = ""
    ended: bool = False
    """Also those that nobody carries any more."""


@dataclass(frozen=True, slots=True)
class Row:
    suppression: Suppression
    contact_ids: tuple[int, ...]
    """That carry it, the first of them."""
    contacts: int
    is_in_force: bool
    values: tuple[SuppressedValue, ...] = ()
    """E-mails and phones that it is about, the first of them."""
    value_count: int = 0
    list_id: int | None = None
    """The file it came with."""


def suppressions(asked: Asked, *, actor: Actor) -> QuerySet[Suppression]:
    """Newest first. In a few queries however many there are."""
    require(actor, Permission.PRIVACY_VIEW)
    in_force = SuppressedRecord.objects.in_force().filter(suppression_id=OuterRef("pk"))
    values = SuppressedValue.objects.filter(suppression_id=OuterRef("pk"), lift__isnull=True)
    found = Suppression.objects.annotate(is_in_force=Exists(in_force) | Exists(values)).order_by("-at", "-pk")
    if not asked.ended:
        found = found.filter(is_in_force=True)
    if asked.reason:
        found = found.filter(reason=asked.reason)
    if asked.scope:
        found = found.filter(scope=asked.scope)
    if asked.month is not None:
        found = found.filter(at__year=asked.month.year, at__month=asked.month.month)
    if asked.actor:
        found = found.filter(actor__icontains=asked.actor)
    if asked.source:
        found = found.filter(source__icontains=asked.source)
    if asked.group_id is not None:
        of_contact = Membership.objects.filter(contact_id=asked.group_id).values("record_id")
        carried = SuppressedRecord.objects.filter(record_id__in=of_contact)
        found = found.filter(pk__in=carried.values("suppression_id"))
    return found


def rows_of(found: Sequence[Suppression]) -> list[Row]:
    """With the contacts that carry them, and the values they are about: three queries."""
    ids = [one.pk for one in found]
    carrying: dict[int, tuple[tuple[int, ...], int]] = {}
    about: dict[int, tuple[list[int], int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_CARRYING, _carriers_of(found))
        for pk, contact_ids, contacts in cursor.fetchall():
            carrying[pk] = (tuple(contact_ids), contacts)
        cursor.execute(_ABOUT, [ids])
        for pk, value_ids, number in cursor.fetchall():
            about[pk] = (value_ids, number)
    values = SuppressedValue.objects.in_bulk([pk for first, _ in about.values() for pk in first])
    lists = dict(SuppressionList.objects.filter(suppression__in=ids).values_list("suppression_id", "pk"))
    return [
        Row(
            one,
            *carrying.get(one.pk, ((), 0)),
            is_in_force=_is_in_force(one),
            values=tuple(values[pk] for pk in about.get(one.pk, ([], 0))[0]),
            value_count=about.get(one.pk, ([], 0))[1],
            list_id=lists.get(one.pk),
        )
        for one in found
    ]


def said_by_lists(suppression_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """(where it comes from, note) of those that were taken from a list, of which they stay said."""
    lists = SuppressionList.objects.filter(suppression__in=suppression_ids)
    return {pk: (source, note) for pk, source, note in lists.values_list("suppression_id", "source", "note")}


_ABOUT: Final = """
SELECT suppression_id, (array_agg(id ORDER BY id))[1:3], count(*) FROM contacts_suppressedvalue
WHERE suppression_id = ANY(%s) GROUP BY suppression_id
"""


# Of one that ended: whoever carried it until then.
_CARRIERS: Final = """
FROM contacts_suppressedrecord c JOIN sources_membership m ON m.record_id = c.record_id
WHERE c.suppression_id = ANY(%(all)s) AND c.withdrawn_by IS NULL
    AND (c.lift_id IS NULL OR c.suppression_id = ANY(%(ended)s))
GROUP BY c.suppression_id
"""
_CARRYING: Final = f"""
SELECT c.suppression_id, (array_agg(DISTINCT m.contact_id))[1:3], count(DISTINCT m.contact_id)
{_CARRIERS}"""
_EVERYBODY: Final = f"""
SELECT c.suppression_id, array_to_string(array_agg(DISTINCT m.contact_id), ' ')
{_CARRIERS}"""


def _carriers_of(found: Sequence[Suppression]) -> dict[str, list[int]]:
    return {
        "all": [one.pk for one in found],
        "ended": [one.pk for one in found if not _is_in_force(one)],
    }


def _is_in_force(one: Suppression) -> bool:
    """As `suppressions` found it."""
    return bool(getattr(one, "is_in_force", False))


def counts_by_reason(*, actor: Actor) -> Mapping[str, int]:
    """Of those in force."""
    found = suppressions(Asked(), actor=actor).order_by().values_list("reason").annotate(n=Count("pk"))
    return dict(found)


def counts_by_month(*, actor: Actor) -> list[tuple[date, int]]:
    """Of those in force; the newest months first."""
    found = suppressions(Asked(), actor=actor).order_by().annotate(month=TruncMonth("at"))
    counted = found.values_list("month").annotate(n=Count("pk")).order_by("-month")[:MONTHS_COUNTED]
    return [(month.date(), number) for month, number in counted]


@dataclass(frozen=True, slots=True)
class Exported:
    suppression: Suppression
    is_in_force: bool
    contact_ids: str
    """Of everybody who carries it, with spaces between."""


def exported(found: QuerySet[Suppression]) -> Iterator[Exported]:
    """Of what `suppressions` found; without holding all of it."""
    batch: list[Suppression] = []
    for one in found.iterator(chunk_size=EXPORTED_AT_ONCE):
        batch.append(one)
        if len(batch) == EXPORTED_AT_ONCE:
            yield from _exported(batch)
            batch = []
    yield from _exported(batch)


def _exported(found: Sequence[Suppression]) -> Iterator[Exported]:
    with connection.cursor() as cursor:
        cursor.execute(_EVERYBODY, _carriers_of(found))
        carrying = dict(cursor.fetchall())
    return (Exported(one, _is_in_force(one), carrying.get(one.pk, "")) for one in found)
