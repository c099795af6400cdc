"""Amounts as people write them, to plain decimal text. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

_PLAIN: Final = r"^-?\d{1,14}(\.\d+)?$"


def writes_decimal_comma(values: Sequence[str]) -> bool:
    """Whether a whole column reads `1.234,56` rather than `1,234.56`; one value alone cannot tell `1,234`."""
    comma = dot = 0
    for value in values:
        text = value.strip().strip("()- ")
        last_comma, last_dot = text.rfind(","), text.rfind(".")
        if last_comma == last_dot:
            continue
        is_comma = last_comma > last_dot
        after = sum(sign.isdigit() for sign in text[max(last_comma, last_dot) :])
        weight = 3 if min(last_comma, last_dot) >= 0 else (2 if after in {1, 2} else 0)
        comma += weight * is_comma
        dot += weight * (not is_comma)
    return comma > dot


def plain_amounts(values: pl.Series, *, decimal_comma: bool) -> pl.Series:
    """`-1234.56`, or null for what is no amount. Brackets and a trailing minus are negative."""
    text = values.str.strip_chars()
    negative = text.str.contains(r"^\(.*\)$|^-|-$|^[^\d]*-")
    digits = text.str.replace_all(r"[^\d.,]", "")
    digits = (
        digits.str.replace_all(".", "", literal=True).str.replace_all(",", ".", literal=True)
        if decimal_comma
        else digits.str.replace_all(",", "", literal=True)
    )
    is_amount = text.str.contains(r"^[^\w]*([A-Za-z]{1,4}[^\w]*)?[\d][\d.,\s']*[^\w]*([A-Za-z]{1,4})?[^\w]*$")
    signed = pl.select(
        pl.when(negative).then(pl.concat_str(pl.lit("-"), digits)).otherwise(digits)
    ).to_series()
    return signed.set(~(is_amount & signed.str.contains(_PLAIN)), None)
