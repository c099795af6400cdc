"""Step "group" of the overnight run: clusters to GroupIDs, behind the circuit breaker."""

from __future__ import annotations

from django.db import transaction

from kith.audit import journal
from kith.grouping import membership
from kith.grouping.models import Move
from kith.grouping.rules import may_change_unasked
from kith.runs.models import RunSettings
from kith.runs.steps import Counts, Held, StepContext


def group(context: StepContext) -> Counts:
    context.tracker.at(0, None, "Grouping")
    with transaction.atomic():
        membership.lock()
        planned = membership.plan()
        limits = RunSettings.objects.filter(pk=1).first() or RunSettings()
        decision = may_change_unasked(
            changed=planned.changed_groups,
            active=planned.active_before,
            percent=limits.breaker_percent,
            minimum=limits.breaker_minimum,
        )
        if not decision and not context.approved:
            raise Held(" ".join(decision.reasons))
        membership.write(
            planned, because=Move.Because.RUN, run_id=context.run_id, user_id=context.actor.user_id
        )
        journal.record(
            "ContactsGroupedByRun",
            by=context.actor,
            subject_type="run",
            subject_id=context.run_id,
            detail={"moves": planned.moves.height, "retired": planned.retired.height},
        )
    return _counts(context.run_id)


def _counts(run_id: int) -> Counts:
    """Read back from lineage, so that they are right for a resumed run too."""
    moves = Move.objects.filter(run_id=run_id)
    return {
        "placed": moves.filter(from_contact_id__isnull=True).count(),
        "moved": moves.filter(from_contact_id__isnull=False).count(),
    }
