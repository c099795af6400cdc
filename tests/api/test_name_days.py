from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from kith.access.actors import OVERNIGHT
from kith.access.roles import RoleName
from kith.namedays.actions import execute_run
from kith.namedays.sections import OWN_RULES, OwnRule, OwnRules
from kith.settings.in_force import in_force
from tests.api.conftest import SystemWith
from tests.contacts import factories

pytestmark = pytest.mark.django_db


def put(client: Client, body: object) -> Any:
    return client.put("/api/v1/name-days/rules", data=body, content_type="application/json")


def test_c10_other_systems_ask_who_celebrates(viewing: Client) -> None:
    george, other = factories.person("Yiorgos"), factories.person("Giorgos")
    execute_run(actor=OVERNIGHT, trigger="button")
    address = "/api/v1/name-days?start=2024-05-01&end=2024-05-31&size=1"
    first = viewing.get(address).json()
    assert first["items"] == [
        {"group_id": george.pk, "name": george.name, "on": "2024-05-06", "is_sure": True}
    ]
    second = viewing.get(f"{address}&cursor={first['next']}").json()
    assert [one["group_id"] for one in second["items"]] == [other.pk]
    assert viewing.get("/api/v1/name-days?start=2024-04-23").json()["items"] == []


@pytest.mark.parametrize("query", ["start=2024-05-02&end=2024-05-01", "start=1000-01-01", "start=nonsense"])
def test_c10_nonsense_is_refused(viewing: Client, query: str) -> None:
    assert viewing.get(f"/api/v1/name-days?{query}").status_code == 422


def test_c9_rules_are_read_and_replaced(system_with: SystemWith, running: Client) -> None:
    client = system_with(RoleName.POWER_USER).client
    rules = [{"day": "23 April", "names": ["Γιώργος", "Giorgos"]}]
    assert put(client, {"rules": rules}).json() == {"rules": 1}
    assert in_force(OWN_RULES) == OwnRules((OwnRule("04-23", ("Γιώργος", "Giorgos")),))
    said = client.get("/api/v1/name-days/rules").json()["rules"]
    assert said == [{"day": "04-23", "words": "23 April", "names": ["Γιώργος", "Giorgos"]}]
    assert put(client, {"rules": [{"day": "31 June", "names": ["A"]}]}).status_code == 422
    assert put(running, {"rules": []}).status_code == 403


def test_c10_a_run_is_started_and_seen(running: Client, viewing: Client) -> None:
    assert running.generic("POST", "/api/v1/name-days/runs").json() == {"state": "queued"}
    assert running.generic("POST", "/api/v1/name-days/runs").status_code == 409
    assert ProcrastinateJob.objects.filter(task_name="namedays.run").count() == 1
    assert viewing.generic("POST", "/api/v1/name-days/runs").status_code == 403
    factories.person("Maria")
    run = execute_run(actor=OVERNIGHT, trigger="button")
    body = viewing.get(f"/api/v1/name-days/runs/{run.pk}").json()
    assert (body["state"], body["counts"]["found"]) == ("done", 1)
    assert viewing.get("/api/v1/name-days/runs").json()["items"] == [body]
    assert viewing.get("/api/v1/name-days/runs/999999").status_code == 404
