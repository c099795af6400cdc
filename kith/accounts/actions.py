"""Accounts, transactions and linked items: permission, lock, rule, write, journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from secrets import token_hex
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.accounts import rules
from kith.accounts.models import Account, AccountTransaction, LinkedItem
from kith.accounts.queries import contact_of
from kith.accounts.rules import AccountDetails, ItemDetails, Posting
from kith.audit import journal
from kith.audit.taken_once import taken_once
from kith.contacts.may.asking import hold_to, hold_to_changing
from kith.contacts.may.rules import Act, Ask
from kith.contacts.models import Contact
from kith.kernel.clock import now
from kith.kernel.decision import sentence
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.kernel.seen import unless_changed
from kith.sources.doors import lock
from kith.sources.doors.holding import unless_erased
from kith.sources.models import Membership

_TRADING: Final = Ask(act=Act.TRADE)
_TAKEN: Final = "Somebody took this number or reference at this moment."


@transaction.atomic
def add_account(*, actor: Actor, contact_id: int, details: AccountDetails) -> Account:
    """It hangs on the contact's primary System Ref."""
    require(actor, Permission.CONTACT_EDIT)
    record_id = _leading_record(contact_id, actor=actor)
    hold_to(contact_id, _TRADING)
    _may_keep(details, is_taken=_is_taken(details.number))
    with taken_once(_TAKEN, field="number"):
        account = Account.objects.create(record_id=record_id, **asdict(details))
    _journal("AccountAdded", actor=actor, of=account, group_id=contact_id)
    return account


@transaction.atomic
def edit_account(*, actor: Actor, account_id: int, details: AccountDetails, seen: str = "") -> Account:
    """`seen`: `state_of` of what the person looked at; Conflict when it is another by now."""
    require(actor, Permission.CONTACT_EDIT)
    account = _locked_account(account_id, actor=actor)
    _may_touch(actor, account)
    unless_changed(rules.details_of(account), seen=seen, wanted=details)
    has_others = account.transactions.exclude(currency=details.currency).exists()
    taken = _is_taken(details.number, but=account_id)
    _may_keep(details, is_taken=taken, has_others=has_others)
    changed = [name for name, value in asdict(details).items() if getattr(account, name) != value]
    for name in changed:
        setattr(account, name, getattr(details, name))
    if changed:
        with taken_once(_TAKEN, field="number"):
            account.save(update_fields=changed)
        _journal("AccountEdited", actor=actor, of=account, fields=changed)
    return account


@transaction.atomic
def move_account(*, actor: Actor, account_id: int, to: str, was: str = "") -> Account:
    """To another state; whether its contact is Financial follows by itself. `was`: its state when somebody
    looked; Conflict when it is another by now.
    """
    require(actor, Permission.CONTACT_EDIT)
    account = _locked_account(account_id, actor=actor)
    _may_touch(actor, account)
    if was and was != account.state:
        now_is = account.get_state_display().lower()
        raise Conflict("Somebody moved this account meanwhile.", fields={"state": f"It is {now_is} now."})
    rules.may_move(account, to=to, is_needed=_is_needed(account)).or_raise()
    if to == Account.State.ACTIVE:
        _may_trade(account.record_id)
    account.state = to
    account.terminated_at = now() if to == Account.State.TERMINATED else None
    account.save(update_fields=["state", "terminated_at"])
    _journal(_MOVED[to], actor=actor, of=account)
    return account


_MOVED: Final[Mapping[str, str]] = {
    Account.State.ACTIVE: "AccountActivated",
    Account.State.SUSPENDED: "AccountSuspended",
    Account.State.TERMINATED: "AccountTerminated",
}


@transaction.atomic
def delete_account(*, actor: Actor, account_id: int, seen: str = "") -> None:
    """One that was made by mistake: nothing was ever posted to it."""
    require(actor, Permission.CONTACT_EDIT)
    account = _locked_account(account_id, actor=actor)
    _may_touch(actor, account)
    unless_changed(rules.details_of(account), seen=seen)
    transactions = account.transactions.count()
    rules.may_delete(account, transactions=transactions, is_needed=_is_needed(account)).or_raise()
    _journal("AccountDeleted", actor=actor, of=account)
    account.delete()


