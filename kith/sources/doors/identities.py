"""`identity_keys` of many cleaned records at once: the same keys, some ten times as fast."""

from __future__ import annotations

from typing import Final

import polars as pl
import pyarrow as pa

from kith.matching.records import CLEANED
from kith.sources.doors.identity import COLUMNS, NUMBERS

_SEPARATOR: Final = "\x1f"
_TYPES: Final = pl.DataFrame(CLEANED.empty_table()).schema


def keys_of_all(cleaned: pa.Table) -> pl.DataFrame:
    """Columns place (of the record, from 0) and key, in no order."""
    frame = pl.from_arrow(cleaned.select([name for name in COLUMNS if name in cleaned.column_names]))
    assert isinstance(frame, pl.DataFrame)
    absent = [pl.lit(None, _TYPES[name]).alias(name) for name in COLUMNS if name not in frame.columns]
    frame = frame.with_columns(absent).with_row_index("place")
    is_named = _says("last_key") & _says("first_key")
    parts = [
        *(_of_number(frame, *one) for one in NUMBERS),
        _of_each(frame.filter(_says("last_key")), "emails", "email", _EMAIL, "last_key"),
        _of_each(frame.filter(is_named), "phones", "phone", pl.col("one"), "last_key", "first_key"),
        _of_births(frame.filter(is_named & pl.col("birth_date").is_not_null())),
        _of_each(
            frame.filter(_says("company_key") & ~_says("last_key")),
            "emails",
            "company",
            _EMAIL,
            "company_key",
        ),
    ]
    return pl.concat(parts)


_EMAIL: Final = pl.col("one").str.to_lowercase()


def _says(name: str) -> pl.Expr:
    return (pl.col(name) != "").fill_null(value=False)


def _of_number(frame: pl.DataFrame, kind: str, number: str, country: str) -> pl.DataFrame:
    where = pl.col(country).fill_null("") if country else pl.lit("")
    return frame.filter(_says(number)).select("place", _key(pl.lit(kind), where, pl.col(number)))


def _of_each(frame: pl.DataFrame, column: str, kind: str, one: pl.Expr, *beside: str) -> pl.DataFrame:
    return _exploded(frame, column, *beside).select(
        "place", _key(pl.lit(kind), one, *(pl.col(name) for name in beside))
    )


def _of_births(frame: pl.DataFrame) -> pl.DataFrame:
    of_each = _exploded(frame, "postcode_keys", "first_key", "last_key", "birth_date")
    born = pl.col("birth_date").dt.to_string("%Y-%m-%d")
    return of_each.select(
        "place", _key(pl.lit("born"), pl.col("first_key"), pl.col("last_key"), born, pl.col("one"))
    )


def _exploded(frame: pl.DataFrame, column: str, *beside: str) -> pl.DataFrame:
    one = pl.col(column).cast(pl.List(pl.String)).alias("one")
    return frame.select("place", *beside, one).explode("one").filter(_says("one"))


def _key(*parts: pl.Expr) -> pl.Expr:
    return pl.concat_str(parts, separator=_SEPARATOR).alias("key")
