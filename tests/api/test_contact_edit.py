"""C27: editing a contact over the API. What is not sent stays, null clears, lists by action."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kith.access.roles import RoleName
from kith.audit.models import Entry
from kith.contacts.models import Contact
from kith.golden.models import GoldenOverride
from kith.vault.details import changes_of
from tests.api.conftest import SystemWith
from tests.api.test_golden import EDITS_WAIT
from tests.contacts import factories

LISTS = ("emails", "phones", "addresses")
pytestmark = pytest.mark.django_db

ANN = {
    "title": "Ms", "middle_name": "Mary", "birth_date": "14/03/1987",
    "email_1": "ann@example.org", "email_1_type": "PERSONAL", "email_2": "old@example.org",
    "phone_1": "+35799123456", "address_1_line1": "12 Harbour Walk", "address_1_city": "Limassol",
    "address_1_type": "HOME",
}  # fmt: skip


@pytest.fixture
def editing(system_with: SystemWith) -> Client:
    return system_with(RoleName.STEWARD).client


@pytest.fixture
def ann() -> Contact:
    factories.source("LOCAL", kind="local")
    return factories.person(first="Ann", last="Leeson", **_further(ANN))


def _further(fields: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in fields.items() if name not in {"first_name", "last_name"}}


def _edit(client: Client, contact: Contact, **sent: object) -> Any:
    return client.patch(f"/api/v1/contacts/{contact.pk}", sent, content_type="application/json")


def _open(client: Client, contact: Contact) -> dict[str, Any]:
    body: dict[str, Any] = client.get(f"/api/v1/contacts/{contact.pk}").json()
    return body


def _said(body: dict[str, Any]) -> dict[str, object]:
    """The values alone."""
    golden = {name: one and one["value"] for name, one in body["golden"].items()}
    lists = {
        name: [one.get("value", one.get("line1")) for one in body[name]]
        for name in ("emails", "phones", "addresses")
    }
    return golden | lists


def test_c27_only_the_title_is_sent_and_the_rest_is_unchanged(editing: Client, ann: Contact) -> None:
    before = _said(_open(editing, ann))
    answer = _edit(editing, ann, title="Dr")
    assert (answer.status_code, answer.json()) == (
        200,
        {"group_id": ann.pk, "state": "in_force", "fields": ["name"], "values": []},
    )
    assert _said(_open(editing, ann)) == before | {"title": "Dr"}


def test_c27_null_clears_and_one_entry_tells_of_the_whole_edit(editing: Client, ann: Contact) -> None:
    before = _said(_open(editing, ann))
    _edit(editing, ann, middle_name=None, birth_date=None, gender="female", residence_country="Cyprus")
    cleared = {"middle_name": None, "birth_date": None, "gender": "female", "residence_country": "CY"}
    assert _said(_open(editing, ann)) == before | cleared
    entry = Entry.objects.get(event="ContactEdited")
    assert (entry.group_id, entry.detail["fields"]) == (
        ann.pk,
        ["birth_date", "gender", "name", "residence_country"],
    )
    assert not Entry.objects.filter(event="GoldenOverrideMade").exists()
    changed = {one.field: (one.before, one.after) for one in changes_of([entry.pk])[entry.pk]}
    assert changed["birth_date"] == ("14 Mar 1987", "")
    again = _edit(editing, ann, middle_name=None, gender="female").json()
    assert (again["state"], again["fields"]) == ("unchanged", [])
    assert GoldenOverride.objects.count() == 4


def test_c27_lists_take_actions_by_id_and_what_is_added_is_active(editing: Client, ann: Contact) -> None:
    body = _open(editing, ann)
    (mail, old), (phone,), (home,) = body["emails"], body["phones"], body["addresses"]
    answer = _edit(
        editing,
        ann,
        based_on=body["version"],
        emails=[
            {"action": "UPDATE", "id": mail["id"], "value": "ann.leeson@example.org", "note": "Her own"},
            {"action": "REMOVE", "id": old["id"]},
            {"action": "ADD", "value": "work@example.org", "type": "BUSINESS", "is_primary": True},
        ],
        phones=[{"action": "UPDATE", "id": phone["id"], "type": "MOBILE"}],
        addresses=[
            {"action": "DEACTIVATE", "id": home["id"]},
            {"action": "ADD", "line1": "9 New Road", "city": "Paphos", "type": "HOME", "is_primary": True},
        ],
    )
    assert answer.status_code == 200, answer.json()
    after = _open(editing, ann)
    assert [(one["value"], one["is_primary"]) for one in after["emails"]] == [
        ("work@example.org", True),
        ("ann.leeson@example.org", False),
    ]
    assert [(one["value"], one["type"]) for one in after["phones"]] == [("+35799123456", "MOBILE")]
    assert [(one["line1"], one["is_primary"]) for one in after["addresses"]] == [("9 New Road", True)]
    ids = {one["id"] for name in LISTS for one in after[name]}
    done = answer.json()["values"]
    assert {one["id"] for one in done if one["action"] in {"ADD", "UPDATE"}} == ids
    assert (
        Entry.objects.filter(group_id=ann.pk, event__startswith="Contact")
        .exclude(event="ContactViewed")
        .count()
        == 1
    )
    fields = {
        one["field"]: one for one in editing.get(f"/api/v1/contacts/{ann.pk}/golden-values").json()["fields"]
    }
    (gone,) = fields["addresses"]["inactive"]
    assert (gone["id"], gone["type"]) == (home["id"], "HOME")
    assert [one["note"] for one in fields["emails"]["values"]] == ["", "Her own"]
    assert "old@example.org" not in str(fields["emails"]["values"])

    second = _edit(editing, ann, addresses=[{"action": "ACTIVATE", "id": home["id"]}])
    assert [one["field"] for one in second.json()["reasons"]] == ["addresses[0]"]
    gone_for_good = _edit(editing, ann, addresses=[{"action": "REMOVE", "id": home["id"]}])
    assert gone_for_good.json()["fields"] == ["addresses"]
    back = _edit(editing, ann, emails=[{"action": "ADD", "value": "old@example.org"}])
    assert back.status_code == 200
    assert "old@example.org" in [one["value"] for one in _open(editing, ann)["emails"]]


def test_c27_every_trouble_has_its_place_and_nothing_is_saved(editing: Client, ann: Contact) -> None:
    before = _open(editing, ann)
    (home,) = before["addresses"]
    (mail, _) = before["emails"]
    stranger = "00000000-0000-4000-8000-000000000000"
    answer = _edit(
        editing,
        ann,
        title="Dr",
        birth_date="31/02/1990",
        employees=12,
        category="NOBODY",
        direct_marketing=None,
        custom={"shoe": "42"},
        emails=[
            {"action": "ADD", "value": "no e-mail"},
            {"action": "ADD", "value": "ANN@example.org"},
            {"action": "REMOVE", "id": stranger},
            {"action": "UPDATE", "id": mail["id"], "is_primary": False, "type": "NOBODY"},
        ],
        addresses=[
            {"action": "REMOVE", "id": home["id"]},
            {"action": "ADD", "line1": "9 New Road", "type": "HOME"},
        ],
    )
    assert answer.status_code == 422
    assert {one["field"] for one in answer.json()["reasons"]} == {
        *("birth_date", "employees", "category", "direct_marketing", "custom.shoe"),
        *("emails[0].value", "emails[1]", "emails[2].id", "emails[3].is_primary", "emails[3].type"),
        *("addresses[0]", "addresses[1].type"),
    }
    assert _open(editing, ann) == before
    assert not GoldenOverride.objects.exists()


def test_c27_what_somebody_else_changed_is_shown_with_both_values_and_other_fields_go_through(
    editing: Client, ann: Contact
) -> None:
    read = _open(editing, ann)["version"]
    assert _edit(editing, ann, title="Prof", based_on=read).status_code == 200
    clash = _edit(editing, ann, title="Dr", gender="female", based_on=read)
    assert clash.status_code == 409
    assert clash.json()["reasons"] == [{"field": "title", "sentence": "It is “Prof” now, and “Dr” was sent."}]
    assert _edit(editing, ann, gender="female", based_on=read).status_code == 200
    golden = _open(editing, ann)["golden"]
    assert (golden["title"]["value"], golden["gender"]["value"]) == ("Prof", "female")
    assert _edit(editing, ann, title="Dr", based_on="AAAA").status_code == 422


@EDITS_WAIT
def test_c27_where_edits_wait_it_is_pending_and_nothing_shows_yet(editing: Client, ann: Contact) -> None:
    before = _said(_open(editing, ann))
    mail = _open(editing, ann)["emails"][0]
    answer = _edit(editing, ann, title="Dr", emails=[{"action": "ADD", "value": "new@example.org"}])
    assert (answer.status_code, answer.json()["state"]) == (202, "pending")
    assert _said(_open(editing, ann)) == before
    assert set(GoldenOverride.objects.values_list("state", flat=True)) == {"pending"}
    assert Entry.objects.filter(event="ContactEditRequested").count() == 1
    said = _edit(editing, ann, emails=[{"action": "UPDATE", "id": mail["id"], "value": "x@example.org"}])
    assert [one["field"] for one in said.json()["reasons"]] == ["emails[0]"]


def test_c27_who_may_and_what_it_costs(editing: Client, viewing: Client, ann: Contact) -> None:
    assert _edit(viewing, ann, title="Dr").status_code == 403
    assert _edit(editing, Contact(pk=999_999_999), title="Dr").status_code == 404
    one, many = (
        factories.contact(
            *(factories.record({"last_name": f"Lee{n}", "phone_1": f"9912345{n}"}) for n in numbers)
        )
        for numbers in ([0], range(1, 9))
    )
    costs = []
    for contact in (one, many):
        with CaptureQueriesContext(connection) as made:
            assert _edit(editing, contact, title="Mx").status_code == 200
        costs.append(len(made))
    assert costs[0] == costs[1]


def test_c27_the_same_idempotency_key_edits_once(editing: Client, ann: Contact) -> None:
    sent = {"emails": [{"action": "ADD", "value": "new@example.org"}]}
    path = f"/api/v1/contacts/{ann.pk}"
    first = editing.patch(path, sent, content_type="application/json", headers={"Idempotency-Key": "e-1"})
    again = editing.patch(path, sent, content_type="application/json", headers={"Idempotency-Key": "e-1"})
    assert (first.json(), again["Idempotent-Replayed"]) == (again.json(), "true")
    assert Entry.objects.filter(event="ContactEdited").count() == 1
