"""What was done to a contact or a System Ref, in the words of the operation that did it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from kith.grouping.models import Move, Operation
from kith.web.formats import day

UndoUrl = Callable[[int], str]
"""By operation id where it can be undone; '' where no such page is. Given by the composition."""

_MOMENT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    what: str
    by: str
    by_colleague: bool
    """`by` is the name of one."""
    reason: str
    undone: str
    """'by Maria on 3 Nov 2026', or ''."""
    run_id: int | None
    undoable: int | None
    """The operation that could be undone."""


def told(move: Move) -> Told:
    """Asks nothing of a move read with its user and operation, and that with who undid it."""
    if move.operation is not None:
        return told_operation(move.operation)
    what = f"Grouping run {move.run_id}" if move.run_id else move.get_because_display()
    by = move.user.name if move.user is not None else ("" if move.run_id else "Kith")
    return Told(
        what=what,
        by=by,
        by_colleague=move.user is not None,
        reason="",
        undone="",
        run_id=move.run_id,
        undoable=None,
    )


def told_operation(operation: Operation) -> Told:
    is_run = operation.kind == Operation.Kind.RUN and operation.run_id is not None
    undoing = operation.undone_by
    return Told(
        what=f"Grouping run {operation.run_id}" if is_run else operation.get_kind_display(),
        by=operation.actor,
        by_colleague=operation.user_id is not None,
        reason=operation.reason,
        undone=f"by {undoing.actor} on {day(undoing.at)}" if undoing is not None else "",
        run_id=operation.run_id,
        undoable=operation.pk if undoing is None else None,
    )


def just_before(at: datetime) -> datetime:
    return at - _MOMENT


def as_of_url(group_id: int, *, at: datetime) -> str:
    return f"{reverse('grouping:as-of', args=[group_id])}?{urlencode({'at': at.isoformat()})}"
