"""The raw columns, tidied when asked for, with what there is to say of them."""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from kith.matching.cleaning.columns import Remarks, nothing, tidied, without_placeholders
from kith.matching.cleaning.junk import JunkList
from kith.matching.cleaning.text import MAX_SHOWN

_LONGEST_EMAIL: Final = 320
# Where a listed text may be a true value (NO is Norway, 0 is no), the reader of the words decides.
_WORD_FIELD: Final = re.compile(
    r"^(kind|gender|language|residence_country|direct_marketing|affiliate_marketing|claimed_at|source_created_at"
    r"|birth_date|(phone|address)_\d_country)$"
)


class Sheet:
    def __init__(self, raw: pl.DataFrame, *, junk: JunkList) -> None:
        self._raw = raw
        self._junk = junk
        self.height = raw.height
        self.remarks = Remarks()
        self.refusals = Remarks()

    def has(self, field: str) -> bool:
        return field in self._raw.columns and self._raw[field].null_count() < self.height

    def text(self, field: str) -> pl.Series:
        if not self.has(field):
            return nothing(self.height)
        longest = _LONGEST_EMAIL if field.startswith("email_") else MAX_SHOWN
        column = self._raw[field].cast(pl.String, strict=False)
        column = tidied(column, field=field, remarks=self.remarks, longest=longest)
        if _WORD_FIELD.match(field):
            return column
        return without_placeholders(column, field=field, junk=self._junk, remarks=self.remarks)
