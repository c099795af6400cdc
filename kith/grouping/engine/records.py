"""Source records as matching reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl
import pyarrow as pa

from kith import bulk
from kith.matching.comparable import SCHEMA as MATCHING
from kith.matching.records import MATCHED

_TEXTS: Final = pl.List(pl.String())
_TYPES: Final[dict[str, pl.DataType]] = {
    "birth_date": pl.Date(),
    "emails": _TEXTS,
    "phones": _TEXTS,
    "street_keys": _TEXTS,
    "postcode_keys": _TEXTS,
}
SCHEMA: Final[dict[str, pl.DataType]] = {
    "record_id": pl.Int64(),
    **{name: _TYPES.get(name, pl.String()) for name in MATCHED},
}


def records(*, ids: Sequence[int] | None = None) -> pl.DataFrame:
    """All records, or these, with the columns of `kith.matching.records.MATCHED`. Whoever was anonymised has
    nothing left to compare, and stays where they are."""
    columns = ", ".join(
        f"{bulk.listed(name) if isinstance(kind, pl.List) else name} AS {name}"
        for name, kind in SCHEMA.items()
        if name != "record_id"
    )
    these, parameters = ("", []) if ids is None else (" AND id = ANY(%s)", [list(ids)])
    return bulk.fetch(
        f"SELECT id AS record_id, {columns} FROM sources_sourcerecord WHERE erased_at IS NULL{these}",
        parameters,
        schema=SCHEMA,
    )


def arrow_records(*, ids: Sequence[int] | None = None) -> pa.Table:
    """The same in the types that `kith.matching` reads."""
    # The plain layout: views are not known to it.
    return records(ids=ids).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(MATCHING)
