"""What runs changed, and the versions of the matching rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.contacts.models import Contact
from kith.grouping.models import MatchingRules, Move
from kith.sources.models import SourceRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One System Ref that got another GroupID."""

    record: SourceRecord
    was: int
    became: int
    name: str
    """Of the contact it is with now; '' for those who may not see contacts."""
    was_retired: bool
    """The old GroupID holds nothing any more and leads on."""


def moves_of_run(run_id: int, *, actor: Actor) -> QuerySet[Move]:
    """System Refs that changed GroupID; first GroupIDs are not changes. By where they came to."""
    require(actor, Permission.RUN_VIEW)
    moved = Move.objects.filter(run_id=run_id, from_contact_id__isnull=False)
    return moved.order_by("to_contact_id", "from_contact_id", "id")


def changes(moves: Sequence[Move], *, actor: Actor) -> list[Change]:
    """Two queries, however many moves."""
    records = SourceRecord.objects.select_related("source").only("system_ref", "source")
    by_record = records.in_bulk([move.record_id for move in moves])
    ends = {end for move in moves for end in (move.from_contact_id, move.to_contact_id) if end}
    contacts = Contact.objects.only("name", "state").in_bulk(ends)
    may_see = actor.may(Permission.CONTACT_VIEW)
    return [
        Change(
            record=by_record[move.record_id],
            was=move.from_contact_id or 0,
            became=move.to_contact_id,
            name=contacts[move.to_contact_id].name if may_see else "",
            was_retired=contacts[move.from_contact_id or 0].state == Contact.State.RETIRED,
        )
        for move in moves
        if move.record_id in by_record
    ]


def versions(*, actor: Actor) -> QuerySet[MatchingRules]:
    require(actor, Permission.RULES_VIEW)
    return MatchingRules.objects.select_related("saved_by").defer("rules").order_by("-id")
