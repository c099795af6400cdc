"""A change that is killed anywhere and sent again is made exactly once."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from kith.access.models import KeptAnswer
from kith.access.roles import RoleName
from kith.contacts.models import Contact
from kith.grouping.models import Operation
from tests.api.conftest import System, SystemWith
from tests.contacts import factories
from tests.locks import wait_until_released
from tests.processes import KILLED, ended

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.mark.parametrize("statement", [3, 9, 20, 40])
def test_a_change_killed_between_two_statements_and_sent_again_is_made_once(
    system_with: SystemWith, statement: int
) -> None:
    system = system_with(RoleName.STEWARD)
    ann, petros = factories.person("Ann", "Leeson"), factories.person("Petros", "Nikolaou")
    change = {"change": {"kind": "group", "master": ann.pk, "children": [petros.pk]}}
    assert _sent(system, change, die_at=statement) == KILLED
    wait_until_released()
    assert (Operation.objects.count(), KeptAnswer.objects.count()) == (0, 0)
    for _ in range(2):
        assert _sent(system, change) == 0
    assert (Operation.objects.count(), KeptAnswer.objects.count()) == (1, 1)
    assert Contact.objects.get(pk=petros.pk).successor_id == ann.pk


def _sent(system: System, change: Mapping[str, object], *, die_at: int = 0) -> int:
    return ended("tests.api.killed_change", str(die_at), system.token, json.dumps(change))
