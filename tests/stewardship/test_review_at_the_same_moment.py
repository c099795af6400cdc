"""Two stewards answer one question at the same moment: one answer counts, the other hears of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from kith.access.models import User
from kith.contacts.models import Contact
from kith.grouping.models import Operation
from kith.kernel.errors import DomainError
from kith.stewardship.review import actions
from kith.stewardship.review.keeping import rebuild
from kith.stewardship.review.models import Answer, ReviewItem
from tests.stewardship.doubtful import asked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.mark.parametrize("second", [Answer.GROUP, Answer.APART])
def test_one_answer_counts(steward: User, power_user: User, second: Answer) -> None:
    item, ready = asked(), Barrier(2)

    def answered(user: User, verdict: Answer) -> bool:
        try:
            ready.wait(timeout=20)
            actions.answer(actor=user.actor, item_id=item.pk, verdict=verdict)
        except DomainError:
            return False
        else:
            return True
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        both = [
            pool.submit(answered, steward, Answer.GROUP),
            pool.submit(answered, power_user, second),
        ]
        found = [one.result(timeout=60) for one in both]
    assert sorted(found) == [False, True]
    item.refresh_from_db()
    assert item.state == ReviewItem.State.DECIDED
    assert Operation.objects.get().pk == item.operation_id


def test_a_rebuild_beside_answers_waits_for_nobody_for_ever(steward: User) -> None:
    items, ready = [asked(first=f"Andreas{number}") for number in range(4)], Barrier(2)

    def rebuilt() -> None:
        ready.wait(timeout=20)
        for _ in range(6):
            rebuild()
        connections.close_all()

    def answered() -> None:
        ready.wait(timeout=20)
        for item in items:
            actions.answer(actor=steward.actor, item_id=item.pk, verdict=Answer.GROUP)
        connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(rebuilt), pool.submit(answered)]:
            one.result(timeout=120)
    assert set(ReviewItem.objects.values_list("state", flat=True)) == {"decided"}
    assert Contact.objects.filter(state="active").count() == 4
