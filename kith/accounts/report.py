"""Accounts on a printout: what there are, what was posted to them, what goes on with the contact."""

from __future__ import annotations

from kith.accounts import queries
from kith.contacts.report import MOST_ROWS, Content, ReportSection, Subject, table


def _accounts(subject: Subject) -> Content:
    heads = {
        "number": "Number",
        "name": "Name",
        "classification": "Classification",
        "state": "State",
        "balance": "Balance",
        "wallet": "Wallet",
        "currency": "Currency",
        "opened": "Opened",
        "terminated": "Terminated",
    }
    lines = queries.accounts_of(subject.contact.pk, actor=subject.actor)
    return table(
        heads,
        [
            (
                line.account.number,
                line.account.name,
                line.account.classification,
                line.account.get_state_display(),
                line.balance,
                line.wallet,
                line.account.currency,
                line.account.opened_at,
                line.account.terminated_at,
            )
            for line in lines
        ],
    )


def _transactions(subject: Subject) -> Content:
    heads = {
        "date": "Date",
        "account": "Account",
        "reference": "Reference",
        "kind": "Kind",
        "description": "Description",
        "amount": "Amount",
        "currency": "Currency",
    }
    rows = queries.transactions_of_contact(subject.contact.pk, actor=subject.actor)
    return table(
        heads,
        [
            (
                one.date,
                one.account.number,
                one.reference,
                f"{one.get_kind_display()}{', un-billed' if one.is_unbilled else ''}",
                one.description,
                one.amount,
                one.currency,
            )
            for one in rows[: MOST_ROWS + 1]
        ],
    )


def _items(subject: Subject) -> Content:
    heads = {
        "kind": "Kind",
        "title": "Title",
        "state": "State",
        "started": "Started",
        "ended": "Ended",
        "amount": "Amount",
        "currency": "Currency",
        "reference": "Reference",
        "notes": "Notes",
    }
    rows = queries.items_of(subject.contact.pk, actor=subject.actor)
    return table(
        heads,
        [
            (
                one.get_kind_display(),
                one.title,
                "Running" if one.is_running else "Ended",
                one.started_date,
                one.ended_date,
                one.amount,
                one.currency,
                one.reference,
                one.notes,
            )
            for one in rows[: MOST_ROWS + 1]
        ],
    )


ACCOUNTS = ReportSection(key="accounts", label="Accounts", about="With state and balance.", load=_accounts)
TRANSACTIONS = ReportSection(
    key="account_transactions",
    label="Account transactions",
    about="What was posted to the accounts, the newest first.",
    load=_transactions,
)
ITEMS = ReportSection(
    key="linked_items",
    label="Linked items",
    about="Subscriptions, jobs, activities, service requests, leads.",
    load=_items,
)