@transaction.atomic
def make_suspense_account(*, actor: Actor, details: AccountDetails, contact_id: int | None = None) -> Account:
    """The one that takes what has no account to go to. `contact_id`: your own organisation as a contact."""
    require(actor, Permission.SETTINGS_EDIT)
    if Account.objects.filter(is_suspense=True).exists():
        raise Refused("There is a Suspense Account already.")
    record_id = _leading_record(contact_id, actor=actor) if contact_id is not None else None
    _may_keep(details, is_taken=_is_taken(details.number))
    with taken_once(_TAKEN, field="number"):
        account = Account.objects.create(record_id=record_id, is_suspense=True, **asdict(details))
    _journal("SuspenseAccountMade", actor=actor, of=account)
    return account


@transaction.atomic
def post(*, actor: Actor, account_id: int, posting: Posting) -> AccountTransaction:
    require(actor, Permission.CONTACT_EDIT)
    account = _locked_account(account_id, actor=actor)
    _may_touch(actor, account)
    taken = account.transactions.filter(reference=posting.reference).exists()
    rules.may_post(account, posting, is_taken=taken).or_raise()
    made = AccountTransaction.objects.create(account=account, currency=account.currency, **asdict(posting))
    _journal("AccountTransactionPosted", actor=actor, of=account)
    return made


@transaction.atomic
def set_billed(*, actor: Actor, transaction_id: int, is_unbilled: bool) -> AccountTransaction:
    require(actor, Permission.CONTACT_EDIT)
    lock.shared()
    found = (
        AccountTransaction.objects.select_for_update(of=("self",))
        .select_related("account")
        .filter(pk=transaction_id)
        .first()
    )
    if found is None:
        raise NotFound("There is no such transaction.")
    _unless_held(found.account.record_id, actor=actor)
    _may_touch(actor, found.account)
    if found.is_unbilled != is_unbilled:
        found.is_unbilled = is_unbilled
        found.save(update_fields=["is_unbilled"])
        _journal("AccountTransactionEdited", actor=actor, of=found.account, fields=["is_unbilled"])
    return found


@transaction.atomic
def add_item(*, actor: Actor, contact_id: int, details: ItemDetails) -> LinkedItem:
    """It hangs on the contact's primary System Ref."""
    require(actor, Permission.CONTACT_EDIT)
    record_id = _leading_record(contact_id, actor=actor)
    beside = LinkedItem.objects.filter(record_id=record_id, kind=details.kind, reference=details.reference)
    rules.may_link(details, is_taken=beside.exists()).or_raise()
    if rules.is_trade(details):
        hold_to(contact_id, _TRADING)
    given = {**asdict(details), "reference": details.reference or token_hex(8)}
    item = LinkedItem.objects.create(record_id=record_id, **given)
    _journal_item("LinkedItemAdded", actor=actor, of=item)
    return item


@transaction.atomic
def edit_item(*, actor: Actor, item_id: int, details: ItemDetails, seen: str = "") -> LinkedItem:
    """An empty reference leaves the one it has. `seen`: as for accounts."""
    require(actor, Permission.CONTACT_EDIT)
    item = _locked_item(item_id, actor=actor)
    unless_changed(rules.details_of_item(item), seen=seen, wanted=details)
    given = {**asdict(details), "reference": details.reference or item.reference}
    beside = LinkedItem.objects.filter(
        record_id=item.record_id, kind=details.kind, reference=given["reference"]
    ).exclude(pk=item_id)
    rules.may_link(details, is_taken=beside.exists()).or_raise()
    if rules.is_trade(details) and not rules.is_trade(rules.details_of_item(item)):
        _may_trade(item.record_id)
    changed = [name for name, value in given.items() if getattr(item, name) != value]
    for name in changed:
        setattr(item, name, given[name])
    if changed:
        with taken_once(_TAKEN, field="reference"):
            item.save(update_fields=changed)
        _journal_item("LinkedItemEdited", actor=actor, of=item, fields=changed)
    return item


