"""Accounts, what is posted to them, and linked items, for other systems."""

from __future__ import annotations

from decimal import Decimal
from http import HTTPStatus
from typing import Final, cast

from ninja import Query, Router, Status

from kith.access.permissions import Permission
from kith.accounts import actions, queries
from kith.accounts.models import Account, AccountTransaction, LinkedItem
from kith.accounts.queries import AccountLine
from kith.accounts.rules import AccountDetails, ItemDetails, Posting, details_of, details_of_item
from kith.accounts.schemas import (
    AccountChanged,
    AccountDeleted,
    AccountEditIn,
    AccountIn,
    AccountOut,
    AccountsOut,
    AccountState,
    AccountStateIn,
    AccountTransactionOut,
    BilledIn,
    ItemKind,
    LinkedItemChanged,
    LinkedItemEditIn,
    LinkedItemIn,
    LinkedItemOut,
    Posted,
    PostingIn,
    TransactionKind,
)
from kith.contacts.queries import opened
from kith.kernel.seen import state_of
from kith.users.key_door import with_key
from kith.web.api import (
    CHANGES,
    WITH_BODY,
    WITH_ID,
    WITH_QUERY,
    ApiRequest,
    Id,
    Listed,
    Paging,
    SeenAsked,
    answers,
    rising,
)

contact_accounts: Final = Router(tags=["accounts"])
accounts: Final = Router(tags=["accounts"])
linked_items: Final = Router(tags=["accounts"])


@contact_accounts.get(
    "/{group_id}/accounts",
    summary="List the accounts of a contact",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(AccountsOut, *WITH_ID),
)
def list_accounts(request: ApiRequest, group_id: Id) -> AccountsOut:
    """With their balances; those still open first."""
    contact = opened(group_id, actor=request.auth)
    lines = queries.accounts_of(contact.pk, actor=request.auth)
    return AccountsOut(items=[_account(one, contact.pk) for one in lines])


@contact_accounts.post(
    "/{group_id}/accounts",
    summary="Add an account",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(AccountChanged, *WITH_ID, *WITH_BODY, *CHANGES, status=HTTPStatus.CREATED),
)
def add_account(request: ApiRequest, group_id: Id, given: AccountIn) -> Status[AccountChanged]:
    """It hangs on the contact's primary System Ref, and makes the contact Financial."""
    made = actions.add_account(
        actor=request.auth, contact_id=group_id, details=AccountDetails(**given.model_dump())
    )
    return Status(HTTPStatus.CREATED, _changed(made))


@contact_accounts.get(
    "/{group_id}/linked-items",
    summary="List the linked items of a contact",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(Listed[LinkedItemOut], *WITH_QUERY, *WITH_ID),
)
def list_linked_items(request: ApiRequest, group_id: Id, paging: Query[Paging]) -> Listed[LinkedItemOut]:
    """The oldest first."""
    contact = opened(group_id, actor=request.auth)
    page = rising(queries.items_of(contact.pk, actor=request.auth), paging)
    return Listed[LinkedItemOut](items=[_item(one, contact.pk) for one in page.rows], next=page.next)


@contact_accounts.post(
    "/{group_id}/linked-items",
    summary="Add a linked item",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(LinkedItemChanged, *WITH_ID, *WITH_BODY, *CHANGES, status=HTTPStatus.CREATED),
)
def add_linked_item(request: ApiRequest, group_id: Id, given: LinkedItemIn) -> Status[LinkedItemChanged]:
    made = actions.add_item(actor=request.auth, contact_id=group_id, details=_details(given))
    return Status(HTTPStatus.CREATED, LinkedItemChanged(id=made.pk))


@accounts.get(
    "/{account_id}",
    summary="Open an account",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(AccountOut, *WITH_ID),
)
def open_account(request: ApiRequest, account_id: Id) -> AccountOut:
    found = queries.account_of(account_id, actor=request.auth)
    return _account(queries.account_line(found), queries.contact_of(found.record_id))


@accounts.put(
    "/{account_id}",
    summary="Edit an account",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(AccountChanged, *WITH_ID, *WITH_BODY, *CHANGES),
)
def edit_account(request: ApiRequest, account_id: Id, given: AccountEditIn) -> AccountChanged:
    """All of it at once. The currency stays once something was posted."""
    details = AccountDetails(**given.model_dump(exclude={"seen"}))
    edited = actions.edit_account(actor=request.auth, account_id=account_id, details=details, seen=given.seen)
    return _changed(edited)


@accounts.delete(
    "/{account_id}",
    summary="Delete an account",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(AccountDeleted, *WITH_ID, *CHANGES),
)
def delete_account(request: ApiRequest, account_id: Id, asked: Query[SeenAsked]) -> AccountDeleted:
    """422 once anything was posted to it: terminate it instead."""
    actions.delete_account(actor=request.auth, account_id=account_id, seen=asked.seen)
    return AccountDeleted(id=account_id)


