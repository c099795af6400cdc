"""What rules would remove if the night were now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kith.kernel import clock
from kith.privacy.retention.sections import Rule, is_too_many, retained
from kith.privacy.scheduled.eligible import Simulated, simulated

_DEALINGS: Final = "anybody last dealt with them"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    rule: Rule
    since: str
    """What the time runs from."""
    number: int
    """Would go now."""
    among: int | None = None
    """Of contacts: of how many."""


def simulate(rules: Iterable[Rule]) -> list[Found]:
    """One count for each."""
    return [_found(rule) for rule in rules]


def would_ask(found: Iterable[Found]) -> bool:
    """Those in force would take more contacts together than may go at once: they would only open a case."""
    those = [one for one in found if one.rule.active and one.among is not None]
    most = max((one.among or 0 for one in those), default=0)
    return is_too_many(Simulated(eligible=min(most, sum(one.number for one in those)), active=most))


def _found(rule: Rule) -> Found:
    if rule.is_of_contacts:
        seen = simulated(whom=rule.whom)
        return Found(rule=rule, since=_DEALINGS, number=seen.eligible, among=seen.active)
    kept = retained()[rule.what]
    return Found(rule=rule, since=kept.since, number=kept.older(rule.ends_before(clock.now())))


def mark_of(rule: Rule) -> str:
    """What has to have been simulated for it to be switched on: `import_files 30 days`."""
    return f"{rule.what} {rule.keep} {rule.unit} {rule.source}".strip()
