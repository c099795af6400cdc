"""By which version of what, and in which run, two System Refs of a contact became one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from kith.contacts.models import Contact
from kith.grouping.models import Evidence, MatchingModel, MatchingRules, Move
from kith.web.formats import day

_NEW: Final = "no run saw this yet"


@dataclass(frozen=True, slots=True)
class Origins:
    _rules: str
    _model: str
    _kept: frozenset[tuple[int, int]]
    """Pairs that the evidence of the last run holds."""
    _arrivals: dict[int, Move] = field(default_factory=dict)
    """By record id, how it came to the contact."""

    def words(self, left_id: int, right_id: int, *, by_rule: bool) -> str:
        """'Matching rules version 7, one since grouping run 12, 3 Nov 2026'."""
        version = self._rules if by_rule else self._model
        if (left_id, right_id) not in self._kept:
            return f"{version}; {_NEW}"
        return f"{version}{self._since(left_id, right_id)}"

    def _since(self, left_id: int, right_id: int) -> str:
        came = [self._arrivals[one] for one in (left_id, right_id) if one in self._arrivals]
        if len(came) < 2:
            return ""
        last = max(came, key=lambda move: move.pk)
        if last.run_id is not None:
            return f"; one since grouping run {last.run_id}, {day(last.at)}"
        who = last.operation.actor if last.operation else ""
        return f"; one since {day(last.at)}" + (f", by {who}" if who else "")


def origins_of(contact: Contact, record_ids: Sequence[int]) -> Origins:
    """By what is in force now. Four queries."""
    ids = list(record_ids)
    rules = MatchingRules.objects.order_by("-id").values_list("pk", flat=True).first()
    in_force = MatchingModel.objects.filter(kind=contact.kind, state=MatchingModel.State.PUBLISHED)
    kept = Evidence.objects.filter(left_id__in=ids, right_id__in=ids).values_list("left_id", "right_id")
    moves = Move.objects.filter(record_id__in=ids, to_contact_id=contact.pk)
    latest = moves.select_related("operation").order_by("record_id", "-id").distinct("record_id")
    return Origins(
        rules_words(rules),
        model_words(in_force.values_list("pk", flat=True).first()),
        frozenset(kept),
        {move.record_id: move for move in latest},
    )


def rules_words(version_id: int | None) -> str:
    return f"Matching rules version {version_id}" if version_id else "The matching rules Kith ships"


def model_words(model_id: int | None) -> str:
    return f"Matching model version {model_id}" if model_id else "The matching model Kith ships"
