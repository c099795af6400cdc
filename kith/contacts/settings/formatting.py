"""C11, A38: what typed postcodes, phones and identity numbers look like, by country.

A pattern is run by RE2, as Arrow carries it: its time grows with the length of the value only, whatever the
pattern, and it refuses patterns that would need much memory. What it is given is short, so no pattern can
hold anybody up; Python's own `re` could be kept busy for hours by a few characters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from kith.contacts.settings.codes import inside
from kith.matching.cleaning.words import read_country
from kith.settings.in_force import in_force
from kith.settings.sections import Section

FIELDS: Final[Mapping[str, str]] = {
    "postcode": "Postcode",
    "po_box_postcode": "PO box postcode",
    "phone": "Phone",
    "id_number": "ID number",
    "passport_number": "Passport number",
    "social_security_number": "Social security number",
    "vat_number": "VAT number",
    "registration_number": "Registration number",
}
MOST_PATTERN: Final = 200
MOST_VALUE: Final = 200


class Method(StrEnum):
    SIMPLE = "simple"
    ADVANCED = "advanced"


class Characters(StrEnum):
    ANY = "any"
    DIGITS = "digits"
    LETTERS = "letters"
    LETTERS_AND_DIGITS = "letters_and_digits"


CHARACTERS: Final[Mapping[Characters, str]] = {
    Characters.ANY: "any characters",
    Characters.DIGITS: "digits only",
    Characters.LETTERS: "letters only",
    Characters.LETTERS_AND_DIGITS: "letters and digits only",
}
METHODS: Final[Mapping[Method, str]] = {
    Method.SIMPLE: "Length and characters",
    Method.ADVANCED: "Pattern",
}


@dataclass(frozen=True, slots=True)
class FormatRule:
    field: str
    country: str = ""
    """Of two letters; '' for every country that has no rule of its own."""
    method: Method = Method.SIMPLE
    shortest: int = 0
    longest: int = 0
    """0: as long as it likes."""
    characters: Characters = Characters.ANY
    pattern: str = ""
    """A regular expression in RE2's words; the whole value must match."""
    example: str = ""
    """Shown to whoever typed something else."""
    active: bool = True

    def wrong(self, value: str) -> str:
        """Why not, as a sentence; '' where it is fine."""
        fits = self._fits(value) if len(value) <= MOST_VALUE else False
        return "" if fits else self._sentence()

    def _fits(self, value: str) -> bool:
        if self.method is Method.ADVANCED:
            return matches(self.pattern, value)
        if len(value) < self.shortest or (self.longest and len(value) > self.longest):
            return False
        return _ONLY[self.characters](value)

    def _sentence(self) -> str:
        example = f", for example {self.example}" if self.example else ""
        if self.method is Method.ADVANCED:
            return f"This is not how {_article(self.field)} is written{self._where()}{example}."
        return f"{FIELDS[self.field]}{self._where()}: {self._measure()}{example}."

    def _measure(self) -> str:
        what = {
            Characters.ANY: "characters",
            Characters.DIGITS: "digits",
            Characters.LETTERS: "letters",
            Characters.LETTERS_AND_DIGITS: "letters and digits",
        }[self.characters]
        if self.shortest and self.shortest == self.longest:
            return f"exactly {self.longest} {what}"
        if self.shortest and self.longest:
            return f"{self.shortest} to {self.longest} {what}"
        if self.longest:
            return f"at most {self.longest} {what}"
        return f"at least {self.shortest} {what}" if self.shortest else f"{what} only"

    def _where(self) -> str:
        return f" in {self.country}" if self.country else ""


def _article(field: str) -> str:
    label = inside(FIELDS[field])
    return f"{'an' if label[:1] in 'IAEOaeio' else 'a'} {label}"


_ONLY: Final[Mapping[Characters, Callable[[str], bool]]] = {
    Characters.ANY: lambda value: True,
    Characters.DIGITS: lambda value: value.isascii() and value.isdigit(),
    Characters.LETTERS: str.isalpha,
    Characters.LETTERS_AND_DIGITS: str.isalnum,
}


def matches(pattern: str, value: str) -> bool:
    found = pc.match_substring_regex(pa.array([value]), pattern=rf"\A(?:{pattern})\z")
    return bool(found[0].as_py())


def _cannot_be_run(pattern: str) -> str:
    """What RE2 says against it; '' for nothing."""
    try:
        pc.match_substring_regex(pa.array([""]), pattern=pattern)
        matches(pattern, "")
    except pa.ArrowInvalid as invalid:
        return str(invalid).removeprefix("Invalid regular expression: ").partition(": \\A")[0][:120]
    return ""


@dataclass(frozen=True, slots=True)
class Formatting:
    rules: tuple[FormatRule, ...] = ()

    def rule_for(self, field: str, country: str) -> FormatRule | None:
        """That of the country, else that of all others."""
        found = {one.country: one for one in self.rules if one.field == field and one.active}
        return found.get(country) or found.get("")

    def wrong(self, field: str, value: str, *, country: str) -> str:
        rule = self.rule_for(field, country)
        return rule.wrong(value) if rule else ""


def _problems(value: Formatting) -> tuple[str, ...]:
    reasons = [
        reason for place, one in enumerate(value.rules, start=1) for reason in _problems_of(one, place)
    ]
    keys = [(one.field, one.country) for one in value.rules]
    if len(set(keys)) < len(keys):
        reasons.append("two rules are for the same field and country")
    return tuple(reasons)


def _problems_of(rule: FormatRule, place: int) -> list[str]:
    reasons = []
    if rule.field not in FIELDS:
        reasons.append(f"rule {place} is for a field that has no formatting")
    if rule.country and read_country(rule.country) != rule.country:
        reasons.append(f"rule {place} names no country of two letters")
    if rule.method is Method.ADVANCED:
        return [*reasons, *pattern_problems(rule.pattern, what=f"the pattern of rule {place}")]
    if rule.shortest < 0 or rule.longest < 0 or (rule.longest and rule.shortest > rule.longest):
        reasons.append(f"the lengths of rule {place} contradict each other")
    if max(rule.shortest, rule.longest) > MOST_VALUE:
        reasons.append(f"rule {place} is longer than any value: {MOST_VALUE} characters")
    return reasons


def pattern_problems(pattern: str, *, what: str) -> list[str]:
    if not pattern:
        return [f"{what} is empty"]
    if len(pattern) > MOST_PATTERN:
        return [f"{what} is longer than {MOST_PATTERN} characters"]
    wrong = _cannot_be_run(pattern)
    return [f"{what} cannot be run: {wrong}"] if wrong else []


FORMATTING: Final = Section(
    key="formatting",
    label="Formatting of numbers and postcodes",
    about="What typed postcodes, phones and identity numbers look like, by country.",
    shape=Formatting,
    shipped=Formatting,
    url_name="contact-settings:formatting",
    problems=_problems,
)


def formatting_in_force() -> Formatting:
    return in_force(FORMATTING)
