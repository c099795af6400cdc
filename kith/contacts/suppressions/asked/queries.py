from __future__ import annotations

from collections.abc import Mapping

from django.db.models import QuerySet

from kith.contacts.suppressions.models import AskedLift


def waiting(contact_id: int) -> QuerySet[AskedLift]:
    return AskedLift.objects.filter(contact_id=contact_id, state=AskedLift.State.WAITING)


def waiting_by_suppression(contact_id: int) -> Mapping[int, AskedLift]:
    return {one.suppression_id: one for one in waiting(contact_id)}


def all_waiting() -> list[int]:
    """In the order they were asked for."""
    found = AskedLift.objects.filter(state=AskedLift.State.WAITING).order_by("pk")
    return list(found.values_list("pk", flat=True))
