"""Suppressed e-mails and phones, and the lists they came with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import QuerySet

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts import local
from kith.contacts.suppressions.models import SuppressedValue, SuppressionList
from kith.contacts.suppressions.values import read
from kith.kernel.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedValues:
    value: str = ""
    """Whole: no part of an e-mail or phone is looked for."""
    kind: str = ""
    reason: str = ""
    list_id: int | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class ValueRow:
    value: SuppressedValue
    contact_ids: tuple[int, ...]
    """That carry it by this value, the first of them."""
    contacts: int


def values(asked: AskedValues, *, actor: Actor) -> QuerySet[SuppressedValue]:
    """Newest first. Those that were emptied are found by their value all the same."""
    require(actor, Permission.PRIVACY_VIEW)
    found = SuppressedValue.objects.exclude(kind=SuppressedValue.Kind.REF)
    found = found.select_related("suppression", "lift").order_by("-pk")
    if not asked.ended:
        found = found.filter(lift__isnull=True)
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.reason:
        found = found.filter(suppression__reason=asked.reason)
    if asked.list_id is not None:
        found = found.filter(suppression__taken_from=asked.list_id)
    if asked.value:
        meant = read(asked.value, country=local.local_source().default_country)
        found = found.filter(digest=meant.digest) if meant else found.none()
    return found


@transaction.atomic
def find(asked: AskedValues, *, actor: Actor) -> QuerySet[SuppressedValue]:
    """Those with an e-mail or phone that somebody typed. The journal says that it was done, never which."""
    found = values(asked, actor=actor)
    journal.record(
        "SuppressedValueSearched",
        by=actor,
        subject_type="suppressed_value",
        detail={"found": found.count()},
    )
    return found


def rows_of(found: Sequence[SuppressedValue]) -> list[ValueRow]:
    """With the contacts that carry them: one query."""
    carrying: dict[int, tuple[tuple[int, ...], int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_CARRYING, [[one.pk for one in found], [one.suppression_id for one in found]])
        for pk, contact_ids, contacts in cursor.fetchall():
            carrying[pk] = (tuple(contact_ids), contacts)
    return [ValueRow(one, *carrying.get(one.pk, ((), 0))) for one in found]


_CARRYING = """
SELECT c.value_id, (array_agg(DISTINCT m.contact_id))[1:3], count(DISTINCT m.contact_id)
FROM contacts_suppressedrecord c JOIN sources_membership m ON m.record_id = c.record_id
WHERE c.value_id = ANY(%s) AND c.suppression_id = ANY(%s) AND c.lift_id IS NULL AND c.withdrawn_by IS NULL
GROUP BY c.value_id
"""


def value_of(value_id: int, *, actor: Actor) -> SuppressedValue:
    found = values(AskedValues(ended=True), actor=actor).filter(pk=value_id).first()
    if found is None:
        raise NotFound("There is no such suppressed value.")
    return found


def lists(*, actor: Actor) -> QuerySet[SuppressionList]:
    """Newest first."""
    require(actor, Permission.PRIVACY_VIEW)
    return SuppressionList.objects.defer("body", "bad_rows").order_by("-pk")


def list_of(list_id: int, *, actor: Actor) -> SuppressionList:
    require(actor, Permission.PRIVACY_VIEW)
    found = SuppressionList.objects.defer("body").select_related("suppression").filter(pk=list_id).first()
    if found is None:
        raise NotFound("There is no such list.")
    return found
