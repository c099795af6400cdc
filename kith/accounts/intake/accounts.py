"""A file of accounts: each names the System Ref it hangs on. An empty value leaves what is stored."""

from __future__ import annotations

from typing import Final

import polars as pl

from kith.accounts.intake.rows import Fault, Reader, Table, table_in
from kith.sources.file_kinds import FileKind
from kith.sources.models import Import

_STATES: Final = {
    "": "",
    "active": "active",
    "open": "active",
    "suspended": "suspended",
    "blocked": "suspended",
    "terminated": "terminated",
    "closed": "terminated",
}
_FIELDS: Final = {
    "system_ref": "System Ref",
    "account": "Account number",
    "name": "Name",
    "classification": "Classification",
    "currency": "Currency",
    "state": "State",
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
    "account": "account",
    "accountnumber": "account",
    "accountno": "account",
    "accountcode": "account",
    "number": "account",
    "accountname": "name",
    "accountclassification": "classification",
    "class": "classification",
    "accountcurrency": "currency",
    "accountstate": "state",
    "status": "state",
    "accountstatus": "state",
}


def _read(reader: Reader) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "account": reader.text("account"),
            "system_ref": reader.text("system_ref"),
            "name": reader.text("name", most=120),
            "classification": reader.text("classification", most=40),
            "currency": reader.text("currency").str.to_uppercase(),
            "state": reader.word("state").replace_strict(_STATES, default=None, return_dtype=pl.String),
            "default_currency": pl.repeat(reader.currency, reader.rows.height, dtype=pl.String, eager=True),
        }
    )


def _faults(read: pl.DataFrame) -> list[Fault]:
    return [
        ("system_ref", read["system_ref"] == "", "The row has no System Ref."),
        ("account", read["account"] == "", "The row has no account number."),
        ("account", read["account"].str.len_chars() > 60, "The account number is longer than 60 characters."),
        (
            "currency",
            ~read["currency"].str.contains("^([A-Z]{3})?$"),
            "The currency is not a code of three letters.",
        ),
        ("state", read["state"].is_null(), "The state is not active, suspended or terminated."),
    ]


_ROWS: Final = """
FROM incoming_now s
LEFT JOIN sources_sourcerecord r ON r.source_id = %(source)s AND r.system_ref = s.system_ref
LEFT JOIN accounts_account t ON t.number = s.account
"""
_NAME: Final = "coalesce(nullif(s.name, ''), t.name, '')"
_CLASS: Final = "coalesce(nullif(s.classification, ''), t.classification, '')"
_CURRENCY: Final = "coalesce(nullif(s.currency, ''), t.currency, s.default_currency)"
_STATE: Final = "coalesce(nullif(s.state, ''), t.state, 'active')"
_VALUES: Final = f"{_NAME}, {_CLASS}, {_CURRENCY}, {_STATE}"
_REASON: Final = f"""
CASE WHEN r.id IS NULL THEN 'The source has no such System Ref.'
    WHEN t.is_suspense THEN 'This is the Suspense Account.'
    WHEN t.record_id <> r.id THEN 'This account hangs on another System Ref.'
    WHEN t.state = 'terminated' AND {_STATE} <> 'terminated' THEN 'A terminated account stays terminated.'
    WHEN t.currency <> {_CURRENCY} AND EXISTS (
        SELECT 1 FROM accounts_accounttransaction x WHERE x.account_id = t.id
    ) THEN 'The account holds transactions, so its currency stays.' END
"""
ACCOUNTS: Final = Table(
    fields=tuple(_FIELDS),
    columns=dict.fromkeys(
        ("account", "system_ref", "name", "classification", "currency", "state", "default_currency"), "text"
    ),
    key=("account",),
    name="account",
    read=_read,
    faults=_faults,
    locks="SELECT t.id FROM accounts_account t WHERE t.number IN (SELECT account FROM incoming_now)"
    " ORDER BY t.id FOR UPDATE",
    refuses=f"""
    SELECT number, CASE WHEN reason LIKE '%% System Ref.' THEN 'system_ref' WHEN reason LIKE '%%currency%%'
        THEN 'currency' WHEN reason LIKE 'A term%%' THEN 'state' ELSE 'account' END, reason
    FROM (SELECT s.number, {_REASON} AS reason {_ROWS}) judged WHERE reason IS NOT NULL
    """,
    counts=f"""
    SELECT count(*), count(*) FILTER (WHERE t.id IS NULL), count(*) FILTER (WHERE t.id IS NOT NULL
        AND ({_VALUES}) IS DISTINCT FROM (t.name, t.classification, t.currency, t.state)) {_ROWS}
    """,
    writes=f"""
    INSERT INTO accounts_account AS kept (record_id, number, name, classification, currency, state,
        is_suspense, billing_address, terminated_at)
    SELECT r.id, s.account, {_VALUES}, false, '',
        CASE WHEN {_STATE} = 'terminated' THEN coalesce(t.terminated_at, now()) END {_ROWS}
    ON CONFLICT (number) DO UPDATE SET name = excluded.name, classification = excluded.classification,
        currency = excluded.currency, state = excluded.state, terminated_at = excluded.terminated_at
    WHERE (kept.name, kept.classification, kept.currency, kept.state)
        IS DISTINCT FROM (excluded.name, excluded.classification, excluded.currency, excluded.state)
    """,
)
KIND: Final = FileKind(
    key=Import.Kind.ACCOUNTS,
    fields=_FIELDS,
    required=("system_ref", "account"),
    headers=_HEADERS,
    rows_in=table_in(ACCOUNTS, amount="account"),
)
