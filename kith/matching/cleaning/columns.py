"""Whole columns at once: each different value is read once, remarks are gathered only where there are any."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

import numpy as np
import polars as pl
import pyarrow as pa

from kith.matching.cleaning.junk import JunkList
from kith.matching.cleaning.text import MAX_SHOWN, tidy
from kith.matching.cleaning.values import A_PLACEHOLDER
from kith.matching.records import REMARK

Schema: TypeAlias = Mapping[str, pl.DataType | type[pl.DataType]]
Reader: TypeAlias = Callable[[str], tuple[object, ...]]

NUL_REMOVED: Final = "NUL bytes were removed"
CUT: Final = f"longer than {MAX_SHOWN} characters, the rest was cut"

_UNTIDY: Final = r"[^\x20-\x7e]|^ | $|  "
_NO_SIGN_OF_WORD: Final = r"^[\p{P}\p{Z}$+<=>^`|~]+$"
_REMARK_SCHEMA: Final = {"row": pl.UInt32, "field": pl.String, "reason": pl.String}


class Remarks:
    """What is to be said of which row, gathered column by column."""

    def __init__(self) -> None:
        self._found: list[pl.DataFrame] = []

    def say(self, field: str, reason: str, *, where: pl.Series) -> None:
        """`where`: one boolean per row."""
        rows = where.fill_null(value=False).arg_true()
        if len(rows):
            frame = pl.DataFrame({"row": rows.cast(pl.UInt32)})
            self._add(frame.with_columns(field=pl.lit(field), reason=pl.lit(reason)))

    def say_each(self, field: str, reasons: pl.Series) -> None:
        """`reasons`: one per row, null where there is nothing to say."""
        self.say_of(pl.DataFrame({"reason": reasons}).with_row_index("row").with_columns(field=pl.lit(field)))

    def say_of(self, frame: pl.DataFrame) -> None:
        """`frame`: row, field, reason; null reasons are left out."""
        if frame["reason"].null_count() < frame.height:
            self._add(frame.filter(pl.col("reason").is_not_null()))

    def _add(self, frame: pl.DataFrame) -> None:
        self._found.append(frame.select(*(pl.col(name).cast(kind) for name, kind in _REMARK_SCHEMA.items())))

    def lists(self, *, height: int) -> pa.Array:
        found = pl.concat([pl.DataFrame(schema=_REMARK_SCHEMA), *self._found]).sort(
            "row", maintain_order=True
        )
        texts = [as_arrow(found[name]) for name in ("field", "reason")]
        return list_array(found["row"], pa.StructArray.from_arrays(texts, fields=list(REMARK)), height=height)


def per_value(column: pl.Series, read: Reader, *, into: Schema) -> pl.DataFrame:
    """`read` is called once for each different text and answers with one value per name of `into`."""
    texts, rows = _encoded(column)
    answers = [read(text) for text in texts]
    frame = pl.DataFrame(
        [
            pl.Series(name, [answer[place] for answer in answers], dtype=kind)
            for place, (name, kind) in enumerate(into.items())
        ]
    )
    return frame.select(pl.all().gather(rows))


def one_per_value(
    column: pl.Series, read: Callable[[str], object], *, kind: type[pl.DataType] = pl.String
) -> pl.Series:
    texts, rows = _encoded(column)
    return pl.Series([read(text) for text in texts], dtype=kind).gather(rows)


def _encoded(column: pl.Series) -> tuple[list[str], pl.Series]:
    """The different texts, and for each row the place of its own among them (null for null)."""
    encoded = column.to_arrow().dictionary_encode()
    return encoded.dictionary.to_pylist(), pl.Series(encoded.indices, dtype=pl.Int32)


def only_where(column: pl.Series, mask: pl.Series, read: Callable[[str], str | None]) -> pl.Series:
    """The column with the values under the mask read again."""
    rows = mask.fill_null(value=False).arg_true()
    if not len(rows):
        return column
    # A series is changed in place, and the caller may need its own as it was.
    return column.clone().scatter(rows, one_per_value(column.gather(rows), read))


def without(column: pl.Series, mask: pl.Series) -> pl.Series:
    if not mask.any():
        return column
    return pl.select(pl.when(~mask.fill_null(value=False)).then(column)).to_series()


def tidied(column: pl.Series, *, field: str, remarks: Remarks, longest: int = MAX_SHOWN) -> pl.Series:
    """Trimmed, single-spaced, NFC, without NUL, never '', never longer than `longest`."""
    untidy = column.str.contains(_UNTIDY)
    if untidy.any():
        remarks.say(field, NUL_REMOVED, where=column.str.contains("\x00", literal=True))
        column = only_where(column, untidy, tidy)
    column = without(column, column.str.len_bytes() == 0)
    long = column.str.len_chars() > longest
    if long.any():
        remarks.say(field, CUT, where=long)
        column = column.str.slice(0, longest).str.strip_chars()
    return column


def without_placeholders(column: pl.Series, *, field: str, junk: JunkList, remarks: Remarks) -> pl.Series:
    empty = is_placeholder(column, junk=junk)
    remarks.say(field, A_PLACEHOLDER, where=empty)
    return without(column, empty)


def is_placeholder(column: pl.Series, *, junk: JunkList) -> pl.Series:
    """Longer texts than any on the list are not looked at."""
    longest = max((len(text) for text in junk.texts), default=0)
    short = column.str.len_chars() <= longest
    listed = column.str.to_lowercase().is_in(list(junk.texts))
    return ((short & listed) | column.str.contains(_NO_SIGN_OF_WORD)).fill_null(value=False)


def as_arrow(column: pl.Series) -> pa.Array:
    found = column.to_arrow()
    return found.cast(pa.string()) if pa.types.is_large_string(found.type) else found


def list_array(rows: pl.Series, values: pa.Array, *, height: int) -> pa.Array:
    """One list per row of the table; `rows`, ascending, says to which row each value belongs."""
    counts = np.bincount(rows.to_numpy(), minlength=height) if len(rows) else np.zeros(height, dtype=np.int64)
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values)


def nothing(height: int, *, kind: type[pl.DataType] = pl.String) -> pl.Series:
    return pl.Series([None], dtype=kind).new_from_index(0, height)


def stacked(frames: Iterable[pl.DataFrame], *, schema: Schema) -> pl.DataFrame:
    """Numbered repeats of one field, one under the other, in the order row, slot."""
    return pl.concat([pl.DataFrame(schema=schema), *frames]).sort("row", "slot")
