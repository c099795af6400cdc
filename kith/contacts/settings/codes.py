"""What all lists of coded entries share. A code is for ever; what it is called may change. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, Protocol, TypeVar

from kith.matching.cleaning.text import fold_words

MOST_CODE: Final = 20
"""As long as the columns that hold them."""
MOST_LABEL: Final = 160
_CODE: Final = re.compile(rf"[A-Z0-9][A-Z0-9_]{{0,{MOST_CODE - 1}}}")


class Coded(Protocol):
    @property
    def code(self) -> str: ...

    @property
    def label(self) -> str: ...


Entry = TypeVar("Entry", bound=Coded)


def inside(label: str) -> str:
    """A label within a sentence: `last name`, but `ID number`."""
    return label if label[1:2].isupper() else f"{label[:1].lower()}{label[1:]}"


def same(code: str) -> str:
    """By what codes are compared: sources write `home`, `Home`, `HOME`."""
    return code.strip().upper()


def code_from(label: str) -> str:
    """What a new entry is coded as where nobody said: `Sales partner` → `SALES_PARTNER`."""
    return "_".join(fold_words(label)).upper()[:MOST_CODE].strip("_")


def by_code(entries: Iterable[Entry]) -> dict[str, Entry]:
    return {entry.code: entry for entry in entries}


def problems_of(entries: Sequence[Coded], *, what: str) -> list[str]:
    """`what`: one entry in words, `phone type`."""
    found = []
    for place, entry in enumerate(entries, start=1):
        if not _CODE.fullmatch(entry.code):
            found.append(
                f"{what} {place} needs a code of capital letters, digits and _, at most {MOST_CODE} of them"
            )
        if not entry.label.strip():
            found.append(f"{what} {entry.code or place} needs a label")
        if len(entry.label) > MOST_LABEL:
            found.append(f"the label of {what} {entry.code} is longer than {MOST_LABEL} characters")
    return [*found, *_twice(entries, what=what)]


def _twice(entries: Sequence[Coded], *, what: str) -> list[str]:
    codes = [entry.code for entry in entries]
    labels = [entry.label.strip().casefold() for entry in entries if entry.label.strip()]
    found = [f"two entries have the code {code}" for code in dict.fromkeys(codes) if codes.count(code) > 1]
    if len(set(labels)) < len(labels):
        again = next(label for label in labels if labels.count(label) > 1)
        name = next(one.label for one in entries if one.label.strip().casefold() == again)
        found.append(f"two entries are called “{name.strip()}”; each {what} needs a label of its own")
    return found


def removed(before: Sequence[Coded], after: Sequence[Coded]) -> tuple[str, ...]:
    """Codes that are there no more."""
    kept = {entry.code for entry in after}
    return tuple(entry.code for entry in before if entry.code not in kept)
