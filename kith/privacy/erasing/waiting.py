"""Which erasures a job carries on, and which the night."""

from __future__ import annotations

from uuid import UUID

from kith.privacy.models import Erasure
from kith.sources.models import LOCAL, SourceRecord
from kith.stewardship.policy import settings_in_force

State = Erasure.State


def tonight() -> list[UUID]:
    """Those that are blocked too: they are looked at again (A16)."""
    waiting = Erasure.objects.exclude(state__in=[*Erasure.ENDED, State.WAITS_SECOND, State.STUCK])
    return list(waiting.order_by("pk").values_list("uid", flat=True))


def ready_now() -> list[UUID]:
    """Without those that wait for the night, or for what blocks them."""
    begun = Erasure.objects.exclude(state__in=[*Erasure.ENDED, *Erasure.OPEN, State.STUCK])
    queued = Erasure.objects.filter(state=State.QUEUED).order_by("pk")
    return [
        *(one.uid for one in queued if not waits_for_the_night(one.contact_id)),
        *begun.order_by("pk").values_list("uid", flat=True),
    ]


def waits_for_the_night(contact_id: int) -> bool:
    """At once for somebody typed into Kith only; otherwise as the stewardship settings say (X3)."""
    records = SourceRecord.objects.of_contact(contact_id)
    return settings_in_force().changes_wait and records.exclude(source__code=LOCAL).exists()
