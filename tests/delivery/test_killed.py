"""A sender that is killed anywhere loses no message."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from kith.access.actors import COMMAND_LINE
from kith.delivery import actions, tasks
from kith.delivery.models import Attempt, Endpoint, Message
from tests.delivery.conftest import Receiver
from tests.locks import wait_until_released

CHILD = Path(__file__).with_name("killed_sender.py")
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
    assert _killed_at(statement, told.pk) == -signal.SIGKILL
    wait_until_released()
    before = len(receiver.received)
    assert (Attempt.objects.count(), Message.objects.filter(state="waiting").count()) == (0, 3)
    tasks.send_to(endpoint_id=told.pk)
    assert {one.headers["webhook-id"] for one in receiver.received} == wanted
    assert len(receiver.received) == before + 3
    assert before in {0, 3}
    assert Message.objects.filter(state="sent").count() == 3


def _killed_at(statement: int, endpoint_id: int) -> int:
    database = connection.settings_dict
    url = (
        f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}?host={database['HOST']}"
    )
    if database["PORT"]:
        url += f"&port={database['PORT']}"
    environment = {**os.environ, "DATABASE_URL": url, "KITH_HOME": str(settings.HOME), "KITH_TESTING": "1"}
    environment["DJANGO_SETTINGS_MODULE"] = "kith.config.settings"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(CHILD), str(statement), str(endpoint_id)],
        env=environment,
        check=False,
        capture_output=True,
        timeout=60,
    )
    return done.returncode
