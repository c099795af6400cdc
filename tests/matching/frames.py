"""Records for tests: keyword arguments for what matters, nothing known for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import pyarrow as pa

from kith.matching.comparable import Comparable
from kith.matching.records import CLEANED, MATCHED

SCHEMA = pa.schema([("record_id", pa.int64()), *((name, CLEANED.field(name).type) for name in MATCHED)])


def frame(records: Sequence[Comparable]) -> pa.Table:
    return pa.Table.from_pylist([asdict(record) for record in records], schema=SCHEMA)


def person(record_id: int = 1, name: str = "", **known: object) -> Comparable:
    """`name` is 'first last'."""
    first, _, last = name.partition(" ")
    return Comparable(record_id=record_id, **_tupled({"first_key": first, "last_key": last, **known}))


def company(record_id: int = 1, name: str = "", **known: object) -> Comparable:
    return Comparable(record_id=record_id, kind="company", company_key=name, **_tupled(known))


def _tupled(known: dict[str, object]) -> dict[str, object]:
    """`email`, `phone` and `address=(street, postcode)` are short for lists of one."""
    values = dict(known)
    if "email" in values:
        values["emails"] = (values.pop("email"),)
    if "phone" in values:
        values["phones"] = (values.pop("phone"),)
    if "address" in values:
        street, postcode = values.pop("address")
        values |= {"street_keys": (street,), "postcode_keys": (postcode,)}
    return values
