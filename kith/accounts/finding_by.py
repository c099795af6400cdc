"""What accounts let one ask of contacts (C25)."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import Q

from kith.accounts.life_cycle import condition
from kith.accounts.models import Account
from kith.contacts.asking import SearchCriterion, Shape, Value
from kith.contacts.life_cycle import LifeCycle
from kith.contacts.rights.rules import Sight
from kith.sources.models import Membership


def finding_by() -> tuple[SearchCriterion, ...]:
    return (
        SearchCriterion(
            key="life_cycle",
            label="Life cycle",
            heading="Standing",
            shape=Shape.CHOICE,
            condition=_in_life_cycle,
            choices=lambda: [(one.value, one.label) for one in LifeCycle],
        ),
        SearchCriterion(
            key="account_number",
            label="Account number",
            heading="Numbers",
            shape=Shape.TEXT,
            condition=_of_account,
            is_personal=True,
        ),
    )


def _in_life_cycle(value: Value, sight: Sight) -> Q | None:
    known = [one for one in LifeCycle if one.value in value.codes]
    return reduce(or_, (condition(one) for one in known)) if known else None


def _of_account(value: Value, sight: Sight) -> Q:
    """The whole number: an account's is read aloud, not guessed."""
    accounts = Account.objects.filter(number=value.text.strip(), record_id__isnull=False)
    return Q(
        pk__in=Membership.objects.filter(record_id__in=accounts.values("record_id")).values("contact_id")
    )
