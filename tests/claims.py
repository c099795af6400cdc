"""Claims for tests: source records written straight into the database, cleaned by the real cleaning."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import md5
from uuid import UUID

import polars as pl

from kith.contacts.models import Contact
from kith.matching.cleaning import CleaningOptions, JunkList, clean
from kith.matching.keys import match_keys
from kith.matching.records import ADDRESS_DETAILS, CLEANED
from kith.sources import changes
from kith.sources.models import Membership, SourceRecord, SourceSystem

_KEPT = [name for name in CLEANED.names if name != "refusals"]


def source(code: str, *, priority: int = 50) -> SourceSystem:
    found, _ = SourceSystem.objects.get_or_create(
        code=code, defaults={"name": code.title(), "priority": priority}
    )
    return found


def claim(code: str, system_ref: str, *, received_at: datetime | None = None, **fields: str) -> SourceRecord:
    """One System Ref as its source claims it; the same one again replaces the claim."""
    options = CleaningOptions(default_country="CY", junk=JunkList.default())
    cleaned = clean(pl.DataFrame({name: [text] for name, text in fields.items()}), options=options)
    row: Mapping[str, object] = cleaned.select(_KEPT).to_pylist()[0]
    custom = row["custom"]
    values = {
        **row,
        "custom": json.loads(custom) if isinstance(custom, str) else None,
        "addresses": [_stored(one) for one in cleaned.column("addresses").to_pylist()[0]],
        "match_keys": match_keys(cleaned)[0].as_py(),
        "claim": {"fields": fields, "extra": {}},
        "content_hash": UUID(md5(json.dumps(fields).encode(), usedforsecurity=False).hexdigest()),
        "received_at": received_at or datetime.now(tz=UTC),
    }
    of = source(code)
    before = SourceRecord.objects.filter(source=of, system_ref=system_ref).first()
    record, _ = SourceRecord.objects.update_or_create(source=of, system_ref=system_ref, defaults=values)
    if before is None or before.content_hash != record.content_hash:
        changes.note(record.pk, old_keys=before.match_keys if before else ())
    return record


def _stored(address: Mapping[str, str | None]) -> dict[str, str | None]:
    """As imports store it: without the details it has not."""
    return {part: text for part, text in address.items() if text or part not in ADDRESS_DETAILS}


def place(contact: Contact, *records: SourceRecord) -> None:
    """Give unplaced records this GroupID, without lineage."""
    Membership.objects.bulk_create(Membership(record=record, contact=contact) for record in records)
