from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from kith import bulk

_FIRST = datetime(1900, 1, 1)  # noqa: DTZ001  # hypothesis adds the zone
_LAST = datetime(2200, 1, 1)  # noqa: DTZ001  # hypothesis adds the zone
_TEXT = st.text(st.characters(exclude_characters="\x00\x1e\x1f", exclude_categories=["Cs"]), max_size=20)
_SCHEMA = {
    "n": pl.Int64(),
    "text": pl.String(),
    "flag": pl.Boolean(),
    "day": pl.Date(),
    "at": pl.Datetime("us", "UTC"),
    "words": pl.List(pl.String()),
    "numbers": pl.List(pl.Int64()),
}
_TYPES = {
    "n": "bigint",
    "text": "text",
    "flag": "boolean",
    "day": "date",
    "at": "timestamptz",
    "words": "text",
    "numbers": "text",
}
_ROW = st.fixed_dictionaries(
    {
        "n": st.integers(-(2**63), 2**63 - 1),
        "text": st.none() | _TEXT,
        "flag": st.none() | st.booleans(),
        "day": st.none() | st.dates(date(1800, 1, 1), date(2200, 1, 1)),
        "at": st.none() | st.datetimes(_FIRST, _LAST, timezones=st.just(UTC)),
        "words": st.lists(_TEXT, max_size=3),
        "numbers": st.lists(st.integers(-(2**63), 2**63 - 1), max_size=3),
    }
)


@pytest.mark.slow
@pytest.mark.smoke
@pytest.mark.django_db
@settings(max_examples=40, deadline=None)
@given(rows=st.lists(_ROW, max_size=5))
def test_what_is_loaded_comes_back_the_same(rows: list[dict[str, object]]) -> None:
    frame = pl.DataFrame(rows, schema=_SCHEMA)
    columns = ", ".join(
        {
            "words": bulk.listed(bulk.opened("words", "text")),
            "numbers": bulk.listed(bulk.opened("numbers", "bigint")),
        }.get(name, name)
        for name in _SCHEMA
    )
    with transaction.atomic():
        bulk.load(frame, "there_and_back", columns=_TYPES)
        back = bulk.fetch(f"SELECT {columns} FROM there_and_back", schema=_SCHEMA)
        bulk.drop("there_and_back")
    assert back.sort("n", "text").equals(frame.sort("n", "text"))


@pytest.mark.django_db(transaction=True)
def test_loading_outside_a_transaction_is_a_bug() -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        bulk.load(pl.DataFrame({"n": [1]}), "nowhere", columns={"n": "bigint"})
