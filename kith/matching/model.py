"""The matching model: what is compared, in which levels, and how much each level says. A table one can read.

Fellegi and Sunter: a level that is seen with probability m among pairs of one person and u among pairs of two
persons says log2(m / u) bits. A field that one side does not know says nothing. The bits of all fields and
the odds before looking (`Model.prior`) add up to the log2 odds that the two are one.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Self

from kith.matching.records import COMPANY, PERSON


class Compared(StrEnum):
    """What a comparison looks at."""

    FIRST_NAME = "first_name"
    MIDDLE_NAME = "middle_name"
    LAST_NAME = "last_name"
    GENDER = "gender"
    BIRTH_DATE = "birth_date"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    IDENTITY_NUMBER = "identity_number"
    COMPANY_NAME = "company_name"


class Test(StrEnum):
    """The closed set of level kinds."""

    EXACT = "exact"
    """The same; for fields with several values: one shared."""
    TRANSPOSED = "transposed"
    """First name is the other's last name, and the other way round."""
    NICKNAME = "nickname"
    FORM = "form"
    """The family name in another form: Novák and Nováková."""
    OWN = "own"
    """An e-mail in common that is named after the one of the two whose first name is known."""
    SIMILAR = "similar"
    """Jaro-Winkler of at least the threshold."""
    SOUND = "sound"
    """Written otherwise, sounding alike: Philippos and Filippos, Haddad and its Arabic consonants."""
    PART = "part"
    """One is the beginning or the end of the other: 'maria' and 'mariaelena', 'diaz' and 'jimenezdiaz'."""
    INITIAL = "initial"
    RENAMED = "renamed"
    """Last names differ between two women (or unknown) of one first name and one birth date."""
    SWAPPED = "swapped"
    """Day and month of the birth date changed places."""
    DIGIT = "digit"
    """One digit of eight differs."""
    SAME_YEAR = "same_year"
    EDIT = "edit"
    """One letter or digit added, lost, changed or swapped with its neighbour."""
    LOCAL_PART = "local_part"
    """The same before the @, at another provider."""
    STREET = "street"
    """Street similar (at least the threshold), postcode the same."""
    POSTCODE = "postcode"
    ELSE = "else"
    """Both known, none of the levels above."""


FITTING: Final[dict[Compared, tuple[Test, ...]]] = {
    Compared.FIRST_NAME: (
        Test.EXACT, Test.TRANSPOSED, Test.NICKNAME, Test.SIMILAR, Test.SOUND, Test.PART, Test.INITIAL,
        Test.ELSE,
    ),
    Compared.MIDDLE_NAME: (Test.EXACT, Test.SIMILAR, Test.SOUND, Test.PART, Test.INITIAL, Test.ELSE),
    Compared.LAST_NAME: (
        Test.EXACT, Test.TRANSPOSED, Test.FORM, Test.SIMILAR, Test.SOUND, Test.PART, Test.INITIAL,
        Test.RENAMED, Test.ELSE,
    ),
    Compared.GENDER: (Test.EXACT, Test.ELSE),
    Compared.BIRTH_DATE: (Test.EXACT, Test.SWAPPED, Test.DIGIT, Test.SAME_YEAR, Test.ELSE),
    Compared.EMAIL: (Test.OWN, Test.EXACT, Test.EDIT, Test.LOCAL_PART, Test.ELSE),
    Compared.PHONE: (Test.EXACT, Test.EDIT, Test.ELSE),
    Compared.ADDRESS: (Test.EXACT, Test.STREET, Test.POSTCODE, Test.ELSE),
    Compared.IDENTITY_NUMBER: (Test.EXACT, Test.EDIT, Test.ELSE),
    Compared.COMPANY_NAME: (Test.EXACT, Test.SIMILAR, Test.ELSE),
}  # fmt: skip
"""Which levels a field can have; anything else is refused."""

WITH_THRESHOLD: Final = (Test.SIMILAR, Test.STREET)
WITH_FREQUENCY: Final = (Compared.FIRST_NAME, Compared.LAST_NAME, Compared.COMPANY_NAME, Compared.ADDRESS)
"""Fields whose values are counted: agreeing on a rare one says more. Of addresses it is the postcode."""


SIZE_OF_U: Final = 100_000


@dataclass(frozen=True, slots=True)
class Level:
    test: Test
    m: float
    """How often pairs of one person are at this level, of those that know the field."""
    u: float
    """How often pairs of two persons are."""
    threshold: float | None = None
    by_frequency: bool = False
    """The share of the very value takes the place of u."""
    by_size: bool = False
    """u is that of a store of SIZE_OF_U records and falls as a store grows: two persons share an e-mail
    because they live together, and such pairs become rarer among all pairs."""

    def u_among(self, records: int) -> float:
        return self.u * SIZE_OF_U / max(records, 1000) if self.by_size else self.u

    def weight(self, records: int) -> float:
        """Bits in a store of so many records, before any value's own frequency."""
        return math.log2(self.m / self.u_among(records))


