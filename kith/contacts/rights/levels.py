"""Which privacy level contacts have: set by hand, by the first rule that holds, or the default."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from django.db import connection

from kith.contacts.life_cycle import life_cycles_of
from kith.contacts.rights.sections import Assignment, PrivacyLevels, privacy_levels
from kith.organisation.queries import owners_of
from kith.sources.models import SourceSystem


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the rules ask of a contact."""

    kind: str
    category: str
    sources: frozenset[str] = frozenset()
    life_cycle: str = ""
    team: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    levels: tuple[str, ...] = ()
    is_of_all: bool = False
    """Every System Ref of the contact carries one."""


def holds(rule: Assignment, about: About) -> bool:
    return (
        (not rule.kind or rule.kind == about.kind)
        and (not rule.category or rule.category == about.category)
        and (not rule.life_cycle or rule.life_cycle == about.life_cycle)
        and (not rule.source or rule.source in about.sources)
        and (rule.team is None or rule.team == about.team)
    )


def by_rule(value: PrivacyLevels, about: About) -> str:
    return next((rule.level for rule in value.rules if holds(rule, about)), value.default)


def level_of(value: PrivacyLevels, about: About, hand: ByHand) -> str:
    """What was said by hand outranks the rules where it was said of the whole contact; of one that System
    Refs joined since, the stricter counts."""
    computed = by_rule(value, about)
    if not hand.levels:
        return computed
    said = value.strictest(hand.levels)
    return said if hand.is_of_all else value.strictest((said, computed))


def levels_of(contact_ids: Iterable[int]) -> dict[int, str]:
    """By GroupID. One query; one more for each of life cycle, source and team that a rule asks for."""
    asked, value = list(contact_ids), privacy_levels()
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [asked])
        rows = cursor.fetchall()
    about = _abouts(value, rows)
    return {
        group_id: level_of(
            value,
            about[group_id],
            ByHand(levels=tuple(sorted(marks or ())), is_of_all=members == marked),
        )
        for group_id, _, _, _, members, marked, marks in rows
    }


def level_of_contact(contact_id: int) -> str:
    return levels_of([contact_id]).get(contact_id, "")


_KNOWN: Final = """
SELECT c.id, c.kind, coalesce(c.category, ''), c.source_ids, count(m.record_id), count(p.record_id),
    array_agg(DISTINCT p.level) FILTER (WHERE p.level IS NOT NULL)
FROM contacts_contact c
LEFT JOIN sources_membership m ON m.contact_id = c.id
LEFT JOIN contacts_privacymark p ON p.record_id = m.record_id
WHERE c.id = ANY(%s) GROUP BY c.id
"""
_Row = tuple[int, str, str, list[int], int, int, list[str] | None]


def _abouts(value: PrivacyLevels, rows: Sequence[_Row]) -> dict[int, About]:
    ids = [row[0] for row in rows]
    codes = _asked(value, lambda rule: rule.source, _codes)
    cycles = _asked(value, lambda rule: rule.life_cycle, lambda: life_cycles_of(ids))
    owners = _asked(value, lambda rule: rule.team, lambda: owners_of(ids))
    return {
        group_id: About(
            kind=kind,
            category=category,
            sources=frozenset(codes[one] for one in source_ids if one in codes),
            life_cycle=cycles[group_id].value if group_id in cycles else "",
            team=owners[group_id].id if group_id in owners else None,
        )
        for group_id, kind, category, source_ids, *_ in rows
    }


Known = TypeVar("Known")


def _asked(
    value: PrivacyLevels, of: Callable[[Assignment], object], load: Callable[[], Mapping[int, Known]]
) -> Mapping[int, Known]:
    return load() if any(of(rule) for rule in value.rules) else {}


def _codes() -> dict[int, str]:
    return dict(SourceSystem.objects.values_list("pk", "code"))
