"""The overnight run anonymises what was ordered, and tries again what was blocked (A4, A16)."""

from __future__ import annotations

from kith.privacy.erasing import steps, waiting
from kith.privacy.models import Erasure
from kith.runs.steps import Counts, StepContext


def anonymise(context: StepContext) -> Counts:
    uids = waiting.tonight()
    steps.carry_on(uids, in_run=True, tracker=context.tracker)
    ended = Erasure.objects.filter(uid__in=uids, state=Erasure.State.DONE).count()
    return {"erasures_looked_at": len(uids), "contacts_anonymised": ended}
