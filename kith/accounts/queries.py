"""Accounts, their transactions and linked items: of one contact, or of one account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, Count, DecimalField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.accounts.models import Account, AccountTransaction, LinkedItem
from kith.kernel.errors import NotFound
from kith.sources.models import Membership

_NOTHING = Value(Decimal(0), output_field=DecimalField(max_digits=20, decimal_places=2))
_MONEY = DecimalField(max_digits=20, decimal_places=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    account: Account
    balance: Decimal
    """Of its financial transactions."""
    wallet: Decimal
    transactions: int
    unbilled: Decimal


def accounts_of(contact_id: int, *, actor: Actor) -> list[AccountLine]:
    """Those still open first. Two queries."""
    require(actor, Permission.CONTACT_VIEW)
    closed = Case(When(state=Account.State.TERMINATED, then=1), default=0)
    rows = Account.objects.filter(record_id__in=_records(contact_id)).order_by(closed, "number")
    return _lines(list(rows))


def accounts_on(record_ids: Sequence[int]) -> int:
    return Account.objects.filter(record_id__in=record_ids).count()


def items_on(record_ids: Sequence[int]) -> int:
    return LinkedItem.objects.filter(record_id__in=record_ids).count()


def account_line(account: Account) -> AccountLine:
    return _lines([account])[0]


def _lines(accounts: Sequence[Account]) -> list[AccountLine]:
    sums = {
        row["account_id"]: {name: row[name] for name in ("balance", "wallet", "unbilled", "number")}
        for row in AccountTransaction.objects.filter(account__in=[one.pk for one in accounts])
        .values("account_id")
        .annotate(
            balance=_sum(Q(kind=AccountTransaction.Kind.FINANCIAL)),
            wallet=_sum(Q(kind=AccountTransaction.Kind.WALLET)),
            unbilled=_sum(Q(is_unbilled=True)),
            number=Count("pk"),
        )
    }
    return [_line(one, sums.get(one.pk)) for one in accounts]


def _sum(condition: Q) -> Coalesce:
    return Coalesce(Sum("amount", filter=condition, output_field=_MONEY), _NOTHING)


def _line(account: Account, sums: Mapping[str, Decimal | int] | None) -> AccountLine:
    found = sums or {}
    return AccountLine(
        account=account,
        balance=Decimal(found.get("balance", 0)),
        wallet=Decimal(found.get("wallet", 0)),
        unbilled=Decimal(found.get("unbilled", 0)),
        transactions=int(found.get("number", 0)),
    )


def account_of(account_id: int, *, actor: Actor) -> Account:
    require(actor, Permission.CONTACT_VIEW)
    found = Account.objects.filter(pk=account_id).first()
    if found is None:
        raise NotFound("There is no such account.")
    return found


def has_suspense_account() -> bool:
    """That takes money: not terminated."""
    return Account.objects.filter(is_suspense=True, state=Account.State.ACTIVE).exists()


def suspense_account(*, actor: Actor) -> Account | None:
    require(actor, Permission.SETTINGS_VIEW)
    return Account.objects.filter(is_suspense=True).first()


def contact_of(record_id: int | None) -> int | None:
    """The GroupID that a System Ref belongs to now."""
    if record_id is None:
        return None
    return Membership.objects.filter(record_id=record_id).values_list("contact_id", flat=True).first()


def transactions_of_contact(contact_id: int, *, actor: Actor) -> QuerySet[AccountTransaction]:
    require(actor, Permission.CONTACT_VIEW)
    of_contact = Account.objects.filter(record_id__in=_records(contact_id)).values("pk")
    rows = AccountTransaction.objects.filter(account_id__in=of_contact).select_related("account")
    return rows.order_by("-date", "-pk")


def transactions_of(account: Account) -> QuerySet[AccountTransaction]:
    return AccountTransaction.objects.filter(account=account)


def items_of(contact_id: int, *, actor: Actor) -> QuerySet[LinkedItem]:
    """Those that run first, the newest of each first."""
    require(actor, Permission.CONTACT_VIEW)
    rows = LinkedItem.objects.filter(record_id__in=_records(contact_id))
    return rows.order_by("-is_running", "-started_date", "-pk")


def item_of(item_id: int, *, actor: Actor) -> LinkedItem:
    require(actor, Permission.CONTACT_VIEW)
    found = LinkedItem.objects.filter(pk=item_id).first()
    if found is None:
        raise NotFound("There is no such linked item.")
    return found


def classifications() -> list[str]:
    """Those in use, to choose from."""
    rows = Account.objects.exclude(classification="").values_list("classification", flat=True)
    return list(rows.distinct().order_by("classification")[:100])


def _records(contact_id: int) -> QuerySet[Membership, int]:
    return Membership.objects.filter(contact_id=contact_id).values_list("record_id", flat=True)
