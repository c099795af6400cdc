"""Keys of many records at once are those of each, and tombstones are found either way."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import uuid4

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.matching.records import CLEANED
from kith.sources import tombstones
from kith.sources.doors import refusing
from kith.sources.doors.closing import close_identities
from kith.sources.doors.identities import keys_of_all
from kith.sources.doors.identity import COLUMNS, identity_keys
from kith.sources.models import Tombstone
from tests.claims import source

_TEXT: Final = st.one_of(
    st.none(), st.sampled_from(["", "a", "Ä@B.org", "ΣΟΦΟΣ@x.gr", "İ@x.tr"]), st.text(max_size=5)
)
_TEXTS: Final = st.one_of(st.none(), st.lists(_TEXT, max_size=3))
_VALUES: Final = {
    "birth_date": st.one_of(st.none(), st.dates(min_value=date(1, 1, 1))),
    **dict.fromkeys(("emails", "phones", "postcode_keys"), _TEXTS),
}
_SCHEMA: Final = pa.schema([CLEANED.field(name) for name in COLUMNS])
_ROWS: Final = st.lists(
    st.fixed_dictionaries({name: _VALUES.get(name, _TEXT) for name in COLUMNS}), max_size=5
)


@given(rows=_ROWS)
def test_keys_of_all_are_the_keys_of_each(rows: list[dict[str, object]]) -> None:
    found = keys_of_all(pa.Table.from_pylist(rows, schema=_SCHEMA))
    by_place: list[set[str]] = [set() for _ in rows]
    for place, key in found.iter_rows():
        by_place[place].add(key)
    assert by_place == [set(identity_keys(row)) for row in rows]


def test_columns_that_are_not_there_say_nothing() -> None:
    table = pa.table({"last_key": ["lee"], "emails": [["ann@example.org"]]})
    assert keys_of_all(table)["key"].to_list() == ["email\x1fann@example.org\x1flee"]


@pytest.mark.django_db
def test_fetched_or_sent_the_same_rows_are_kept_out(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [f"email\x1fp{number}@example.org\x1flee" for number in range(0, 60, 3)]
    close_identities([tombstones.identity_digest(key) for key in kept], erasure=uuid4())
    rows = [{"last_key": "lee", "emails": [f"p{number}@example.org"]} for number in range(60)]
    table = pa.Table.from_pylist(rows, schema=pa.schema([CLEANED.field(n) for n in ("last_key", "emails")]))
    refs = [f"R-{number}" for number in range(60)]
    ids = dict(Tombstone.objects.order_by("pk").values_list("digest", "pk"))
    expected = {3 * number: ids[tombstones.identity_digest(key)] for number, key in enumerate(kept)}
    for most_sent, most_fetched in ((1_000, 1_000), (10, 1_000), (10, 5)):
        monkeypatch.setattr(refusing, "MOST_SENT", most_sent)
        monkeypatch.setattr(refusing, "MOST_FETCHED", most_fetched)
        assert refusing.refused_among(source("SHOP"), refs, table) == expected
