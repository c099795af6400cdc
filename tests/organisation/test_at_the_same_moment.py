from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from kith.access.actors import COMMAND_LINE
from kith.kernel.errors import Refused
from kith.organisation.actions import add_part
from kith.organisation.levels import Level
from kith.organisation.models import Community
from tests.locks import wait_until_somebody_waits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_of_two_who_add_the_same_community_the_second_is_told() -> None:
    def second() -> str:
        try:
            add_part(actor=COMMAND_LINE, level=Level.COMMUNITY, name="North")
        except Refused as refusal:
            return refusal.fields["name"]
        finally:
            connections.close_all()
        return ""

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            Community.objects.create(name="north")
            told = thread.submit(second)
            wait_until_somebody_waits(of="transactionid")
        assert told.result() == "Somebody took this name at this moment."
    assert Community.objects.count() == 1
