from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.privacy.models import Erasure
from kith.privacy.proof import storage
from kith.privacy.proof.storage import Scrubbed


def scrub_storage(
    *, actor: Actor, report: Callable[[int, int, str], None] = lambda done, total, name: None
) -> Scrubbed:
    """Level 2: what was anonymised before it began lies nowhere below the rows afterwards. Outside every
    transaction; locks one table after the other."""
    require(actor, Permission.CONTACT_ANONYMISE)
    scrubbed = storage.rewrite(report)
    _note(scrubbed, by=actor)
    return scrubbed


@transaction.atomic
def _note(scrubbed: Scrubbed, *, by: Actor) -> None:
    proved = 0
    if scrubbed.is_complete:
        done = Erasure.objects.filter(state=Erasure.State.DONE, storage_at=None)
        proved = done.filter(ended_at__lt=scrubbed.began_at).update(storage_at=scrubbed.began_at)
    journal.record(
        "StorageScrubbed",
        by=by,
        subject_type=Erasure.SUBJECT,
        detail={"tables": scrubbed.tables, "busy": len(scrubbed.busy), "erasures": proved},
    )
