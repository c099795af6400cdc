"""LOCAL System Refs: how a typed claim is cleaned, numbered, hashed and laid into a record."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, fields
from uuid import UUID

import pyarrow as pa
from django.db import connection

from kith.contacts.entry import Claim
from kith.matching.cleaning import CleanedRecord, CleaningOptions, DateOrder, JunkList
from kith.matching.keys import match_keys
from kith.matching.records import CLEANED
from kith.sources.models import LOCAL, CleaningSettings, SourceRecord, SourceSystem


def local_source() -> SourceSystem:
    return SourceSystem.objects.get(code=LOCAL)


def cleaning_options(source: SourceSystem) -> CleaningOptions:
    settings = CleaningSettings.objects.filter(pk=1).first()
    junk = JunkList.from_json(json.dumps(settings.junk)) if settings and settings.junk else JunkList.default()
    return CleaningOptions(
        default_country=source.default_country, date_order=DateOrder[source.date_order], junk=junk
    )


def next_system_ref() -> str:
    """`L-000001` and on; numbers are never given twice, and may skip."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('contacts_local_ref')")
        number = int(cursor.fetchone()[0])
    return f"L-{number:06d}"


def content_hash(claim: Claim, *, kind: str) -> UUID:
    text = json.dumps({"kind": kind, **claim}, sort_keys=True, ensure_ascii=False)
    return UUID(bytes=hashlib.sha256(text.encode()).digest()[:16])


def keys_of(cleaned: CleanedRecord) -> list[int]:
    return list(match_keys(as_table(cleaned)).to_pylist()[0])


def as_table(cleaned: CleanedRecord) -> pa.Table:
    """One row of `kith.matching.records.CLEANED`."""
    row = asdict(cleaned)
    return pa.Table.from_pylist([{name: _listed(row[name]) for name in CLEANED.names}], schema=CLEANED)


def lay_into(record: SourceRecord, *, claim: Claim, cleaned: CleanedRecord) -> None:
    """Replace the claim as a whole; the caller saves."""
    record.claim = {"fields": claim, "extra": {}}
    record.content_hash = content_hash(claim, kind=cleaned.kind)
    record.match_keys = keys_of(cleaned)
    for field in fields(cleaned):
        if field.name in _COLUMNS:
            setattr(record, field.name, _stored(getattr(cleaned, field.name)))


_COLUMNS = frozenset(column.name for column in SourceRecord._meta.concrete_fields)


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _stored(value: object) -> object:
    """Tuples as lists, their dataclasses as objects, an untyped e-mail or phone as type ''."""
    if not isinstance(value, tuple):
        return value
    return [
        "" if one is None else asdict(one) if hasattr(one, "__dataclass_fields__") else one for one in value
    ]