@accounts.put(
    "/{account_id}/state",
    summary="Move an account to another state",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(AccountChanged, *WITH_ID, *WITH_BODY, *CHANGES),
)
def move_account(request: ApiRequest, account_id: Id, given: AccountStateIn) -> AccountChanged:
    """Active and suspended go to and fro; a terminated account stays terminated."""
    moved = actions.move_account(
        actor=request.auth, account_id=account_id, to=given.state, was=given.was or ""
    )
    return _changed(moved)


@accounts.get(
    "/{account_id}/transactions",
    summary="List the transactions of an account",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(Listed[AccountTransactionOut], *WITH_QUERY, *WITH_ID),
)
def list_account_transactions(
    request: ApiRequest, account_id: Id, paging: Query[Paging]
) -> Listed[AccountTransactionOut]:
    """In the order in which they were posted."""
    found = queries.account_of(account_id, actor=request.auth)
    page = rising(queries.transactions_of(found), paging)
    return Listed[AccountTransactionOut](items=[_transaction(one) for one in page.rows], next=page.next)


@accounts.post(
    "/{account_id}/transactions",
    summary="Post a transaction",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(Posted, *WITH_ID, *WITH_BODY, *CHANGES, status=HTTPStatus.CREATED),
)
def post_transaction(request: ApiRequest, account_id: Id, given: PostingIn) -> Status[Posted]:
    """In the currency of the account. It is never deleted: post another one against it."""
    made = actions.post(actor=request.auth, account_id=account_id, posting=_posting(given))
    return Status(HTTPStatus.CREATED, Posted(id=made.pk, account_id=made.account_id))


@accounts.put(
    "/transactions/{transaction_id}/billed",
    summary="Say whether a transaction is billed",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(Posted, *WITH_ID, *WITH_BODY, *CHANGES),
)
def set_transaction_billed(request: ApiRequest, transaction_id: Id, given: BilledIn) -> Posted:
    found = actions.set_billed(
        actor=request.auth, transaction_id=transaction_id, is_unbilled=given.is_unbilled
    )
    return Posted(id=found.pk, account_id=found.account_id)


@linked_items.put(
    "/{item_id}",
    summary="Edit a linked item",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(LinkedItemChanged, *WITH_ID, *WITH_BODY, *CHANGES),
)
def edit_linked_item(request: ApiRequest, item_id: Id, given: LinkedItemEditIn) -> LinkedItemChanged:
    """All of it at once."""
    actions.edit_item(actor=request.auth, item_id=item_id, details=_details(given), seen=given.seen)
    return LinkedItemChanged(id=item_id)


@linked_items.delete(
    "/{item_id}",
    summary="Remove a linked item",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(LinkedItemChanged, *WITH_ID, *CHANGES),
)
def remove_linked_item(request: ApiRequest, item_id: Id, asked: Query[SeenAsked]) -> LinkedItemChanged:
    actions.remove_item(actor=request.auth, item_id=item_id, seen=asked.seen)
    return LinkedItemChanged(id=item_id)


def _posting(given: PostingIn) -> Posting:
    return Posting(**{**given.model_dump(), "amount": Decimal(given.amount)})


def _details(given: LinkedItemIn) -> ItemDetails:
    amount = None if given.amount is None else Decimal(given.amount)
    return ItemDetails(**{**given.model_dump(exclude={"seen"}), "amount": amount})


def _account(line: AccountLine, group_id: int | None) -> AccountOut:
    one = line.account
    return AccountOut(
        id=one.pk,
        group_id=group_id,
        number=one.number,
        name=one.name,
        classification=one.classification,
        currency=one.currency,
        state=cast(AccountState, one.state),
        is_suspense=one.is_suspense,
        billing_address=one.billing_address,
        balance=line.balance,
        wallet=line.wallet,
        unbilled=line.unbilled,
        opened_at=one.opened_at,
        terminated_at=one.terminated_at,
        seen=state_of(details_of(one)),
    )


def _changed(account: Account) -> AccountChanged:
    return AccountChanged(id=account.pk, state=cast(AccountState, account.state))


def _transaction(one: AccountTransaction) -> AccountTransactionOut:
    return AccountTransactionOut(
        id=one.pk,
        kind=cast(TransactionKind, one.kind),
        reference=one.reference,
        date=one.date,
        amount=one.amount,
        currency=one.currency,
        is_unbilled=one.is_unbilled,
        description=one.description,
        posted_at=one.posted_at,
    )


def _item(one: LinkedItem, group_id: int | None) -> LinkedItemOut:
    return LinkedItemOut(
        id=one.pk,
        group_id=group_id,
        kind=cast(ItemKind, one.kind),
        reference=one.reference,
        title=one.title,
        is_running=one.is_running,
        started_date=one.started_date,
        ended_date=one.ended_date,
        amount=one.amount,
        currency=one.currency,
        is_unbilled=one.is_unbilled,
        notes=one.notes,
        seen=state_of(details_of_item(one)),
    )
