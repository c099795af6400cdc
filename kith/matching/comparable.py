"""One record as matching sees it, for comparing a single pair outside the set-based engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

import pyarrow as pa

from kith.matching.records import MATCHED, PERSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparable:
    """'' or an empty tuple is nothing known; `street_keys` and `postcode_keys` stand one per address."""

    record_id: int
    kind: str = PERSON
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

    @property
    def addresses(self) -> tuple[tuple[str, str], ...]:
        """(street key, postcode key), one per address."""
        count = max(len(self.street_keys), len(self.postcode_keys))
        pad = ("",) * count
        return tuple(
            zip((self.street_keys + pad)[:count], (self.postcode_keys + pad)[:count], strict=True),
        )

    @property
    def full_key(self) -> str:
        """Every word of first and last name, sorted, so that their order does not matter."""
        if not (self.first_key and self.last_key):
            return ""
        return " ".join(sorted(word for word in f"{self.first_key} {self.last_key}".split(" ") if word))


def comparables(records: pa.Table) -> tuple[Comparable, ...]:
    columns = records.select(["record_id", *MATCHED])
    return tuple(Comparable.from_row(row) for row in columns.to_pylist())


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _texts(values: object) -> tuple[str, ...]:
    return tuple(_text(value) for value in values) if isinstance(values, list | tuple) else ()
