"""LOCAL System Refs: how a typed claim is cleaned, numbered, hashed and laid into a record."""

from __future__ import annotations

import hashlib
import json
from uuid import UUID

from django.db import connection

from kith.contacts.entry import Claim
from kith.matching.cleaning import CleanedRecord, CleaningOptions, DateOrder, JunkList
from kith.matching.comparable import Comparable
from kith.matching.keys import match_keys_of
from kith.matching.records import MATCHED
from kith.sources.custom_fields import shapes
from kith.sources.laying import lay_cleaned
from kith.sources.models import LOCAL, CleaningSettings, SourceRecord, SourceSystem


def local_source() -> SourceSystem:
    return SourceSystem.objects.get(code=LOCAL)


def cleaning_options(source: SourceSystem) -> CleaningOptions:
    settings = CleaningSettings.objects.filter(pk=1).first()
    junk = JunkList.from_json(json.dumps(settings.junk)) if settings and settings.junk else JunkList.default()
    return CleaningOptions(
        default_country=source.default_country,
        date_order=DateOrder[source.date_order],
        junk=junk,
        custom=shapes(),
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


def comparable(cleaned: CleanedRecord) -> Comparable:
    """As matching sees it; the record id 0 is nobody's."""
    return Comparable.from_row({"record_id": 0, **{name: getattr(cleaned, name) for name in MATCHED}})


def lay_into(record: SourceRecord, *, claim: Claim, cleaned: CleanedRecord) -> None:
    """Replace the claim as a whole; the caller saves."""
    record.claim = {"fields": claim, "extra": {}}
    record.content_hash = content_hash(claim, kind=cleaned.kind)
    record.match_keys = list(match_keys_of(comparable(cleaned)))
    lay_cleaned(record, cleaned)
