"""The cleaned claim as one flat table of text, for peers that know no lists."""

from __future__ import annotations

import polars as pl
import pyarrow as pa


def flat(records: pa.Table) -> pl.DataFrame:
    """Empty is null. A company's name stands where a person's last name does."""
    frame = pl.from_arrow(records)
    assert isinstance(frame, pl.DataFrame)
    company = pl.col("kind") == "company"
    return frame.select(
        "record_id",
        first_name=pl.when(~company).then("first_key"),
        last_name=pl.when(company).then("company_key").otherwise("last_key"),
        birth_date=pl.col("birth_date").cast(pl.String),
        email=pl.col("emails").list.first(),
        phone=pl.col("phones").list.first(),
        street=_filled(pl.col("street_keys").list.first()),
        postcode=_filled(pl.col("postcode_keys").list.first()),
        identity=pl.coalesce("id_number", "passport_number", "social_security_number", "vat_number"),
    )


def _filled(column: pl.Expr) -> pl.Expr:
    return pl.when(column != "").then(column)


def components(records: pa.Table, *, left: pa.Array, right: pa.Array) -> pa.Table:
    """Clusters of the links between record ids; every record is in one."""
    import numpy as np
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    ids = np.sort(records["record_id"].to_numpy())
    ends = [np.searchsorted(ids, np.asarray(side, dtype=np.int64)) for side in (left, right)]
    links = coo_matrix((np.ones(len(ends[0]), dtype=np.int8), tuple(ends)), shape=(len(ids), len(ids)))
    labels = connected_components(links, directed=False)[1]
    return pa.table({"record_id": ids, "cluster": labels.astype(np.int64)})
