"""A sender that is killed anywhere loses no message."""

from __future__ import annotations

import pytest

from kith.access.actors import COMMAND_LINE
from kith.delivery import actions, tasks
from kith.delivery.models import Attempt, Endpoint, Message
from tests.delivery.conftest import Receiver
from tests.locks import wait_until_released
from tests.processes import KILLED, ended

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.mark.usefixtures("empty_queue")
@pytest.mark.parametrize("statement", [1, 3, 5])
def test_a_sender_killed_between_two_statements_loses_nothing(
    told: Endpoint, receiver: Receiver, statement: int
) -> None:
    wanted = {
        Message.objects.get(pk=actions.send_test(actor=COMMAND_LINE, endpoint_id=told.pk)).event.webhook_id
        for _ in range(3)
    }
    assert ended("tests.delivery.killed_sender", str(statement), str(told.pk)) == KILLED
    wait_until_released()
    before = len(receiver.received)
    assert (Attempt.objects.count(), Message.objects.filter(state="waiting").count()) == (0, 3)
    tasks.send_to(endpoint_id=told.pk)
    assert {one.headers["webhook-id"] for one in receiver.received} == wanted
    assert len(receiver.received) == before + 3
    assert before in {0, 3}
    assert Message.objects.filter(state="sent").count() == 3
