"""What was done to who is who: every operation, of people and of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q, QuerySet

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit.models import Entry
from kith.grouping.models import Decision, Move, Operation
from kith.grouping.present import moves_by
from kith.kernel.errors import NotFound
from kith.sources.models import Membership

SHOWN_GROUP_IDS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationSearch:
    kind: str = ""
    user_id: int | None = None
    group_id: int | None = None

    @property
    def is_narrowed(self) -> bool:
        return bool(self.kind) or self.user_id is not None or self.group_id is not None

    def rows(self, *, actor: Actor) -> QuerySet[Operation]:
        """Newest first."""
        require(actor, Permission.CONTACT_GROUP)
        condition = Q(kind=self.kind) if self.kind else Q()
        if self.user_id is not None:
            condition &= Q(user_id=self.user_id)
        if self.group_id is not None:
            condition &= _concerning(self.group_id)
        return Operation.objects.filter(condition).select_related("run", "undone_by").order_by("-pk")


def _concerning(group_id: int) -> Q:
    """What moved a System Ref from it or to it, or decided about one it holds."""
    moves = Move.objects.filter(Q(from_contact_id=group_id) | Q(to_contact_id=group_id))
    held = Membership.objects.filter(contact_id=group_id).values("record_id")
    decided = Decision.objects.filter(Q(left_id__in=held) | Q(right_id__in=held))
    return (
        Q(pk__in=moves.filter(operation__isnull=False).values("operation_id"))
        | Q(kind=Operation.Kind.RUN, run_id__in=moves.filter(run__isnull=False).values("run_id"))
        | Q(pk__in=decided.values("operation_id"))
    )


@dataclass(frozen=True, slots=True)
class ListedOperation:
    operation: Operation
    group_ids: tuple[int, ...]
    """Contacts it concerned, the first few; none of a run."""
    more: int

    @property
    def may_be_undone(self) -> bool:
        return self.operation.undone_by_id is None


def listed(operations: Sequence[Operation]) -> list[ListedOperation]:
    """One query: the journal says which contacts each concerned, a hundred at most."""
    ids = [operation.pk for operation in operations]
    entries = Entry.objects.filter(subject_type="operation", subject_id__in=ids)
    said = dict(entries.values_list("subject_id", "detail"))
    return [_listed(one, said.get(one.pk, {})) for one in operations]


def _listed(operation: Operation, said: Mapping[str, object]) -> ListedOperation:
    named = [said.get(key) for key in ("contacts", "retired")]
    group_ids = [pk for some in named if isinstance(some, list) for pk in some]
    return ListedOperation(
        operation, tuple(group_ids[:SHOWN_GROUP_IDS]), max(len(group_ids) - SHOWN_GROUP_IDS, 0)
    )


def said_of(operation_id: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """(contacts that there are afterwards, GroupIDs that retired), a hundred of each at most."""
    entry = Entry.objects.filter(subject_type="operation", subject_id=operation_id).order_by("pk").first()
    said = entry.detail if entry else {}
    return tuple(said.get("contacts", ())), tuple(said.get("retired", ()))


def opened(operation_id: int, *, actor: Actor) -> Operation:
    require(actor, Permission.CONTACT_GROUP)
    related = Operation.objects.select_related("run", "undoes", "undone_by")
    operation = related.filter(pk=operation_id).first()
    if operation is None:
        raise NotFound("There is no such operation.")
    return operation


def moves_of(operation: Operation) -> QuerySet[Move]:
    """System Refs that changed GroupID, by where they came to. First GroupIDs are no changes."""
    moved = moves_by(operation).filter(from_contact_id__isnull=False)
    return moved.order_by("to_contact_id", "from_contact_id", "id")


@dataclass(frozen=True, slots=True)
class DecisionCount:
    words: str
    written: int
    lifted: int
    """By later operations, of those written."""


def decisions_of(operation: Operation) -> list[DecisionCount]:
    """Pairs of System Refs, by verdict."""
    written = Decision.objects.filter(operation=operation).values_list("verdict")
    counted = written.annotate(Count("pk"), Count("lifted_by_id")).order_by("verdict")
    return [
        DecisionCount(Decision.Verdict(verdict).label, number, lifted) for verdict, number, lifted in counted
    ]
