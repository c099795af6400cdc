"""A file of account transactions, each of an account there is. Sent again, one is corrected.

What is sent for an account of somebody who was anonymised is posted to the Suspense Account (C43), without
its text; the account it was meant for begins its reference.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from kith.accounts.intake.rows import Fault, Reader, Table, made_references, table_in
from kith.sources.file_kinds import FileKind
from kith.sources.models import Import

_KINDS: Final = {"": "financial", "financial": "financial", "wallet": "wallet"}
_FIELDS: Final = {
    "account": "Account number",
    "reference": "Reference",
    "kind": "Kind",
    "date": "Date",
    "amount": "Amount",
    "currency": "Currency",
    "unbilled": "Not billed yet",
    "description": "Description",
}
_HEADERS: Final = {
    "account": "account",
    "accountnumber": "account",
    "accountno": "account",
    "accountcode": "account",
    "ref": "reference",
    "transactionid": "reference",
    "transactionreference": "reference",
    "invoice": "reference",
    "invoicenumber": "reference",
    "type": "kind",
    "transactiontype": "kind",
    "transactiondate": "date",
    "postingdate": "date",
    "total": "amount",
    "value": "amount",
    "isunbilled": "unbilled",
    "notbilledyet": "unbilled",
    "text": "description",
    "details": "description",
}
_SAID: Final = ("account", "kind", "date", "amount", "currency", "description")


def _read(reader: Reader) -> pl.DataFrame:
    read = pl.DataFrame(
        {
            "account": reader.text("account"),
            "kind": reader.word("kind").replace_strict(_KINDS, default=None, return_dtype=pl.String),
            "date": reader.day("date"),
            "amount": reader.amount("amount"),
            "currency": reader.text("currency").str.to_uppercase(),
            "is_unbilled": reader.flag("unbilled"),
            "description": reader.text("description", most=300),
        }
    )
    given = reader.text("reference")
    return read.with_columns(made_references(given, read.select(_SAID)).alias("reference"))


def _faults(read: pl.DataFrame) -> list[Fault]:
    return [
        ("account", read["account"] == "", "The row has no account number."),
        ("date", read["date"].is_null(), "The date is missing or cannot be read."),
        ("amount", read["amount"].is_null(), "The amount is missing or cannot be read."),
        ("kind", read["kind"].is_null(), "A transaction is financial or of the wallet."),
        ("unbilled", read["is_unbilled"].is_null(), "Not billed yet: say yes or no."),
        (
            "reference",
            read["reference"].str.len_chars() > 120,
            "The reference is longer than 120 characters.",
        ),
    ]


_JOINED: Final = """
FROM incoming_now s LEFT JOIN accounts_account a ON a.number = s.account
LEFT JOIN sources_sourcerecord r ON r.id = a.record_id AND r.erased_at IS NOT NULL
LEFT JOIN accounts_account x ON r.id IS NOT NULL AND x.is_suspense AND x.state = 'active'
    AND NOT EXISTS (SELECT 1 FROM accounts_accounttransaction own
        WHERE own.account_id = a.id AND own.reference = s.reference)
LEFT JOIN accounts_accounttransaction t ON t.account_id = coalesce(x.id, a.id) AND t.reference = {reference}
"""
_STRAY: Final = """
CASE WHEN x.id IS NULL THEN s.reference WHEN length(a.number) + length(s.reference) > 117
    THEN a.number || ' / ' || md5(s.reference) ELSE a.number || ' / ' || s.reference END
