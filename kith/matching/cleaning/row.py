"""One raw record while it is cleaned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from kith.matching.cleaning import values
from kith.matching.cleaning.cleaned import Remark
from kith.matching.cleaning.columns import CUT, NUL_REMOVED
from kith.matching.cleaning.options import CleaningOptions
from kith.matching.cleaning.text import tidy, well_formed

_Word = TypeVar("_Word")


class Row:
    """The raw texts, tidied when asked for, with what there is to say of them."""

    def __init__(self, raw: Mapping[str, str | None], *, options: CleaningOptions) -> None:
        self._raw = raw
        self.options = options
        self.remarks: list[Remark] = []
        self.refusals: list[Remark] = []

    def say(self, field: str, reason: str | None) -> None:
        if reason:
            self.remarks.append(Remark(field=field, reason=reason))

    def refuse(self, field: str, reason: str) -> None:
        self.refusals.append(Remark(field=field, reason=reason))

    def text(self, field: str) -> str | None:
        stated = self._raw.get(field)
        if not stated:
            return None
        text = self._tidied(field, well_formed(stated))
        if text is None or values.is_word_field(field) or not self.is_placeholder(text):
            return text
        self.say(field, values.A_PLACEHOLDER)
        return None

    def starting_with(self, prefix: str) -> list[str]:
        return sorted(name for name in self._raw if name.startswith(prefix))

    def is_placeholder(self, text: str) -> bool:
        return values.is_placeholder(text, junk=self.options.junk)

    def _tidied(self, field: str, stated: str) -> str | None:
        if "\x00" in stated:
            self.say(field, NUL_REMOVED)
        text, longest = tidy(stated), values.longest(field)
        if len(text) > longest:
            self.say(field, CUT)
            text = text[:longest].strip()
        return text or None

    def word(self, field: str, read: Callable[[str], _Word | None], *, reason: str) -> _Word | None:
        stated = self.text(field)
        if stated is None:
            return None
        found = read(stated)
        if found is None:
            self.say(field, values.A_PLACEHOLDER if self.is_placeholder(stated) else reason)
        return found
