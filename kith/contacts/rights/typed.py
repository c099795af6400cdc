"""Forms of a claim for somebody who does not see all of it: what is not shown is not in them, and stays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from kith.contacts.rights.rules import Shown, Sight
from kith.kernel.errors import Refused
from kith.matching.records import MAX_REPEATS

_NUMBERED: Final = re.compile(r"^(email|phone|address)_(\d+)(.*)$")


def shown_of(claim: Mapping[str, str], sight: Sight) -> dict[str, str]:
    return {name: text for name, text in claim.items() if sight.shows(name) is Shown.SHOWN}


def with_what_stays(before: Mapping[str, str], typed: Mapping[str, str], sight: Sight) -> dict[str, str]:
    """What was typed, with what was said already and is not shown. A masked single field that was typed anew
    is replaced whole; to a masked list is added.
    """
    kept = {name: text for name, text in before.items() if sight.shows(name) is not Shown.SHOWN}
    anew = {_whole(name) for name in typed}
    kept = {name: text for name, text in kept.items() if _NUMBERED.match(name) or _whole(name) not in anew}
    return {**kept, **_behind(kept, typed)}


def _whole(name: str) -> str:
    """A document is typed as a whole: `passport_expires` goes with `passport_number`."""
    stem = name.removesuffix("_country").removesuffix("_expires").removesuffix("_number")
    return stem if stem in {"id", "passport"} else name


def _behind(kept: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    """Rows of a list behind those that stay."""
    last: dict[str, int] = {}
    for name in kept:
        if numbered := _NUMBERED.match(name):
            last[numbered[1]] = max(last.get(numbered[1], 0), int(numbered[2]))
    found = {}
    for name, text in typed.items():
        numbered = _NUMBERED.match(name)
        if numbered is None or numbered[1] not in last:
            found[name] = text
            continue
        number = int(numbered[2]) + last[numbered[1]]
        if number > MAX_REPEATS:
            raise Refused(f"There can be {MAX_REPEATS} of each, with those that you do not see.")
        found[f"{numbered[1]}_{number}{numbered[3]}"] = text
    return found
