"""“Try it”: the rules being edited beside those in force, on the real System Refs, writing nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import connection

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.contacts.names import record_name
from kith.grouping.records import records
from kith.grouping.versions import rules_in_force
from kith.matching.rules import RuleSet
from kith.matching.trial import GroupSize, RuleTrial, Trial, try_rules
from kith.sources.models import SourceRecord

MOST_RECORDS: Final = 100_000
"""More are tried on a sample of whole contacts, so that a page answers in seconds."""
_SIZES: Final = ((1, 1, "1"), (2, 2, "2"), (3, 3, "3"), (4, 9, "4 to 9"), (10, 10**9, "10 or more"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    left: SourceRecord
    right: SourceRecord
    left_name: str
    right_name: str
    """'' for those who may not see contacts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedRule:
    number: int
    kind: str
    name: str
    pairs: int
    first_pairs: int
    pairs_now: int | None
    """With the rules in force; None for a rule that is new or was off."""
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class SizeLine:
    label: str
    now: int
    then: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    records: int
    of: int
    groups_now: int
    groups_then: int
    pairs_now: int
    pairs_then: int
    sizes: tuple[SizeLine, ...]
    rules: tuple[TriedRule, ...]

    @property
    def is_sample(self) -> bool:
        return self.records < self.of

    @property
    def difference(self) -> str:
        fewer = self.groups_now - self.groups_then
        if fewer == 0:
            return "as many contacts as now"
        return f"{abs(fewer):,} {'fewer' if fewer > 0 else 'more'} contact{'' if abs(fewer) == 1 else 's'}"


def try_out(rules: RuleSet, *, actor: Actor, most: int = MOST_RECORDS) -> Tried:
    require(actor, Permission.RULES_EDIT)
    ids, total = _sample(most)
    table = records(ids=ids).to_arrow()
    then = try_rules(table, rules=rules)
    now = try_rules(table, rules=rules_in_force().rules, examples=0)
    return Tried(
        records=then.records,
        of=total,
        groups_now=now.groups,
        groups_then=then.groups,
        pairs_now=now.pairs,
        pairs_then=then.pairs,
        sizes=_sizes(now.sizes, then.sizes),
        rules=_rules(now, then, actor=actor),
    )


def _sample(most: int) -> tuple[list[int] | None, int]:
    """Ids to try on (None: all) and how many there are. Every n-th GroupID with all its System Refs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sources_sourcerecord")
        total = int(cursor.fetchall()[0][0])
        if total <= most:
            return None, total
        cursor.execute(
            "SELECT r.id FROM sources_sourcerecord r LEFT JOIN sources_membership m ON m.record_id = r.id"
            " WHERE coalesce(m.contact_id, r.id) %% %s = 0 ORDER BY r.id LIMIT %s",
            [-(-total // most), most],
        )
        return [int(row[0]) for row in cursor.fetchall()], total


def _sizes(now: tuple[GroupSize, ...], then: tuple[GroupSize, ...]) -> tuple[SizeLine, ...]:
    return tuple(
        SizeLine(label, _between(now, low, high), _between(then, low, high)) for low, high, label in _SIZES
    )


def _between(sizes: tuple[GroupSize, ...], low: int, high: int) -> int:
    return sum(size.groups for size in sizes if low <= size.records <= high)


def _rules(now: Trial, then: Trial, *, actor: Actor) -> tuple[TriedRule, ...]:
    known = {(rule.kind, rule.name): rule.pairs for rule in now.rules}
    ids = {record_id for rule in then.rules for pair in rule.examples for record_id in pair}
    rows = SourceRecord.objects.select_related("source", "membership").in_bulk(ids)
    may_see = actor.may(Permission.CONTACT_VIEW)
    return tuple(
        TriedRule(
            number=rule.position + 1,
            kind=rule.kind,
            name=rule.name,
            pairs=rule.pairs,
            first_pairs=rule.first_pairs,
            pairs_now=known.get((rule.kind, rule.name)),
            examples=_examples(rule, rows, may_see=may_see),
        )
        for rule in then.rules
    )


def _examples(rule: RuleTrial, rows: dict[int, SourceRecord], *, may_see: bool) -> tuple[Example, ...]:
    return tuple(
        Example(
            left=rows[left],
            right=rows[right],
            left_name=record_name(rows[left]) if may_see else "",
            right_name=record_name(rows[right]) if may_see else "",
        )
        for left, right in rule.examples
        if left in rows and right in rows
    )