@transaction.atomic
def remove_item(*, actor: Actor, item_id: int, seen: str = "") -> None:
    require(actor, Permission.CONTACT_EDIT)
    item = _locked_item(item_id, actor=actor)
    unless_changed(rules.details_of_item(item), seen=seen)
    _journal_item("LinkedItemRemoved", actor=actor, of=item)
    item.delete()


def _leading_record(contact_id: int, *, actor: Actor) -> int:
    """The contact stays locked: it is not deleted while something is hung on it."""
    contact = (
        Contact.objects.select_for_update()
        .filter(pk=contact_id, state=Contact.State.ACTIVE)
        .values_list("primary_record_id", flat=True)
    )
    if not contact:
        raise NotFound("There is no such contact.")
    hold_to_changing([contact_id], actor=actor)
    members = Membership.objects.filter(contact_id=contact_id).order_by("record_id")
    ids = list(members.values_list("record_id", flat=True))
    primary = contact[0]
    return primary if primary in ids else ids[0]


def _locked_account(account_id: int, *, actor: Actor) -> Account:
    """Of nobody who was anonymised (C42)."""
    lock.shared()
    found = Account.objects.select_for_update().filter(pk=account_id).first()
    if found is None:
        raise NotFound("There is no such account.")
    _unless_held(found.record_id, actor=actor)
    return found


def _locked_item(item_id: int, *, actor: Actor) -> LinkedItem:
    """As `_locked_account`."""
    lock.shared()
    found = LinkedItem.objects.select_for_update().filter(pk=item_id).first()
    if found is None:
        raise NotFound("There is no such linked item.")
    _unless_held(found.record_id, actor=actor)
    return found


def _unless_held(record_id: int | None, *, actor: Actor) -> None:
    """Nobody's who was anonymised (C42), or whom this actor may not change."""
    unless_erased(record_id)
    contact_id = contact_of(record_id)
    if contact_id is not None:
        hold_to_changing([contact_id], actor=actor)


def _may_trade(record_id: int | None) -> None:
    """What was begun may be settled; nothing new begins with whoever is deceased (A11)."""
    contact_id = contact_of(record_id)
    if contact_id is not None:
        hold_to(contact_id, _TRADING)


def _is_needed(account: Account) -> bool:
    """Only the Suspense Account may be."""
    is_needed: Callable[[], bool] = import_string(settings.KITH_SUSPENSE_NEEDED)
    return account.is_suspense and is_needed()


def _may_touch(actor: Actor, account: Account) -> None:
    """The Suspense Account is the system's, not an agent's."""
    if account.is_suspense:
        require(actor, Permission.SETTINGS_EDIT)


def _may_keep(details: AccountDetails, *, is_taken: bool, has_others: bool = False) -> None:
    """A number that is taken is said at its field."""
    others = rules.may_keep(details, is_taken=False, has_others=has_others)
    if is_taken:
        every = rules.may_keep(details, is_taken=True, has_others=has_others)
        beside = {"": sentence(others.reasons)} if others.reasons else {}
        raise Refused(
            sentence(every.reasons), fields={"number": "Another account has this number.", **beside}
        )
    others.or_raise()


def _is_taken(number: str, *, but: int | None = None) -> bool:
    beside = Account.objects.filter(number=number)
    return (beside if but is None else beside.exclude(pk=but)).exists()


def _journal(
    event: str, *, actor: Actor, of: Account, group_id: int | None = None, fields: list[str] | None = None
) -> None:
    journal.record(
        event,
        by=actor,
        subject_type="account",
        subject_id=of.pk,
        group_id=group_id or contact_of(of.record_id),
        detail={"fields": fields} if fields else None,
    )


def _journal_item(event: str, *, actor: Actor, of: LinkedItem, fields: list[str] | None = None) -> None:
    journal.record(
        event,
        by=actor,
        subject_type="linked_item",
        subject_id=of.pk,
        group_id=contact_of(of.record_id),
        detail={"kind": of.kind, **({"fields": fields} if fields else {})},
    )
