"""Texts that a spreadsheet shows and never runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Final

_STARTS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def inert(text: str) -> str:
    """A value that a spreadsheet would run as a formula gets an apostrophe in front.

    A plain phone number or negative number stays: signs, digits and spaces alone name no formula.
    """
    if text[:1].isalnum():
        return text
    if not text.lstrip().startswith(_STARTS_FORMULA) and not text.startswith(_STARTS_FORMULA):
        return text
    if text[:1] in {"+", "-"} and text[1:].replace(" ", "").replace(".", "").isdigit():
        return text
    return f"'{text}"


def inert_csv(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(map(inert, row) for row in rows)
    return text.getvalue()
