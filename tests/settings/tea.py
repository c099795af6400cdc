"""Two sections that no room has: how tea is served, and with what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kith.settings.sections import Section


class Milk(StrEnum):
    NONE = "none"
    FIRST = "first"


@dataclass(frozen=True, slots=True)
class Kind:
    code: str
    label: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Tea:
    minutes: int = 4
    milk: Milk = Milk.NONE
    kinds: tuple[Kind, ...] = (Kind("BLACK", "Black tea"),)


@dataclass(frozen=True, slots=True)
class Biscuits:
    number: int = 2


REACTED: list[tuple[int, int]] = []


def _refuses(before: Tea, after: Tea) -> tuple[str, ...]:
    gone = {one.code for one in before.kinds} - {one.code for one in after.kinds}
    return ("black tea is in the pot",) if "BLACK" in gone else ()


TEA: Final = Section(
    key="tea",
    label="Tea",
    about="How tea is served.",
    shape=Tea,
    shipped=Tea,
    url_name="home",
    problems=lambda value: ("nobody drinks that",) if value.minutes > 10 else (),
    refuses=_refuses,
    reacts=lambda before, after: REACTED.append((before.minutes, after.minutes)),
)
BISCUITS: Final = Section(
    key="biscuits",
    label="Biscuits",
    about="How many there are.",
    shape=Biscuits,
    shipped=Biscuits,
    url_name="home",
    problems=lambda value: ("there are not so many",) if value.number > 9 else (),
)
SECTIONS: Final = (TEA, BISCUITS)
ELSEWHERE: Final = ()
