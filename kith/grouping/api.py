"""Lineage, System Refs and decisions for other systems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ninja import Query, Router

from kith.access.permissions import Permission
from kith.contacts import said
from kith.grouping import lineage
from kith.grouping.models import Decision, Move
from kith.grouping.schemas import (
    DecisionEnd,
    DecisionOut,
    DecisionsAsked,
    Holder,
    Lineage,
    Stay,
    SystemRefDetail,
    SystemRefLine,
    SystemRefSearch,
)
from kith.sources.models import SourceRecord
from kith.sources.queries import source_of_code
from kith.users.key_door import with_key
from kith.web.api import (
    WITH_BODY,
    WITH_ID,
    WITH_QUERY,
    ApiRequest,
    Id,
    Listed,
    Paging,
    answers,
    falling,
    only_asks,
    rising,
)

group_ids: Final = Router(tags=["lineage"])
system_refs: Final = Router(tags=["System Refs"])
decisions: Final = Router(tags=["decisions"])


@group_ids.get(
    "/{group_id}",
    summary="Where a GroupID leads",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(Lineage, *WITH_ID),
)
def open_lineage(request: ApiRequest, group_id: Id) -> Lineage:
    """Its state, its successors up to the active one, and all GroupIDs that hold its former System Refs."""
    found = lineage.leads_of(group_id, actor=request.auth)
    contact = found.contact
    return Lineage(
        group_id=contact.pk,
        kind=said.kind(contact.kind),
        state="active" if contact.state == contact.State.ACTIVE else "retired",
        created_at=contact.created_at,
        retired_at=contact.retired_at,
        successor=found.successors[-1] if found.successors else None,
        successors=list(found.successors),
        held_by=[Holder(group_id=pk, system_refs=number) for pk, number in found.held_by],
        predecessors=list(found.predecessors),
    )


@system_refs.post(
    "/search",
    summary="Find System Refs",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(Listed[SystemRefLine], *WITH_BODY),
)
@only_asks
def search_system_refs(request: ApiRequest, asked: SystemRefSearch) -> Listed[SystemRefLine]:
    """By source and System Ref; a POST, as a System Ref may be the number of a person's card."""
    wanted = lineage.SystemRefs(
        source_id=source_of_code(asked.source).pk if asked.source else None, system_ref=asked.system_ref
    )
    page = rising(wanted.rows(actor=request.auth), asked)
    return Listed[SystemRefLine](items=[_line(one) for one in page.rows], next=page.next)


@system_refs.get(
    "/{record_id}",
    summary="Open a System Ref",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(SystemRefDetail, *WITH_ID),
)
def open_system_ref(request: ApiRequest, record_id: Id) -> SystemRefDetail:
    """What its source said, and its path through GroupIDs."""
    record = lineage.system_ref(record_id, actor=request.auth)
    fields: dict[str, str] = record.claim.get("fields", {})
    return SystemRefDetail(
        **_line(record).model_dump(),
        fields={name: str(text) for name, text in fields.items()},
        path=_path(lineage.moves_of(record)),
    )


@decisions.get(
    "",
    summary="List decisions",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(Listed[DecisionOut], *WITH_QUERY),
)
def list_decisions(
    request: ApiRequest, asked: Query[DecisionsAsked], paging: Query[Paging]
) -> Listed[DecisionOut]:
    """What people decided about pairs of System Refs, the newest first. No run goes against them.

    They are made and lifted by operations.
    """
    wanted = lineage.Decisions(
        record_id=asked.record_id,
        group_id=asked.group_id,
        verdict=asked.verdict or "",
        in_force=asked.in_force,
    )
    page = falling(wanted.rows(actor=request.auth), paging)
    ends = lineage.records_by_id([pk for one in page.rows for pk in (one.left_id, one.right_id)])
    return Listed[DecisionOut](items=[_decision(one, ends) for one in page.rows], next=page.next)


def _line(record: SourceRecord) -> SystemRefLine:
    return SystemRefLine(
        source=record.source.code,
        system_ref=record.system_ref,
        record_id=record.pk,
        group_id=record.group_id,
        kind=said.kind(record.kind),
        first_received_at=record.first_received_at,
        received_at=record.received_at,
        claimed_at=record.claimed_at,
    )


def _path(moves: Sequence[Move]) -> list[Stay]:
    ends = [move.at for move in moves[1:]]
    return [
        Stay(
            group_id=move.to_contact_id,
            came_from=move.from_contact_id,
            since=move.at,
            until=until,
            operation_id=move.operation_id,
            run_id=move.run_id,
        )
        for move, until in zip(moves, [*ends, None], strict=True)
    ]


def _decision(decision: Decision, ends: dict[int, SourceRecord]) -> DecisionOut:
    first = decision.first_said or decision.operation
    return DecisionOut(
        id=decision.pk,
        verdict="together" if decision.verdict == Decision.Verdict.TOGETHER else "apart",
        left=_end(ends[decision.left_id]),
        right=_end(ends[decision.right_id]),
        operation_id=first.pk,
        by=first.actor,
        at=first.at,
        reason=first.reason,
        lifted_by=decision.lifted_by_id,
    )


def _end(record: SourceRecord) -> DecisionEnd:
    return DecisionEnd(
        source=record.source.code,
        system_ref=record.system_ref,
        record_id=record.pk,
        group_id=record.group_id,
    )
