"""C9, C10: which calendars count, whose name days are looked for and when; and rules of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kith.kernel.errors import Refused
from kith.namedays.calendars import CODES, calendar_file
from kith.namedays.days import read_day
from kith.namedays.matching import Calendar, Rule, rules_of
from kith.settings.in_force import in_force
from kith.settings.rows import MOST_ROWS
from kith.settings.sections import Section

OWN: Final = "own"
"""The calendar of one's own rules; goes before all others."""
LONGEST_NAMES: Final = 2000
_FORMULA: Final = ("=", "+", "-", "@")


class Scope(StrEnum):
    ALL = "all"
    WITHOUT = "without"


class Order(StrEnum):
    CONTACT = "contact"
    LISTED = "listed"


class Schedule(StrEnum):
    NIGHT = "night"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class NameDaySettings:
    calendars: tuple[str, ...] = ("greek",)
    """Codes of those that count, in their order."""
    order: Order = Order.CONTACT
    scope: Scope = Scope.ALL
    schedule: Schedule = Schedule.NIGHT


@dataclass(frozen=True, slots=True)
class OwnRule:
    day: str
    """As `kith.namedays.days` writes it."""
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnRules:
    rules: tuple[OwnRule, ...] = ()


def _settings_problems(value: NameDaySettings) -> tuple[str, ...]:
    unknown = [f"there is no calendar “{code}”" for code in value.calendars if code not in CODES]
    is_twice = len(set(value.calendars)) < len(value.calendars)
    return (*unknown, *(("a calendar stands twice in the list",) if is_twice else ()))


def _rule_problems(value: OwnRules) -> tuple[str, ...]:
    reasons = [reason for place, one in enumerate(value.rules, 1) for reason in _problems_of(one, place)]
    days = [one.day for one in value.rules]
    reasons += [f"two rules are for {day}" for day in dict.fromkeys(days) if days.count(day) > 1]
    if len(value.rules) > MOST_ROWS:
        reasons.append(f"there are at most {MOST_ROWS} rules")
    return tuple(reasons[:20])


def _problems_of(rule: OwnRule, place: int) -> list[str]:
    try:
        is_code = read_day(rule.day).code == rule.day
    except Refused as refused:
        return [f"rule {place}: {refused.message}"]
    found = [] if is_code else [f"rule {place}: the day is not written as Kith writes it"]
    if not rule.names:
        found.append(f"rule {place} names nobody")
    if any(not name.strip() or "," in name or name.startswith(_FORMULA) for name in rule.names):
        found.append(f"rule {place}: a name is empty, has a comma in it or begins with a sign")
    if len(", ".join(rule.names)) > LONGEST_NAMES:
        found.append(f"rule {place}: its names are longer than {LONGEST_NAMES} characters together")
    return found


NAME_DAYS: Final = Section(
    key="name_days",
    label="Name days",
    about="Which calendars count, whose name days are looked for, and when.",
    shape=NameDaySettings,
    shipped=NameDaySettings,
    url_name="name-days:settings",
    problems=_settings_problems,
)
OWN_RULES: Final = Section(
    key="name_day_rules",
    label="Name day rules",
    about="Days of your own, and the names that celebrate then. They go before the calendars.",
    shape=OwnRules,
    shipped=OwnRules,
    url_name="name-days:rules",
    problems=_rule_problems,
)


def own_rules() -> tuple[Rule, ...]:
    return rules_of((one.day, one.names) for one in in_force(OWN_RULES).rules)


def label_of(calendar: str) -> str:
    return calendar_file(calendar).name if calendar in CODES else "Own rules"


@dataclass(frozen=True, slots=True)
class InForce:
    """What the settings say, ready to look names up. `year`: the one in which dates are compared."""

    own: Calendar
    calendars: tuple[Calendar, ...]
    order: Order

    def for_contact(self, *, language: str, country: str) -> Sequence[Calendar]:
        """One's own rules; then the calendars of the country, of the language, and the others."""
        if self.order is Order.LISTED or not (language or country):
            return (self.own, *self.calendars)
        return (self.own, *sorted(self.calendars, key=lambda one: _distance(one.code, language, country)))


def _distance(code: str, language: str, country: str) -> int:
    kept = calendar_file(code)
    if country.upper() in kept.countries:
        return 0
    return 1 if language.lower() in kept.languages else 2


def calendars_in_force(*, year: int) -> InForce:
    settings = in_force(NAME_DAYS)
    calendars = (Calendar(code, calendar_file(code).rules, year=year) for code in settings.calendars)
    return InForce(Calendar(OWN, own_rules(), year=year), tuple(calendars), settings.order)