@dataclass(frozen=True, slots=True)
class Comparison:
    field: Compared
    levels: tuple[Level, ...]
    """The first that holds counts; the last is ELSE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    kind: str
    comparisons: tuple[Comparison, ...]
    pairs_per_record: float
    """True pairs in a store divided by its records: stays the same while a store grows, lambda does not."""
    group_at: float
    """log2 odds from which two records are grouped: 4 is 16 to 1."""
    review_at: float
    """From here a person is asked."""

    def prior(self, records: int) -> float:
        """log2 odds that two records picked at random among so many are one."""
        lam = min(2 * self.pairs_per_record / max(records - 1, 1), 0.5)
        return math.log2(lam / (1 - lam))

    def lam(self, records: int) -> float:
        return min(2 * self.pairs_per_record / max(records - 1, 1), 0.5)

    @property
    def version(self) -> str:
        """A hash of all that the model says; equal models have equal ones."""
        body = json.dumps(self.to_json(), sort_keys=True)
        return hashlib.sha256(body.encode()).hexdigest()[:16]

    def comparison(self, field: Compared) -> Comparison | None:
        return next((found for found in self.comparisons if found.field is field), None)

    def with_comparison(self, comparison: Comparison) -> Self:
        """The same with one comparison in the place of that of its field."""
        changed = (comparison if old.field is comparison.field else old for old in self.comparisons)
        return replace(self, comparisons=tuple(changed))

    def to_json(self) -> dict[str, object]:
        return {
            "kind": self.kind,
            "pairs_per_record": self.pairs_per_record,
            "group_at": self.group_at,
            "review_at": self.review_at,
            "comparisons": [
                {"field": one.field.value, "levels": [_level_as_json(level) for level in one.levels]}
                for one in self.comparisons
            ],
        }

    @classmethod
    def from_json(cls, body: object) -> Self:
        """Raises UnreadableModel with a sentence that names the field and the level."""
        if not isinstance(body, dict):
            raise UnreadableModel("A model is an object with its kind, thresholds and comparisons.")
        kind, comparisons = body.get("kind"), body.get("comparisons")
        if kind not in (PERSON, COMPANY):
            raise UnreadableModel("A model is for persons or for companies; this one says neither.")
        if not isinstance(comparisons, list):
            raise UnreadableModel("A model has a list of comparisons.")
        found = cls(
            kind=kind,
            comparisons=tuple(_comparison_from(entry) for entry in comparisons),
            pairs_per_record=_number(body, "pairs_per_record", of="the model"),
            group_at=_number(body, "group_at", of="the model"),
            review_at=_number(body, "review_at", of="the model"),
        )
        problems = validate(found)
        if problems:
            raise UnreadableModel(" ".join(problems))
        return found


class UnreadableModel(ValueError):
    """The text is not a model we can use; the sentence may be shown to the user."""


def validate(model: Model) -> tuple[str, ...]:
    """Every problem in words."""
    problems = [problem for comparison in model.comparisons for problem in _comparison_problems(comparison)]
    fields = [comparison.field for comparison in model.comparisons]
    problems += [f"'{field}' is compared twice." for field in Compared if fields.count(field) > 1]
    if not model.comparisons:
        problems.append("A model compares at least one field.")
    if not 0 < model.pairs_per_record <= 1000:
        problems.append("True pairs per record must be more than 0 and at most 1,000.")
    if not -50 <= model.review_at <= model.group_at <= 100:
        problems.append("'Group from' must be at least 'review from', both between -50 and 100.")
    return tuple(problems)


def _comparison_problems(comparison: Comparison) -> list[str]:
    name, tests = comparison.field.value, [level.test for level in comparison.levels]
    problems = [
        f"{name}: there is no level '{test.value}' for it."
        for test in tests
        if test not in FITTING[comparison.field]
    ]
    if not tests or tests[-1] is not Test.ELSE or tests.count(Test.ELSE) > 1:
        problems.append(f"{name}: the last level, and no other, must be '{Test.ELSE.value}'.")
    steps = [(level.test, level.threshold) for level in comparison.levels]
    if len(set(steps)) < len(steps):
        problems.append(f"{name}: the same level stands there twice.")
    for level in comparison.levels:
        problems += [f"{name}, level '{level.test.value}': {problem}" for problem in _level_problems(level)]
    return problems


def _level_problems(level: Level) -> list[str]:
    problems = []
    if not (0 < level.m <= 1 and 0 < level.u <= 1):
        problems.append("m and u must be more than 0 and at most 1.")
    if level.test in WITH_THRESHOLD and not 0.7 <= (level.threshold or 0) <= 1:
        problems.append("the threshold must be between 0.7 and 1.")
    if level.by_frequency and level.by_size:
        problems.append("u follows either the value's frequency or the size of the store, not both.")
    if level.test not in WITH_THRESHOLD and level.threshold is not None:
        problems.append("it has no threshold.")
    return problems


def _level_as_json(level: Level) -> dict[str, object]:
    body: dict[str, object] = {"test": level.test.value, "m": level.m, "u": level.u}
    if level.threshold is not None:
        body["threshold"] = level.threshold
    if level.by_frequency:
        body["by_frequency"] = True
    if level.by_size:
        body["by_size"] = True
    return body


def _comparison_from(entry: object) -> Comparison:
    if not isinstance(entry, dict) or not isinstance(entry.get("levels"), list):
        raise UnreadableModel("A comparison has a field and a list of levels.")
    field = entry.get("field")
    if field not in list(Compared):
        raise UnreadableModel(f"There is no field '{field}' to compare.")
    return Comparison(
        Compared(field), tuple(_level_from(level, field=str(field)) for level in entry["levels"])
    )


def _level_from(entry: object, *, field: str) -> Level:
    if not isinstance(entry, dict) or entry.get("test") not in list(Test):
        said = entry.get("test") if isinstance(entry, dict) else entry
        raise UnreadableModel(f"{field}: there is no level '{said}'.")
    threshold = entry.get("threshold")
    where = f"{field}, level '{entry['test']}'"
    return Level(
        Test(entry["test"]),
        _number(entry, "m", of=where),
        _number(entry, "u", of=where),
        None if threshold is None else _number(entry, "threshold", of=where),
        entry.get("by_frequency", False) is True,
        entry.get("by_size", False) is True,
    )


def _number(entry: dict[str, object], name: str, *, of: str) -> float:
    value = entry.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise UnreadableModel(f"'{name}' of {of} must be a number.")
    return float(value)
