"""Why System Refs are one: the kept evidence, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from kith.contacts.models import Contact
from kith.grouping.models import Evidence, Move
from kith.grouping.versions import rules_of_version
from kith.matching.rules import RuleSet
from kith.sources.models import SourceRecord


@dataclass(frozen=True, slots=True)
class Edge:
    """One kept pair: a line between two circles (K11), with the rules that drew it."""

    left_id: int
    right_id: int
    rule_numbers: tuple[int, ...]
    """As people count, from 1; the first is the one the pair is attributed to."""
    rule_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one System Ref belongs: its strongest edge."""

    text: str
    detail: str


def edges_of(contact: Contact, *, record_ids: Sequence[int]) -> tuple[Edge, ...]:
    """All kept evidence among the System Refs of one contact. One query more per rules version."""
    ids = list(record_ids)
    kept = Evidence.objects.filter(Q(left_id__in=ids) & Q(right_id__in=ids)).order_by(
        "rules", "left_id", "right_id"
    )
    versions: dict[int, RuleSet] = {}
    edges = []
    for pair in kept:
        rules = versions.setdefault(pair.rules_version_id, rules_of_version(pair.rules_version_id))
        of_kind = rules.of_kind(contact.kind)
        numbers = tuple(position + 1 for position in pair.rules)
        names = tuple(of_kind[position].name for position in pair.rules)
        edges.append(Edge(pair.left_id, pair.right_id, numbers, names))
    return tuple(edges)


def reasons_for(contact: Contact) -> dict[int, Reason]:
    """By record id, for the list of System Refs on the contact's page."""
    found = SourceRecord.objects.of_contact(contact.pk).select_related("source")
    records = {record.pk: record for record in found.order_by("pk")}
    if len(records) == 1:
        return {pk: _alone(record) for pk, record in records.items()}
    reasons: dict[int, Reason] = {}
    for edge in edges_of(contact, record_ids=list(records)):
        for mine, other in ((edge.left_id, edge.right_id), (edge.right_id, edge.left_id)):
            if mine not in reasons:
                reasons[mine] = _because(edge, records[other])
    rest = [pk for pk in records if pk not in reasons]
    return reasons | _without_evidence(rest)


def _because(edge: Edge, other: SourceRecord) -> Reason:
    name = edge.rule_names[0]
    return Reason(
        f"Rule {edge.rule_numbers[0]} · {name}", f"{name}, with {other.source.name} {other.system_ref}"
    )


def _alone(record: SourceRecord) -> Reason:
    return Reason("Only System Ref", f"Nothing else was found that belongs to {record.source.name}'s record")


def _without_evidence(record_ids: Sequence[int]) -> dict[int, Reason]:
    """Their claims changed since they were grouped, or a person put them here."""
    if not record_ids:
        return {}
    moves = Move.objects.filter(record_id__in=record_ids).order_by("record_id", "-id").distinct("record_id")
    last = dict(moves.values_list("record_id", "because"))
    return {
        pk: _BY_A_PERSON if last.get(pk) == Move.Because.STEWARD else _NO_EVIDENCE_NOW for pk in record_ids
    }


_BY_A_PERSON = Reason("Decided by a person", "A person put this System Ref here")
_NO_EVIDENCE_NOW = Reason(
    "No evidence now", "The claims changed since it was grouped; the next run looks again"
)
