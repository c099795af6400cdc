"""Orders of the scheduled batch and of retention rules, many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db import transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.kernel.errors import Refused
from kith.privacy.models import Erasure
from kith.privacy.scheduled.eligible import eligible
from kith.privacy.sections import anonymisation_in_force
from kith.sources.models import Membership


@transaction.atomic
def order_eligible(*, actor: Actor, expected: int) -> int:
    """Everybody the batch would take now, whatever the share. `expected`: the second thought; how many there
    are. Returns how many were ordered.
    """
    require(actor, Permission.CONTACT_ANONYMISE)
    contact_ids = eligible()
    if len(contact_ids) != expected:
        raise Refused(f"It is {len(contact_ids):,} contacts now. Nothing was ordered; look again.")
    return order_batch(actor=actor, contact_ids=contact_ids)


@transaction.atomic
def order_batch(*, actor: Actor, contact_ids: Sequence[int], months: int = 0) -> int:
    """An order each. Whoever has one already is passed over; what has come up against somebody since is seen
    when the order is carried out. `months`: of the retention rule that orders them. Returns how many are new.
    """
    require(actor, Permission.CONTACT_ANONYMISE)
    settings = anonymisation_in_force()
    if not settings.is_enabled:
        raise Refused("Anonymising is switched off.")
    ordered = Erasure.objects.filter(contact_id__in=contact_ids).exclude(state__in=Erasure.ENDED)
    have = set(ordered.values_list("contact_id", flat=True))
    new = [one for one in contact_ids if one not in have]
    state = Erasure.State.WAITS_SECOND if settings.four_eyes else Erasure.State.QUEUED
    route = Erasure.Route.RETENTION if months else Erasure.Route.BATCH
    seen = _records_of(new) if months else {}
    Erasure.objects.bulk_create(
        (
            Erasure(
                contact_id=contact_id,
                route=route,
                state=state,
                months=months,
                record_ids=seen.get(contact_id, []),
                asked_by_id=actor.user_id,
                asked_as=actor.name,
            )
            for contact_id in new
        ),
        batch_size=1_000,
        ignore_conflicts=True,
    )
    journal.record_each(
        "ErasureOrdered",
        by=actor,
        subject_type=Erasure.SUBJECT,
        group_ids=new,
        detail={"route": route.value},
    )
    return len(new)


def _records_of(contact_ids: Sequence[int]) -> Mapping[int, list[int]]:
    """A rule is about the System Refs it found: of whoever came to more, it asks anew."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    members = Membership.objects.filter(contact_id__in=contact_ids).order_by("record_id")
    for contact_id, record_id in members.values_list("contact_id", "record_id"):
        found[contact_id].append(record_id)
    return found
