"""Sets of rows in and out of PostgreSQL on Django's own connection, so that bulk work shares its transaction.

COPY in CSV through polars: as fast as the network formats measured beside it (docs/adr/0003), and what is
written becomes visible, or vanishes, with everything else in the transaction.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl
import pyarrow as pa
from django.db import connection, transaction
from pyarrow import csv

SEPARATOR: Final = "\x1f"
"""Between the elements of a list on the way; cleaning lets no control character through."""
NULL: Final = "\x1e"

Parameter = str | int | float | bool | Sequence[int] | Sequence[str] | None


def listed(column: str) -> str:
    """SQL that sends an array column as text; `fetch` with a `pl.List` type reads it back."""
    joined = f"array_to_string({column}, E'\\x1f', '')"
    return f"CASE WHEN cardinality({column}) > 0 THEN E'\\x1f' || {joined} ELSE '' END"


def fetch(
    sql: str, parameters: Sequence[Parameter] = (), *, schema: Mapping[str, pl.DataType]
) -> pl.DataFrame:
    """Run a SELECT and return its rows in the given column types.

    A column typed `pl.List(inner)` must be selected through `listed`.
    """
    buffer = io.BytesIO()
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        # past Django's wrapper: the one it uses while debugging takes no parameters
        cursor.cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv, NULL '{NULL}')", parameters or None) as copy,
    ):
        for block in copy:
            buffer.write(block)
    if buffer.tell() == 0:
        return pl.DataFrame(schema=dict(schema))
    buffer.seek(0)
    table = csv.read_csv(
        buffer,
        read_options=csv.ReadOptions(column_names=list(schema), block_size=16 << 20),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types={name: _wire(kind) for name, kind in schema.items()},
            null_values=[NULL],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )
    frame = pl.DataFrame(table)
    return frame.with_columns(_read(name, kind) for name, kind in schema.items() if _needs_reading(kind))


def load(frame: pl.DataFrame, table: str, *, columns: Mapping[str, str]) -> None:
    """Put a frame into a new temporary table that lives until the transaction ends.

    `columns`: PostgreSQL type by column name, the one it will be joined on first: the planner learns about
    that one and the number of rows. Lists arrive as text to be opened with `opened`.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a temporary table is loaded inside the transaction that reads it")
    declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {table} ({declared}) ON COMMIT DROP")
        _copy_in(frame.select(list(columns)), table)
        cursor.execute(f"ANALYZE {table} ({next(iter(columns))})")


def append(frame: pl.DataFrame, table: str) -> None:
    """Add rows to a table there is: the columns of the frame by name, none of them a list."""
    _copy_in(frame, table)


def opened(column: str, kind: str) -> str:
    """SQL that turns a list sent by `load` into an array of `kind`."""
    parts = f"string_to_array(substr({column}, 2), E'\\x1f')"
    return f"(CASE {column} WHEN '' THEN '{{}}' WHEN E'\\x1f' THEN ARRAY[''] ELSE {parts} END)::{kind}[]"


def drop(*tables: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(tables)}")


def _copy_in(frame: pl.DataFrame, table: str) -> None:
    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    flat = frame.with_columns(_written(name) for name in lists)
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.cursor.copy(
            f"COPY {table} ({', '.join(frame.columns)}) FROM STDIN (FORMAT csv, NULL '{NULL}')"
        ) as copy,
    ):
        for part in flat.iter_slices(50_000):
            copy.write(part.write_csv(include_header=False, null_value=NULL).encode())


def _written(name: str) -> pl.Expr:
    texts = pl.col(name).cast(pl.List(pl.String))
    joined = pl.lit(SEPARATOR) + texts.list.join(SEPARATOR)
    return pl.when(texts.list.len() == 0).then(pl.lit("")).otherwise(joined).alias(name)


_WIRE: Final = {pl.Int64: pa.int64(), pl.Int32: pa.int32(), pl.Float64: pa.float64(), pl.Boolean: pa.bool_()}


def _wire(kind: pl.DataType) -> pa.DataType:
    return _WIRE.get(type(kind), pa.string())


def _needs_reading(kind: pl.DataType) -> bool:
    return isinstance(kind, pl.List | pl.Date | pl.Datetime)


def _read(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(kind, pl.List):
        empty = pl.lit([], dtype=pl.List(pl.String))
        split = pl.when(column == "").then(empty).otherwise(column.str.slice(1).str.split(SEPARATOR))
        return split.cast(kind).alias(name)
    if isinstance(kind, pl.Date):
        return column.str.to_date("%Y-%m-%d", strict=False)
    return column.str.to_datetime("%Y-%m-%d %H:%M:%S%.f%#z", time_unit="us", time_zone="UTC", strict=False)
