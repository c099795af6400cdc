"""What a source says about its own spelling."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

from kith.matching.cleaning.custom import CustomShape
from kith.matching.cleaning.dates import DateOrder
from kith.matching.cleaning.junk import JunkList
from kith.matching.records import COMPANY, PERSON

CLEANING_VERSION: Final = 2
"""Raised when the same text is cleaned to other values or keys, so that what is stored is cleaned again."""


def _today() -> date:
    return datetime.now(UTC).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class CleaningOptions:
    default_country: str | None = None
    """ISO two letters: for phones without a code, postcodes and numbers of rows that name no country."""
    date_order: DateOrder = DateOrder.DMY
    junk: JunkList = field(default_factory=JunkList.default)
    default_kind: str | None = None
    """None: a company name without a person's name is a company, anything else a person."""
    custom: tuple[CustomShape, ...] = ()
    """The user-defined fields; values of others are texts."""
    today: date = field(default_factory=_today)
    """Births after it are refused, two-digit years are not after it. Given, the outcome is repeatable."""

    def __post_init__(self) -> None:
        if self.default_kind not in {PERSON, COMPANY, None}:
            raise ValueError("The default kind is person, company or nothing.")
        if self.default_country is not None and (
            len(self.default_country) != 2 or not self.default_country.isupper()
        ):
            raise ValueError("The default country is an ISO code of two capital letters.")
