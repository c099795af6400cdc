"""Finds any number of values of any number of people in bytes, at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from ahocorasick_rs import BytesAhoCorasick

from kith.privacy.proof.needles import forms, is_bounded

_ESCAPES: Final = frozenset(b"nrtbf")


@dataclass(frozen=True, slots=True)
class Found:
    uid: UUID
    needle: int
    """Its place among the values of this erasure; says nothing to whoever has them not."""


class Matcher:
    def __init__(self, needles: Mapping[UUID, frozenset[str]]) -> None:
        owners: dict[bytes, set[Found]] = defaultdict(set)
        bounded: dict[bytes, bool] = {}
        for uid, texts in needles.items():
            for number, text in enumerate(sorted(texts)):
                for form in forms(text):
                    owners[form.pattern].add(Found(uid, number))
                    is_whole = form.is_plain and is_bounded(text)
                    bounded[form.pattern] = bounded.get(form.pattern, True) and is_whole
        self._owners = [frozenset(found) for found in owners.values()]
        self._bounded = [bounded[pattern] for pattern in owners]
        self._automaton = BytesAhoCorasick(list(owners)) if owners else None
        self.longest: Final = max(map(len, owners), default=0)

    def of(self, data: bytes) -> frozenset[Found]:
        """Letters of ASCII in either case."""
        if self._automaton is None:
            return frozenset()
        read, found = data.lower(), set[Found]()
        for index, start, end in self._automaton.find_matches_as_indexes(read, overlapping=True):
            if not self._bounded[index] or _stands_alone(read, start, end):
                found |= self._owners[index]
        return frozenset(found)


def _stands_alone(data: bytes, start: int, end: int) -> bool:
    """`anna@example.org` does not stand in `joanna@example.org`, but after the `\\n` of JSON it does."""
    if end < len(data) and _is_word(data[end]):
        return False
    if start == 0 or not _is_word(data[start - 1]):
        return True
    is_escape = start > 1 and data[start - 2] == ord("\\") and data[start - 1] in _ESCAPES
    return is_escape or (start > 2 and data[start - 3] == ord("%"))


def _is_word(byte: int) -> bool:
    return byte < 0x80 and chr(byte).isalnum()