"""
_ROWS: Final = _JOINED.format(reference=_STRAY)
_VALUES: Final = """
s.kind, s.date, s.amount::numeric(16, 2), coalesce(x.currency, a.currency), s.is_unbilled,
CASE WHEN r.id IS NULL THEN s.description ELSE '' END
"""
_STORED: Final = "t.kind, t.date, t.amount, t.currency, t.is_unbilled, t.description"
_STANDS: Final = "It was posted before its contact was anonymised, and stays as it was."
_NOWHERE: Final = "Its contact was anonymised, and there is no active Suspense Account."
_ELSEWHERE: Final = "Its contact was anonymised, and the Suspense Account is kept in another currency."
_REASON: Final = f"""
CASE WHEN a.id IS NULL THEN 'There is no account with this number.'
    WHEN a.is_suspense THEN 'Nothing is posted to the Suspense Account from a file.'
    WHEN r.id IS NOT NULL AND x.id IS NULL AND t.id IS NULL THEN '{_NOWHERE}'
    WHEN r.id IS NOT NULL AND x.id IS NULL AND (s.currency NOT IN ('', a.currency)
        OR ({_VALUES}) IS DISTINCT FROM ({_STORED})) THEN '{_STANDS}'
    WHEN x.currency <> coalesce(nullif(s.currency, ''), a.currency) THEN '{_ELSEWHERE}'
    WHEN r.id IS NOT NULL THEN NULL
    WHEN s.currency NOT IN ('', a.currency) THEN 'The account is kept in another currency.'
    WHEN a.state = 'terminated' AND t.id IS NULL THEN 'The account is terminated.' END
"""
POSTINGS: Final = Table(
    fields=tuple(_FIELDS),
    columns={
        "account": "text",
        "reference": "text",
        "kind": "text",
        "date": "date",
        "amount": "text",
        "currency": "text",
        "is_unbilled": "boolean",
        "description": "text",
    },
    key=("account", "reference"),
    name="account",
    read=_read,
    faults=_faults,
    locks="""
    SELECT a.id FROM accounts_account a WHERE a.id IN (
        SELECT n.id FROM accounts_account n WHERE n.number IN (SELECT account FROM incoming_now)
        UNION ALL SELECT p.id FROM accounts_account p WHERE p.is_suspense)
    ORDER BY a.id FOR UPDATE
    """,
    refuses=f"""
    SELECT number, CASE WHEN reason LIKE 'The account is kept%%' THEN 'currency' ELSE 'account' END, reason
    FROM (SELECT s.number, {_REASON} AS reason {_ROWS}) judged
    WHERE reason IS NOT NULL AND %(source)s IS NOT NULL
    """,
    counts=f"""
    SELECT count(*), count(*) FILTER (WHERE t.id IS NULL),
        count(*) FILTER (WHERE t.id IS NOT NULL AND ({_VALUES}) IS DISTINCT FROM ({_STORED}))
    {_ROWS} WHERE %(source)s IS NOT NULL
    """,
    writes=f"""
    INSERT INTO accounts_accounttransaction AS t
        (account_id, reference, kind, date, amount, currency, is_unbilled, description)
    SELECT coalesce(x.id, a.id), {_STRAY}, {_VALUES}
    {_ROWS} WHERE (r.id IS NULL OR x.id IS NOT NULL) AND %(source)s IS NOT NULL
    ON CONFLICT (account_id, reference) DO UPDATE SET kind = excluded.kind, date = excluded.date,
        amount = excluded.amount, currency = excluded.currency, is_unbilled = excluded.is_unbilled,
        description = excluded.description
    WHERE ({_STORED}) IS DISTINCT FROM (excluded.kind, excluded.date, excluded.amount, excluded.currency,
        excluded.is_unbilled, excluded.description)
    """,
    strays=f"SELECT count(*) {_ROWS} WHERE x.id IS NOT NULL AND t.id IS NULL AND %(source)s IS NOT NULL",
    of_erased=frozenset({_STANDS, _NOWHERE, _ELSEWHERE}),
)
KIND: Final = FileKind(
    key=Import.Kind.ACCOUNT_TRANSACTIONS,
    fields=_FIELDS,
    required=("account", "date", "amount"),
    headers=_HEADERS,
    rows_in=table_in(POSTINGS, amount="amount"),
)
