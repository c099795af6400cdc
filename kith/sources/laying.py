"""A cleaned claim into the columns of a source record, one at a time; `loading` does it in sets."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Final

from kith.matching.cleaning import CleanedAddress, CleanedRecord, Remark
from kith.sources.models import SourceRecord


def lay_cleaned(record: SourceRecord, cleaned: CleanedRecord) -> None:
    """All but the match keys; the caller saves, or does not."""
    for field in fields(cleaned):
        if field.name in _COLUMNS:
            setattr(record, field.name, _stored(getattr(cleaned, field.name)))


_COLUMNS: Final = frozenset(column.name for column in SourceRecord._meta.concrete_fields)


def _stored(value: object) -> object:
    """Tuples as lists, their dataclasses as objects, an untyped e-mail or phone as type ''."""
    if not isinstance(value, tuple):
        return value
    return [_element(one) for one in value]


def _element(one: object) -> object:
    if isinstance(one, CleanedAddress):
        return one.as_json()
    return asdict(one) if isinstance(one, Remark) else one or ""
