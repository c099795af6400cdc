"""One record as matching sees it, for callers that hold a few and no table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

import pyarrow as pa

from kith.matching.records import CLEANED, MATCHED, PERSON

SCHEMA: Final = pa.schema(
    [("record_id", pa.int64()), *((name, CLEANED.field(name).type) for name in MATCHED)]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparable:
    """'' or an empty tuple is nothing known; `street_keys` and `postcode_keys` stand one per address."""

    record_id: int
    kind: str = PERSON
    gender: str = ""
    birth_date: date | None = None
    id_number: str = ""
    passport_number: str = ""
    social_security_number: str = ""
    vat_number: str = ""
    registration_number: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    first_key: str = ""
    middle_key: str = ""
    last_key: str = ""
    company_key: str = ""
    street_keys: tuple[str, ...] = ()
    postcode_keys: tuple[str, ...] = ()

    @classmethod
    def from_row(cls, row: Mapping[str, object]) -> Self:
        """Raises KeyError when a column of `MATCHED` is absent."""
        born = row["birth_date"]
        return cls(
            record_id=int(str(row["record_id"])),
            kind=_text(row["kind"]),
            gender=_text(row["gender"]),
            birth_date=born if isinstance(born, date) else None,
            id_number=_text(row["id_number"]),
            passport_number=_text(row["passport_number"]),
            social_security_number=_text(row["social_security_number"]),
            vat_number=_text(row["vat_number"]),
            registration_number=_text(row["registration_number"]),
            emails=_texts(row["emails"]),
            phones=_texts(row["phones"]),
            first_key=_text(row["first_key"]),
            middle_key=_text(row["middle_key"]),
            last_key=_text(row["last_key"]),
            company_key=_text(row["company_key"]),
            street_keys=_texts(row["street_keys"]),
            postcode_keys=_texts(row["postcode_keys"]),
        )


def as_table(records: Sequence[Comparable]) -> pa.Table:
    """`record_id` and the columns of `records.MATCHED`, one row per record in order."""
    return pa.Table.from_arrays(
        [pa.array([getattr(one, name) for one in records], SCHEMA.field(name).type) for name in SCHEMA.names],
        schema=SCHEMA,
    )


def comparables(records: pa.Table) -> tuple[Comparable, ...]:
    columns = records.select(["record_id", *MATCHED])
    return tuple(Comparable.from_row(row) for row in columns.to_pylist())


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _texts(values: object) -> tuple[str, ...]:
    return tuple(_text(value) for value in values) if isinstance(values, list | tuple) else ()
