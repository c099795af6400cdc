"""Relations through the API."""

from __future__ import annotations

import pytest
from django.test import Client

from kith.access.roles import RoleName
from kith.relations.models import Relation
from tests.api.conftest import SystemWith
from tests.contacts import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def editing(system_with: SystemWith) -> Client:
    return system_with(RoleName.AGENT).client


def test_c21_a_relation_is_added_listed_on_both_changed_and_removed(editing: Client, viewing: Client) -> None:
    company, person = factories.company(), factories.person()
    of = f"/api/v1/contacts/{company.pk}/relations"
    given = {"group_id": person.pk, "relation": "EMPLOYEE", "note": "at the counter"}
    made = editing.post(of, given, content_type="application/json")
    assert made.status_code == 201
    relation_id = made.json()["id"]
    (listed,) = viewing.get(of).json()["items"]
    assert {name: listed[name] for name in ("id", "relation", "group_id", "kind", "note", "edits")} == {
        "id": relation_id,
        "relation": "EMPLOYEE",
        "group_id": person.pk,
        "kind": "person",
        "note": "at the counter",
        "edits": 0,
    }
    (inverse,) = viewing.get(f"/api/v1/contacts/{person.pk}/relations").json()["items"]
    assert (inverse["relation"], inverse["label"], inverse["group_id"]) == (
        "EMPLOYER",
        "Employer",
        company.pk,
    )
    change = {"relation": "CLIENT", "note": "", "edits": 0}
    changed = editing.post(f"{of}/{relation_id}", change, content_type="application/json")
    assert (changed.status_code, changed.json()) == (200, {"id": relation_id})
    stale = editing.post(f"{of}/{relation_id}", change, content_type="application/json")
    assert stale.status_code == 409
    assert editing.delete(f"{of}/{relation_id}").status_code == 200
    assert editing.delete(f"{of}/{relation_id}").status_code == 404
    assert viewing.get(of).json()["items"] == []


def test_what_cannot_be_is_refused_in_words(editing: Client, viewing: Client) -> None:
    company, person = factories.company(), factories.person()
    of = f"/api/v1/contacts/{company.pk}/relations"
    for given in (
        {"group_id": person.pk, "relation": "PARENT"},
        {"group_id": company.pk, "relation": "CLIENT"},
        {"group_id": 10**12, "relation": "CLIENT"},
        {"group_id": person.pk, "relation": "no code"},
    ):
        assert editing.post(of, given, content_type="application/json").status_code == 422
    given = {"group_id": person.pk, "relation": "CLIENT"}
    assert viewing.post(of, given, content_type="application/json").status_code == 403
    assert viewing.get("/api/v1/contacts/999/relations").status_code == 404
    assert not Relation.objects.exists()


def test_a_list_comes_in_pages(editing: Client, viewing: Client) -> None:
    company = factories.company()
    of = f"/api/v1/contacts/{company.pk}/relations"
    for number in range(5):
        given = {"group_id": factories.person("Ann", f"Lee {number}").pk, "relation": "EMPLOYEE"}
        assert editing.post(of, given, content_type="application/json").status_code == 201
    first = viewing.get(of, {"size": 3}).json()
    second = viewing.get(of, {"size": 3, "cursor": first["next"]}).json()
    assert [one["name"] for one in [*first["items"], *second["items"]]] == [f"Ann Lee {n}" for n in range(5)]
    assert second["next"] is None
