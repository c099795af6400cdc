"""The raw columns, tidied when asked for, with what there is to say of them."""

from __future__ import annotations

import polars as pl

from kith.matching.cleaning.columns import Remarks, nothing, tidied, without_placeholders
from kith.matching.cleaning.junk import JunkList
from kith.matching.cleaning.values import is_word_field, longest


class Sheet:
    def __init__(self, raw: pl.DataFrame, *, junk: JunkList) -> None:
        self._raw = raw
        self._junk = junk
        self.height = raw.height
        self.remarks = Remarks()
        self.refusals = Remarks()

    def has(self, field: str) -> bool:
        return field in self._raw.columns and self._raw[field].null_count() < self.height

    def starting_with(self, prefix: str) -> list[str]:
        """Fields that some row states, in name order."""
        return sorted(name for name in self._raw.columns if name.startswith(prefix) and self.has(name))

    def text(self, field: str) -> pl.Series:
        if not self.has(field):
            return nothing(self.height)
        column = self._raw[field].cast(pl.String, strict=False)
        column = tidied(column, field=field, remarks=self.remarks, longest=longest(field))
        if is_word_field(field):
            return column
        return without_placeholders(column, field=field, junk=self._junk, remarks=self.remarks)
