"""A System Ref typed by hand gets its GroupID at once."""

from __future__ import annotations

from django.db import transaction

from kith.access.actors import Actor
from kith.golden.assembly import assemble
from kith.grouping import membership
from kith.grouping.models import Move
from kith.kernel.errors import Refused
from kith.sources.models import Membership, SourceRecord


@transaction.atomic
def place_new(*, actor: Actor, record_id: int) -> int:
    """Give one unplaced record a GroupID of its own and its golden record; returns the GroupID.

    The caller has checked what the actor may do. The next run may group it with others.
    """
    membership.lock(seconds=membership.WAIT_SECONDS)
    record = SourceRecord.objects.select_for_update().get(pk=record_id)
    if record.group_id is not None:
        raise Refused("This System Ref has a GroupID already.")
    membership.write(
        membership.alone(record_id, kind=record.kind),
        because=Move.Because.STEWARD,
        run_id=None,
        user_id=actor.user_id,
    )
    group_id = Membership.objects.get(pk=record_id).contact_id
    assemble([group_id])
    return group_id
