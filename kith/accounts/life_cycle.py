"""Financial: whoever holds at least one account that is not terminated (A14). Everybody else: Marketing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from kith.accounts.models import Account
from kith.contacts.life_cycle import LifeCycle
from kith.sources.models import Membership

IS_FINANCIAL: Final = """
EXISTS (SELECT 1 FROM accounts_account a JOIN sources_membership m ON m.record_id = a.record_id
    WHERE m.contact_id = {contact} AND a.state <> 'terminated')
"""
"""SQL; `{contact}` is a column of GroupIDs."""


def condition(life_cycle: LifeCycle) -> Q:
    """On a queryset of contacts: those who are it. One EXISTS, however many accounts there are."""
    open_accounts = Account.objects.exclude(state=Account.State.TERMINATED)
    holding = Membership.objects.filter(
        contact_id=OuterRef("pk"), record_id__in=open_accounts.values("record_id")
    )
    return Q(Exists(holding)) if life_cycle is LifeCycle.FINANCIAL else ~Q(Exists(holding))


def financial_among(contact_ids: Sequence[int]) -> frozenset[int]:
    with connection.cursor() as cursor:
        cursor.execute(_AMONG, [list(contact_ids)])
        return frozenset(pk for (pk,) in cursor.fetchall())


_AMONG: Final = """
SELECT DISTINCT m.contact_id FROM sources_membership m JOIN accounts_account a ON a.record_id = m.record_id
WHERE m.contact_id = ANY(%s) AND a.state <> 'terminated'
"""
