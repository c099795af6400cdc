"""Why System Refs are one: the kept evidence and people's decisions, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F

from kith.contacts.models import Contact
from kith.grouping.models import Basis, Evidence, Move
from kith.grouping.recipe.model_table import signed
from kith.grouping.recipe.versions import said_by
from kith.grouping.why.decided import Decided, decided_among
from kith.grouping.why.origins import model_words, rules_words
from kith.matching.records import COMPANY
from kith.matching.rules import Rule, RuleSet
from kith.matching.words import odds_words
from kith.sources.models import SourceRecord


@dataclass(frozen=True, slots=True)
class Edge:
    """One kept pair that groups: a line between two circles (K11)."""

    left_id: int
    right_id: int
    rule_number: int | None
    """As people count, from 1; None where the model decided."""
    rule_name: str
    weight: float
    version: str = ""
    """Of the rules or the model that it was found by, in words."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one System Ref belongs: its strongest edge."""

    text: str
    detail: str


def edges_of(contact: Contact, *, record_ids: Sequence[int]) -> tuple[Edge, ...]:
    """The kept evidence that groups among the System Refs of one contact, rules first. Two queries."""
    ids = list(record_ids)
    kept = Evidence.objects.filter(left_id__in=ids, right_id__in=ids, groups=True)
    basis = Basis.objects.select_related("rules_version").defer("figures").order_by("-id").first()
    rules = _rules_then(basis).of_kind(contact.kind)
    by_rule = rules_words(basis.rules_version_id if basis else None)
    by_model = model_words(_model_then(basis, kind=contact.kind))
    ordered = kept.order_by(F("rule").asc(nulls_last=True), "-weight", "left_id", "right_id")
    return tuple(_edge(pair, rules, version=by_model if pair.rule is None else by_rule) for pair in ordered)


def _rules_then(basis: Basis | None) -> RuleSet:
    """By which the kept evidence was found; those in force now may be newer."""
    if basis is None or basis.rules_version is None:
        return RuleSet.shipped()
    return said_by(basis.rules_version)


def _model_then(basis: Basis | None, *, kind: str) -> int | None:
    if basis is None:
        return None
    return basis.company_model_id if kind == COMPANY else basis.person_model_id


def _edge(pair: Evidence, rules: Sequence[Rule], *, version: str) -> Edge:
    if pair.rule is None:
        return Edge(pair.left_id, pair.right_id, None, "", pair.weight, version)
    name = rules[pair.rule].name if pair.rule < len(rules) else ""
    return Edge(pair.left_id, pair.right_id, pair.rule + 1, name, pair.weight, version)


def reasons_for(contact: Contact) -> dict[int, Reason]:
    """By record id, for the list of System Refs on the contact's page."""
    named = SourceRecord.objects.of_contact(contact.pk).select_related("source")
    found = named.only("system_ref", "source__name")
    records = {record.pk: record for record in found.order_by("pk")}
    if len(records) == 1:
        return {pk: _alone(record) for pk, record in records.items()}
    reasons = _by_people(records) | _by_evidence(contact, records)
    rest = [pk for pk in records if pk not in reasons]
    return reasons | _without_evidence(rest)


def _by_people(records: Mapping[int, SourceRecord]) -> dict[int, Reason]:
    reasons: dict[int, Reason] = {}
    for decided in decided_among(list(records)):
        if decided.is_together:
            reasons.setdefault(decided.left_id, _decided(decided, records[decided.right_id]))
            reasons.setdefault(decided.right_id, _decided(decided, records[decided.left_id]))
    return reasons


def _decided(decided: Decided, other: SourceRecord) -> Reason:
    return Reason(f"Decided by {decided.by}", f"{decided.words}, with {other.source.name} {other.system_ref}")


def _by_evidence(contact: Contact, records: Mapping[int, SourceRecord]) -> dict[int, Reason]:
    reasons: dict[int, Reason] = {}
    for edge in edges_of(contact, record_ids=list(records)):
        reasons.setdefault(edge.left_id, _because(edge, records[edge.right_id]))
        reasons.setdefault(edge.right_id, _because(edge, records[edge.left_id]))
    return reasons


def _because(edge: Edge, other: SourceRecord) -> Reason:
    belongs = f"with {other.source.name} {other.system_ref}"
    if edge.rule_number is None:
        odds = odds_words(edge.weight)
        said = f"All fields together say {odds}, {belongs}. {edge.version}"
        return Reason(f"Model · {signed(edge.weight)} bits", said)
    said = f"{edge.rule_name}, {belongs}. {edge.version}"
    return Reason(f"Rule {edge.rule_number} · {edge.rule_name}", said)


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
