"""Erasing elsewhere, done by the system that has to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kith.access.roles import RoleName
from kith.audit.models import Entry
from kith.kernel.clock import now
from kith.privacy.elsewhere.actions import open_cases_of_due
from kith.privacy.elsewhere.models import ElsewhereTask
from kith.sources.models import SourceRecord
from kith.stewardship.models import Case
from kith.web.formats import group_id
from tests.api.conftest import SystemWith
from tests.contacts import factories
from tests.privacy.elsewhere.test_elsewhere import erased
from tests.privacy.erasing.test_erasures import allow

pytestmark = pytest.mark.django_db
PLACE = "/api/v1/erasure-tasks"


@pytest.fixture
def shop(system_with: SystemWith) -> Client:
    return system_with(RoleName.PRIVACY_OFFICER).client


def test_a_source_finds_its_tasks_erases_and_says_so(shop: Client) -> None:
    allow()
    contact = factories.eleni()
    refs = set(SourceRecord.objects.of_contact(contact.pk).values_list("system_ref", flat=True))
    erased(contact)
    found = shop.get(PLACE, {"state": "open", "group_id": contact.pk}).json()["items"]
    assert len(found) == len(refs)
    assert "system_ref" not in found[0]
    assert not shop.get(PLACE, {"source": "NOWHERE"}).json()["items"]
    opened = [shop.get(f"{PLACE}/{one['id']}").json() for one in found]
    assert {one["system_ref"] for one in opened} == refs
    assert Entry.objects.filter(event="ErasureTaskRevealed").count() == len(refs)
    place = f"{PLACE}/{found[0]['id']}"
    for wrong in ({"erased": True}, {"erased": True, "note": " "}, {"note": "x"}):
        assert shop.post(f"{place}/close", wrong, content_type="application/json").status_code == 422
    said = {"erased": True, "note": "Removed by the shop's own job"}
    closed = shop.post(f"{place}/close", said, content_type="application/json")
    assert (closed.status_code, closed.json()) == (200, {"id": found[0]["id"], "state": "confirmed"})
    assert shop.get(place).json()["note"] == said["note"]
    assert shop.post(f"{place}/close", said, content_type="application/json").status_code == 409
    assert shop.get(place).json()["system_ref"] is None
    assert ElsewhereTask.objects.get(pk=found[0]["id"]).sealed_ref is None


def test_nobody_else_sees_them(system_with: SystemWith) -> None:
    allow()
    erased(factories.person())
    task = ElsewhereTask.objects.get()
    agent = system_with(RoleName.AGENT).client
    assert agent.get(PLACE).status_code == 403
    assert agent.get(f"{PLACE}/{task.pk}").status_code == 403
    close = agent.post(
        f"{PLACE}/{task.pk}/close", {"erased": True, "note": "x"}, content_type="application/json"
    )
    assert close.status_code == 403
    officer = system_with(RoleName.PRIVACY_OFFICER).client
    assert officer.get(f"{PLACE}/999999").status_code == 404


def test_the_list_costs_the_same_with_many(shop: Client) -> None:
    allow()
    erased(factories.person(first_name="Paul"))
    shop.get(PLACE)
    with CaptureQueriesContext(connection) as few:
        shop.get(PLACE)
    for name in ("Ines", "Noor", "Dora"):
        erased(factories.person(first_name=name))
    with CaptureQueriesContext(connection) as many:
        shop.get(PLACE)
    assert len(many) == len(few)


def test_what_is_due_elsewhere_opens_a_case_once() -> None:
    allow()
    contact = factories.person()
    erased(contact)
    assert open_cases_of_due() == 0
    ElsewhereTask.objects.update(due_on=now().date() + timedelta(days=7))
    assert open_cases_of_due() == 1
    assert open_cases_of_due() == 0
    case = Case.objects.get(kind=Case.Kind.ERASURE)
    assert case.title.startswith(f"GroupID {group_id(contact.pk)} is to be erased in TICKETS too, by ")
