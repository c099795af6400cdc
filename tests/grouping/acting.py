"""What tests do to contacts, on real claims and the real engine."""

from __future__ import annotations

from kith.access.actors import COMMAND_LINE, OVERNIGHT
from kith.grouping.actions import carry_out
from kith.grouping.intents import Intent
from kith.grouping.models import Operation
from kith.runs import actions as runs
from kith.runs.models import Run
from kith.sources.models import Membership, SourceRecord

ACTOR = COMMAND_LINE
TABLES = (
    "grouping_decision",
    "grouping_move",
    "grouping_operation",
    "grouping_evidence",
    "grouping_doubt",
    "grouping_basis",
    "runs_run",
    "contacts_contact",
    "contacts_suppression",
    "contacts_keptoptout",
    "sources_sourcerecord",
    "sources_change",
)
"""Emptied between two examples of one test."""


def overnight(*, everything: bool = False) -> Run:
    return runs.execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND, everything=everything)


def group_id(record: SourceRecord) -> int:
    return Membership.objects.get(pk=record.pk).contact_id


def do(intent: Intent, *, lift: bool = False) -> Operation:
    return carry_out(actor=ACTOR, intent=intent, lift=lift)


def partition() -> dict[int, set[int]]:
    """Record ids by GroupID."""
    found: dict[int, set[int]] = {}
    for record_id, contact_id in Membership.objects.values_list("record_id", "contact_id"):
        found.setdefault(contact_id, set()).add(record_id)
    return found
