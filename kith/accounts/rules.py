"""What may be done with accounts and linked items: every reason at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Final

from kith.accounts.models import Account, AccountTransaction, LinkedItem
from kith.kernel.decision import Decision

CURRENCY: Final = re.compile(r"^[A-Z]{3}$")
LARGEST_AMOUNT: Final = Decimal("99999999999999.99")
_STATES: Final = Account.State
_SOLD: Final = frozenset({LinkedItem.Kind.SUBSCRIPTION, LinkedItem.Kind.LEAD})
MOVES: Final[Mapping[str, frozenset[str]]] = {
    _STATES.ACTIVE: frozenset({_STATES.SUSPENDED, _STATES.TERMINATED}),
    _STATES.SUSPENDED: frozenset({_STATES.ACTIVE, _STATES.TERMINATED}),
    _STATES.TERMINATED: frozenset(),
}
SUSPENSE_MOVES: Final[Mapping[str, frozenset[str]]] = {
    _STATES.ACTIVE: frozenset({_STATES.TERMINATED}),
    _STATES.TERMINATED: frozenset({_STATES.ACTIVE}),
}
"""The Suspense Account is on or off, and can be switched on again (C43)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDetails:
    number: str
    name: str = ""
    classification: str = ""
    currency: str = "EUR"
    billing_address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A transaction as it is posted; its currency is the account's."""

    kind: str = AccountTransaction.Kind.FINANCIAL
    reference: str
    date: date
    amount: Decimal
    is_unbilled: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDetails:
    kind: str
    title: str
    reference: str = ""
    """'': one is made."""
    is_running: bool = True
    started_date: date | None = None
    ended_date: date | None = None
    amount: Decimal | None = None
    currency: str = ""
    is_unbilled: bool = False
    notes: str = ""


def details_of(account: Account) -> AccountDetails:
    return AccountDetails(**{one.name: getattr(account, one.name) for one in fields(AccountDetails)})


def is_trade(details: ItemDetails) -> bool:
    """Sold, or being sold; work and questions are none."""
    return details.is_running and details.kind in _SOLD


def details_of_item(item: LinkedItem) -> ItemDetails:
    return ItemDetails(**{one.name: getattr(item, one.name) for one in fields(ItemDetails)})


def moves_of(account: Account) -> frozenset[str]:
    """The states that it may go to."""
    return (SUSPENSE_MOVES if account.is_suspense else MOVES)[account.state]


def may_keep(details: AccountDetails, *, is_taken: bool, has_others: bool = False) -> Decision:
    """`has_others`: it holds transactions in another currency."""
    reasons = []
    if not details.number or len(details.number) > 60:
        reasons.append("the number has 1 to 60 characters")
    if is_taken:
        reasons.append("another account has this number")
    if len(details.name) > 120:
        reasons.append("the name has at most 120 characters")
    if len(details.classification) > 40:
        reasons.append("the classification has at most 40 characters")
    if not CURRENCY.match(details.currency):
        reasons.append("the currency is a code of three capital letters")
    if has_others:
        reasons.append("it holds transactions, so its currency stays")
    return Decision(tuple(reasons))


def may_move(account: Account, *, to: str, is_needed: bool = False) -> Decision:
    """`is_needed`: as for `may_delete`."""
    if account.is_suspense and is_needed and to == Account.State.TERMINATED:
        return Decision((NEEDED,))
    if to in moves_of(account):
        return Decision()
    wanted = dict(Account.State.choices).get(to, to)
    if account.state == to:
        return Decision((f"the account is {account.get_state_display().lower()} already",))
    if account.is_suspense and to == Account.State.SUSPENDED:
        return Decision(("the Suspense Account is active or terminated, never suspended",))
    if account.state == Account.State.TERMINATED:
        return Decision(("a terminated account stays terminated",))
    return Decision((f"an account that is {account.get_state_display()} cannot become {wanted}",))


NEEDED: Final = (
    "while anonymising is switched on it is needed: money that still arrives for somebody who was anonymised"
    " goes there"
)


def may_delete(account: Account, *, transactions: int, is_needed: bool = False) -> Decision:
    """`is_needed`: of the Suspense Account (C43)."""
    reasons = []
    if transactions:
        plural = "s" if transactions != 1 else ""
        which = "the Suspense Account" if account.is_suspense else "the account"
        reasons.append(f"{which} holds {transactions:,} transaction{plural}: terminate it instead")
    if account.is_suspense and is_needed:
        reasons.append(NEEDED)
    return Decision(tuple(reasons))


def may_post(account: Account, posting: Posting, *, is_taken: bool) -> Decision:
    reasons = []
    if account.state == Account.State.TERMINATED:
        reasons.append("the account is terminated")
    if posting.kind not in AccountTransaction.Kind.values:
        reasons.append("a transaction is financial or of the wallet")
    if not posting.reference or len(posting.reference) > 120:
        reasons.append("the reference has 1 to 120 characters")
    if is_taken:
        reasons.append("the account has a transaction with this reference")
    if not posting.amount or abs(posting.amount) > LARGEST_AMOUNT:
        reasons.append("the amount is not nothing, and has at most 14 digits")
    if len(posting.description) > 300:
        reasons.append("the description has at most 300 characters")
    return Decision(tuple(reasons))


def may_link(details: ItemDetails, *, is_taken: bool) -> Decision:
    reasons = []
    if details.kind not in LinkedItem.Kind.values:
        reasons.append("there is no such kind of item")
    if not details.title or len(details.title) > 200:
        reasons.append("the title has 1 to 200 characters")
    if len(details.reference) > 120:
        reasons.append("the reference has at most 120 characters")
    if is_taken:
        reasons.append("this System Ref has an item of this kind and reference")
    if details.started_date and details.ended_date and details.ended_date < details.started_date:
        reasons.append("it ends before it starts")
    if details.amount is not None and not CURRENCY.match(details.currency):
        reasons.append("an amount has a currency, a code of three capital letters")
    if details.amount is not None and abs(details.amount) > LARGEST_AMOUNT:
        reasons.append("the amount has at most 14 digits")
    return Decision(tuple(reasons))
