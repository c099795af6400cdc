"""What people decided about System Refs, and what to say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from kith.grouping.models import Decision, Operation
from kith.web.formats import day

_TOGETHER: Final = {Operation.Kind.GROUP: "Grouped", Operation.Kind.MOVE: "Moved"}
_APART: Final = {
    Operation.Kind.UNGROUP: "Ungrouped",
    Operation.Kind.SPLIT: "Split",
    Operation.Kind.MOVE: "Moved",
}
"""What to call it; what else keeps two together or apart is called so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision in force about two System Refs."""

    left_id: int
    right_id: int
    is_together: bool
    operation_id: int
    """In which a person said it first, whatever undoing brought it back."""
    done: str
    """'Grouped', 'Kept apart'."""
    by: str
    at: datetime
    reason: str

    @property
    def initials(self) -> str:
        """'MK' of Maria Kyriakou."""
        parts = [part[0].upper() for part in self.by.split() if part[0].isalnum()]
        return "".join((parts[0], parts[-1]) if len(parts) > 1 else parts)

    @property
    def words(self) -> str:
        """'Grouped by M. K., 3 Nov 2026: “same household card”'."""
        because = f": “{self.reason}”" if self.reason else ""
        return f"{self.done} by {self.by}, {day(self.at)}{because}"


def decided_among(record_ids: Sequence[int]) -> tuple[Decided, ...]:
    """Newest first. One query."""
    ids = list(record_ids)
    return _read(Decision.objects.filter(left_id__in=ids, right_id__in=ids))


def decided_between(some: Sequence[int], others: Sequence[int]) -> tuple[Decided, ...]:
    """Newest first. One query."""
    one_way = Q(left_id__in=list(some), right_id__in=list(others))
    other_way = Q(left_id__in=list(others), right_id__in=list(some))
    return _read(Decision.objects.filter(one_way | other_way))


def _read(decisions: QuerySet[Decision]) -> tuple[Decided, ...]:
    in_force = decisions.filter(lifted_by__isnull=True).select_related("operation", "first_said")
    return tuple(_decided(one) for one in in_force.order_by("-pk"))


def _decided(decision: Decision) -> Decided:
    said = decision.first_said or decision.operation
    is_together = decision.verdict == Decision.Verdict.TOGETHER
    done, usual = (_TOGETHER, "Kept together") if is_together else (_APART, "Kept apart")
    return Decided(
        left_id=decision.left_id,
        right_id=decision.right_id,
        is_together=is_together,
        operation_id=said.pk,
        done=done.get(Operation.Kind(said.kind), usual),
        by=said.actor,
        at=said.at,
        reason=said.reason,
    )
