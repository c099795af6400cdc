"""The calendars that Kith comes with: text files, each with its source and how complete it is.

A file begins with `word: text` lines (name, languages, countries, also, source, complete); after an empty
line each line is a day, a colon and the names, comma separated. `also` names a calendar whose rules count
too, after its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from kith.namedays.matching import Rule, rules_of

CODES: Final = ("greek", "cypriot", "swedish", "czech")


@dataclass(frozen=True, slots=True)
class CalendarFile:
    code: str
    name: str
    languages: tuple[str, ...]
    """ISO, of people who keep it."""
    countries: tuple[str, ...]
    source: str
    complete: str
    rules: tuple[Rule, ...]

    @property
    def name_count(self) -> int:
        return sum(len(rule.names) for rule in self.rules)


@cache
def calendar_file(code: str) -> CalendarFile:
    if code not in CODES:
        raise KeyError(code)
    text = resources.files(__package__).joinpath(f"{code}.txt").read_text(encoding="utf-8")
    heading, _, body = text.partition("\n\n")
    said = dict(_line(line) for line in heading.splitlines())
    lines = [_line(line) for line in body.splitlines() if line.strip() and not line.startswith("#")]
    own = rules_of((day, _listed(names)) for day, names in lines)
    also = calendar_file(said["also"]).rules if "also" in said else ()
    taken = {name.casefold() for rule in own for name in rule.names}
    return CalendarFile(
        code=code,
        name=said["name"],
        languages=_listed(said["languages"]),
        countries=_listed(said["countries"]),
        source=said["source"],
        complete=said["complete"],
        rules=(*own, *_without(also, taken)),
    )


def all_files() -> tuple[CalendarFile, ...]:
    return tuple(calendar_file(code) for code in CODES)


def _without(rules: tuple[Rule, ...], taken: set[str]) -> tuple[Rule, ...]:
    left = (Rule(one.day, tuple(n for n in one.names if n.casefold() not in taken)) for one in rules)
    return tuple(rule for rule in left if rule.names)


def _line(line: str) -> tuple[str, str]:
    word, _, rest = line.partition(":")
    return word.strip(), rest.strip()


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for part in (one.strip() for one in text.split(",")) if part)
