from __future__ import annotations

from typing import Final

from kith.accounts.models import Account, LinkedItem
from kith.kernel.leaving import DeletedWith, Leaving


def _blocks(leaving: Leaving) -> tuple[str, ...]:
    """Terminated accounts and ended items too: whom one dealt with is anonymised, not deleted (A15)."""
    accounts = Account.objects.filter(record_id__in=leaving.record_ids).count()
    items = LinkedItem.objects.filter(record_id__in=leaving.record_ids)
    running = items.filter(is_running=True).count()
    ended = items.filter(is_running=False).count()
    return (
        *(
            [f"it has {accounts:,} account{'s' if accounts != 1 else ''}, and terminated ones count"]
            * bool(accounts)
        ),
        *([f"{running:,} linked item{'s run' if running != 1 else ' runs'}"] * bool(running)),
        *([f"it has {ended:,} linked item{'s' if ended != 1 else ''} that ended"] * bool(ended)),
    )


DELETED_WITH: Final = DeletedWith(room="accounts", blocks=_blocks)
