"""A file of linked items, each of a System Ref of the source. Found again by kind and reference."""

from __future__ import annotations

from typing import Final

import polars as pl

from kith.accounts.intake.rows import Fault, Reader, Table, made_references, table_in
from kith.accounts.models import LinkedItem
from kith.sources.file_kinds import FileKind
from kith.sources.models import Import

_RUNS: Final = ("", "running", "active", "open", "current", "yes", "y", "true", "1")
_ENDED: Final = ("ended", "closed", "completed", "done", "cancelled", "inactive", "no", "n", "false", "0")
_RUNNING: Final = {**dict.fromkeys(_RUNS, True), **dict.fromkeys(_ENDED, False)}
_KINDS: Final = {
    "": "other",
    **{str(one): str(one) for one in LinkedItem.Kind.values},
    **{str(one.label).lower(): str(one.value) for one in LinkedItem.Kind},
}
_FIELDS: Final = {
    "system_ref": "System Ref",
    "kind": "Kind",
    "reference": "Reference",
    "title": "Title",
    "state": "Running or ended",
    "started": "Started",
    "ended": "Ended, or ends",
    "amount": "Amount",
    "currency": "Currency",
    "unbilled": "Not billed yet",
    "notes": "Notes",
}
_HEADERS: Final = {
    "systemref": "system_ref",
    "systemreference": "system_ref",
    "clientid": "system_ref",
    "clientref": "system_ref",
    "customerid": "system_ref",
    "customernumber": "system_ref",
    "contactcode": "system_ref",
    "memberid": "system_ref",
    "membernumber": "system_ref",
    "type": "kind",
    "itemtype": "kind",
    "ref": "reference",
    "id": "reference",
    "number": "reference",
    "name": "title",
    "subject": "title",
    "status": "state",
    "running": "state",
    "start": "started",
    "startdate": "started",
    "starteddate": "started",
    "from": "started",
    "end": "ended",
    "enddate": "ended",
    "endeddate": "ended",
    "to": "ended",
    "value": "amount",
    "isunbilled": "unbilled",
    "notbilledyet": "unbilled",
    "note": "notes",
    "description": "notes",
}
_SAID: Final = ("system_ref", "kind", "title", "started_date", "amount", "currency")


def _read(reader: Reader) -> pl.DataFrame:
    currency = reader.text("currency").str.to_uppercase().replace("", reader.currency)
    amount_said = reader.text("amount") != ""
    read = pl.DataFrame(
        {
            "system_ref": reader.text("system_ref"),
            "kind": reader.word("kind").replace_strict(_KINDS, default=None, return_dtype=pl.String),
            "title": reader.text("title", most=200),
            "is_running": reader.word("state").replace_strict(
                _RUNNING, default=None, return_dtype=pl.Boolean
            ),
            "started_date": reader.day("started"),
            "ended_date": reader.day("ended"),
            "started_said": reader.text("started") != "",
            "ended_said": reader.text("ended") != "",
            "amount_said": amount_said,
            "amount": reader.amount("amount"),
            "currency": pl.select(pl.when(amount_said).then(currency).otherwise(pl.lit(""))).to_series(),
            "is_unbilled": reader.flag("unbilled"),
            "notes": reader.text("notes", most=10_000),
        }
    )
    given = reader.text("reference")
    return read.with_columns(made_references(given, read.select(_SAID)).alias("reference"))


def _faults(read: pl.DataFrame) -> list[Fault]:
    backwards = (read["ended_date"] < read["started_date"]).fill_null(value=False)
    return [
        ("system_ref", read["system_ref"] == "", "The row has no System Ref."),
        ("title", read["title"] == "", "The item has no title."),
        ("kind", read["kind"].is_null(), "There is no such kind of item."),
        ("state", read["is_running"].is_null(), "The item is neither running nor ended."),
        ("started", read["started_date"].is_null() & read["started_said"], "The date cannot be read."),
        ("ended", read["ended_date"].is_null() & read["ended_said"], "The date cannot be read."),
        ("ended", backwards, "It ends before it starts."),
        ("amount", read["amount"].is_null() & read["amount_said"], "The amount cannot be read."),
        (
            "currency",
            ~read["currency"].str.contains("^([A-Z]{3})?$"),
            "The currency is not a code of three letters.",
        ),
        ("unbilled", read["is_unbilled"].is_null(), "Not billed yet: say yes or no."),
        (
            "reference",
            read["reference"].str.len_chars() > 120,
            "The reference is longer than 120 characters.",
        ),
    ]


_ROWS: Final = """
FROM incoming_now s
LEFT JOIN sources_sourcerecord r ON r.source_id = %(source)s AND r.system_ref = s.system_ref
LEFT JOIN accounts_linkeditem t ON t.record_id = r.id AND t.kind = s.kind AND t.reference = s.reference
"""
_NAMES: Final = (
    "title",
    "is_running",
    "started_date",
    "ended_date",
    "amount",
    "currency",
    "is_unbilled",
    "notes",
)
_VALUES: Final = ", ".join("s.amount::numeric(16, 2)" if one == "amount" else f"s.{one}" for one in _NAMES)
_STORED: Final = ", ".join(f"t.{one}" for one in _NAMES)
_SENT: Final = ", ".join(f"excluded.{one}" for one in _NAMES)
ITEMS: Final = Table(
    fields=tuple(_FIELDS),
    columns={
        "system_ref": "text",
        "kind": "text",
        "reference": "text",
        "title": "text",
        "is_running": "boolean",
        "started_date": "date",
        "ended_date": "date",
        "amount": "text",
        "currency": "text",
        "is_unbilled": "boolean",
        "notes": "text",
    },
    key=("system_ref", "kind", "reference"),
    name="title",
    read=_read,
    faults=_faults,
    locks="SELECT 1",
    refuses=f"""
    SELECT s.number, 'system_ref', 'The source has no such System Ref.' {_ROWS} WHERE r.id IS NULL
    """,
    counts=f"""
    SELECT count(*), count(*) FILTER (WHERE t.id IS NULL),
        count(*) FILTER (WHERE t.id IS NOT NULL AND ({_VALUES}) IS DISTINCT FROM ({_STORED})) {_ROWS}
    """,
    writes=f"""
    INSERT INTO accounts_linkeditem AS t (record_id, kind, reference, {", ".join(_NAMES)})
    SELECT r.id, s.kind, s.reference, {_VALUES} FROM incoming_now s
    JOIN sources_sourcerecord r ON r.source_id = %(source)s AND r.system_ref = s.system_ref
    ON CONFLICT (record_id, kind, reference) DO UPDATE
    SET {", ".join(f"{one} = excluded.{one}" for one in _NAMES)}, received_at = now()
    WHERE ({_STORED}) IS DISTINCT FROM ({_SENT})
    """,
)
KIND: Final = FileKind(
    key=Import.Kind.LINKED_ITEMS,
    fields=_FIELDS,
    required=("system_ref", "title"),
    headers=_HEADERS,
    rows_in=table_in(ITEMS, amount="amount"),
)
