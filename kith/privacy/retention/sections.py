"""The retention rules: a section of the settings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.utils.module_loading import import_string

from kith.kernel.retaining import Retained
from kith.privacy.scheduled.eligible import Simulated, Whom, simulated
from kith.privacy.scheduled.sections import schedule_in_force
from kith.privacy.sections import anonymisation_in_force
from kith.settings.in_force import in_force
from kith.settings.sections import Section
from kith.sources.models import SourceSystem

CONTACTS: Final = "contacts"
"""What a rule is about that anonymises; the others are keys of a `Retained`."""
LONGEST: Final = 3_650


class Unit(StrEnum):
    DAYS = "days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    name: str
    what: str
    keep: int
    unit: Unit
    source: str = ""
    """Code; of contacts: those whose System Refs are all of it."""
    active: bool = True

    @property
    def is_of_contacts(self) -> bool:
        return self.what == CONTACTS

    @property
    def whom(self) -> Whom:
        return Whom(months=self.keep, source=self.source)

    @property
    def kept_for(self) -> str:
        """`30 days`."""
        unit = str(self.unit)
        return f"{self.keep:,} {unit if self.keep != 1 else unit.removesuffix('s')}"

    def ends_before(self, moment: datetime) -> datetime:
        """What is older goes."""
        is_days = self.unit is Unit.DAYS
        return moment - (timedelta(days=self.keep) if is_days else relativedelta(months=self.keep))


@dataclass(frozen=True, slots=True)
class Retention:
    rules: tuple[Rule, ...] = ()


def retained() -> Mapping[str, Retained]:
    declared: tuple[Retained, ...] = import_string(settings.KITH_RETAINED)
    return {one.key: one for one in declared}


def as_shipped() -> Retention:
    return Retention(
        tuple(
            Rule(name=one.label, what=one.key, keep=one.days, unit=Unit.DAYS, active=one.is_on)
            for one in retained().values()
        )
    )


def _problems(value: Retention) -> tuple[str, ...]:
    reasons = [reason for rule in value.rules for reason in _wrong(rule)]
    names = Counter(rule.name.strip().casefold() for rule in value.rules)
    if any(number > 1 for number in names.values()):
        reasons.append("two rules have one name")
    things = Counter(rule.what for rule in value.rules if not rule.is_of_contacts)
    reasons += [
        f"two rules are about one thing: {retained()[what].label.lower()}"
        for what, number in things.items()
        if number > 1 and what in retained()
    ]
    return tuple(reasons)


def _wrong(rule: Rule) -> Iterator[str]:
    if not rule.name.strip():
        yield "a rule has no name"
    if not rule.is_of_contacts and rule.what not in retained():
        yield f"“{rule.name}” is about nothing that Kith keeps for a time"
    if not 1 <= rule.keep <= LONGEST:
        yield f"“{rule.name}” keeps for 1 to {LONGEST:,} days or months"
    if rule.is_of_contacts and rule.unit is not Unit.MONTHS:
        yield f"“{rule.name}” is about contacts: give months"
    if rule.source and not rule.is_of_contacts:
        yield f"“{rule.name}” is not about contacts: it names no source"


def _refuses(before: Retention, after: Retention) -> tuple[str, ...]:
    """Whatever way a rule comes, it is simulated before it anonymises anybody."""
    rules = [rule for rule in after.rules if rule.active and rule.is_of_contacts]
    new = [rule for rule in rules if rule not in before.rules]
    reasons = [reason for rule in new for reason in _against(rule)]
    if new and not reasons and is_too_many(seen := simulated_together(rules)):
        reasons.append(
            f"the rules about contacts would anonymise {seen.eligible:,} of {seen.active:,} contacts now"
            f" ({seen.percent:.1f} %), and the settings Scheduled anonymisation let at most"
            f" {schedule_in_force().most_percent} % go at once"
        )
    return tuple(reasons)


def _against(rule: Rule) -> Iterator[str]:
    if rule.source and not SourceSystem.objects.filter(code=rule.source).exists():
        yield f"“{rule.name}” names a source that is not there"
    if not anonymisation_in_force().is_enabled:
        yield f"“{rule.name}” anonymises, and anonymising is switched off in the settings Anonymisation"


def simulated_together(rules: Iterable[Rule]) -> Simulated:
    """What all of them would take in one night; whoever two of them take is counted twice."""
    found = [simulated(whom=rule.whom) for rule in rules]
    active = max((one.active for one in found), default=0)
    return Simulated(eligible=min(active, sum(one.eligible for one in found)), active=active)


def is_too_many(seen: Simulated) -> bool:
    """A person has to look first."""
    return seen.percent > schedule_in_force().most_percent


RETENTION: Final = Section(
    key="retention",
    label="Retention rules",
    about="How long files, past claims, messages and contacts that nobody deals with are kept.",
    shape=Retention,
    shipped=as_shipped,
    url_name="retention:rules",
    problems=_problems,
    refuses=_refuses,
)


def rules_in_force() -> tuple[Rule, ...]:
    """Those that are switched on."""
    return tuple(rule for rule in in_force(RETENTION).rules if rule.active)


def kept_for(what: str) -> str:
    """`365 days`; empty: for ever."""
    return next((rule.kept_for for rule in rules_in_force() if rule.what == what), "")
