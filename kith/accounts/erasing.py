"""What of accounts and linked items stands against anonymising (C41), all of it at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db.models import Q
from django.urls import reverse

from kith.accounts.models import Account, AccountTransaction, LinkedItem
from kith.kernel.erasing import Blocker, ErasedWith
from kith.kernel.leaving import Leaving


def _blocks(leaving: Leaving) -> tuple[Blocker, ...]:
    return (*_accounts(leaving), *_unbilled(leaving), *_items(leaving))


def _accounts(leaving: Leaving) -> Iterator[Blocker]:
    open_ones = Account.objects.filter(record_id__in=leaving.record_ids).exclude(
        state=Account.State.TERMINATED
    )
    for account in open_ones.order_by("pk"):
        yield Blocker(
            code="financial",
            sentence=f"account {account.number} is not terminated",
            url=reverse("accounts:detail", args=(account.pk,)),
        )


def _unbilled(leaving: Leaving) -> Iterator[Blocker]:
    unbilled = AccountTransaction.objects.filter(account__record_id__in=leaving.record_ids, is_unbilled=True)
    for account_id, number in unbilled.values_list("account_id", "account__number").distinct().order_by():
        yield Blocker(
            code="unbilled",
            sentence=f"account {number} has transactions that are not billed",
            url=reverse("accounts:detail", args=(account_id,)),
        )


def _items(leaving: Leaving) -> Iterator[Blocker]:
    items = LinkedItem.objects.filter(record_id__in=leaving.record_ids)
    for item in items.filter(Q(is_running=True) | Q(is_unbilled=True)).order_by("pk"):
        url = reverse("accounts:edit-item", args=(item.pk,))
        what = f"{item.get_kind_display().lower()} {item.reference}"
        if item.is_running:
            code = "item" if item.kind == LinkedItem.Kind.OTHER else str(item.kind)
            yield Blocker(code=code, sentence=f"{what} is still running", url=url)
        if item.is_unbilled:
            yield Blocker(code="unbilled", sentence=f"{what} is not billed", url=url)


ERASED_WITH: Final = ErasedWith(room="accounts", blocks=_blocks)
