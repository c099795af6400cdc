"""The golden record that claims of a past moment make, with the rules in force then."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import duckdb
import polars as pl
from django.db.models import Count, Max, Sum

from kith.contacts.models import Contact, ContactAddress, ContactEmail, ContactPhone
from kith.golden import opt_outs
from kith.golden.assembly import CLAIMS, Supposed, compute
from kith.golden.models import GoldenRules
from kith.golden.rules import COLUMNS, Rules
from kith.grouping.history.edits_then import as_frame, overrides_at
from kith.grouping.history.kept_then import kept_at
from kith.grouping.history.retired_then import retired_at
from kith.grouping.history.tiers import tier_of
from kith.matching.records import ADDRESS_PARTS
from kith.sources.models import SourceRecord, SourceTransaction

_GOLDEN: Final = ("name", *COLUMNS, "record_count", "primary_record_id", "primary_chosen")


def rules_at(at: datetime) -> Rules:
    version = GoldenRules.objects.filter(saved_at__lte=at).order_by("-id").first()
    return Rules.from_json(version.rules) if version else Rules.shipped()


def contact_then(
    contact: Contact, records: Sequence[SourceRecord], *, headed: Supposed, at: datetime
) -> Contact:
    """The contact of these System Refs, as they stood; never to be saved. At least one record."""
    rules = rules_at(at)
    claims = _claims(contact, records, headed=headed, bought=_bought(records, rules=rules, at=at))
    claims = opt_outs.refusing(claims, kept_at(records, at=at))
    overrides = as_frame(overrides_at(headed.record_ids, at=at), headed=headed)
    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as database:
        compute(database, claims, rules=rules, overrides=overrides, retired=retired_at(headed, at=at))
        golden = _rows(database, "named")[0]
        then = Contact(pk=contact.pk, kind=contact.kind, **{name: golden[name] for name in _GOLDEN})
        then.custom = json.loads(str(golden["custom"])) if golden["custom"] else None
        then.provenance = _without_nothing(str(golden["provenance"]))
        # What a prefetch leaves behind: the contact's related rows are read from here.
        vars(then)["_prefetched_objects_cache"] = {
            "emails": [ContactEmail(**_reached(row)) for row in _rows(database, "emails")],
            "phones": [ContactPhone(**_reached(row)) for row in _rows(database, "phones")],
            "addresses": [ContactAddress(**_address(row)) for row in _rows(database, "addresses")],
        }
    return then


def _claims(
    contact: Contact,
    records: Sequence[SourceRecord],
    *,
    headed: Supposed,
    bought: Mapping[int, Mapping[str, object]],
) -> pl.DataFrame:
    """In the columns of `CLAIMS`, as assembly reads them from the database."""
    rows = []
    for record in records:
        own = {name: getattr(record, name) for name in CLAIMS if hasattr(record, name)}
        rows.append(
            own
            | {
                "record_id": record.pk,
                "contact_id": contact.pk,
                "source_code": record.source.code,
                "source_priority": record.source.priority,
                "kind": contact.kind,
                "addresses": json.dumps(record.addresses),
                "custom": json.dumps(record.custom) if record.custom else None,
                "primary_record_id": headed.primary_record_id,
                "primary_chosen": headed.primary_record_id is not None,
                "leads": tier_of(record.pk, headed.leading_record_ids),
                "completed": 0,
                **bought.get(record.pk, _NOTHING_BOUGHT),
            }
        )
    return pl.DataFrame(rows, schema=CLAIMS)


_NOTHING_BOUGHT: Final[Mapping[str, object]] = {"latest_purchase": None, "total_spent": 0.0, "purchases": 0}


def _bought(
    records: Sequence[SourceRecord], *, rules: Rules, at: datetime
) -> dict[int, Mapping[str, object]]:
    if not rules.need_purchases:
        return {}
    until = SourceTransaction.objects.filter(record__in=[one.pk for one in records], received_at__lte=at)
    found = until.values_list("record_id").annotate(Max("date"), Sum("amount"), Count("pk"))
    return {
        record_id: {"latest_purchase": latest, "total_spent": float(total), "purchases": number}
        for record_id, latest, total, number in found
    }


def _rows(database: duckdb.DuckDBPyConnection, table: str) -> list[dict[str, object]]:
    return pl.DataFrame(database.sql(f"SELECT * FROM {table}").to_arrow_table()).to_dicts()


def _reached(row: Mapping[str, object]) -> dict[str, object]:
    kept = {name: row[name] for name in ("contact_id", "value", "type", "source_record_id", "position")}
    return kept | {"is_primary": row["position"] == 0}


def _address(row: Mapping[str, object]) -> dict[str, object]:
    names = ("contact_id", "type", *ADDRESS_PARTS, "source_record_id", "position")
    return {name: row[name] for name in names} | {"is_primary": row["position"] == 0}


def _without_nothing(provenance: str) -> dict[str, object]:
    """As jsonb_strip_nulls leaves it."""
    said: dict[str, object] = json.loads(provenance)
    return {
        field: {name: one for name, one in value.items() if one is not None}
        if isinstance(value, dict)
        else value
        for field, value in said.items()
        if value is not None
    }
