"""Who is who, changed by other systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kith.access.models import KeptAnswer
from kith.contacts.models import Contact
from kith.grouping.models import Operation
from kith.sources.models import Membership, SourceRecord
from kith.stewardship.models import StewardshipSettings
from kith.users import once
from tests.contacts import factories

pytestmark = pytest.mark.django_db
Body = Mapping[str, Any]


def _post(client: Client, path: str, body: Body, **headers: str) -> Any:
    return client.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)


def _do(client: Client, change: Body, **more: object) -> Any:
    return _post(client, "operations", {"change": change, **more})


def _two() -> tuple[Contact, Contact]:
    return (
        factories.person("Ann", "Leeson", email_1="ann@example.org", ref="T one"),
        factories.person("Petros", "Nikolaou", code="SHOP", phone_1="+35799123456", ref="A 7"),
    )


def test_a_preview_shows_what_there_would_be_and_changes_nothing(running: Client) -> None:
    ann, petros = _two()
    change = {"kind": "group", "master": ann.pk, "children": [petros.pk]}
    body = _post(running, "operations/preview", {"change": change}).json()
    assert body["allowed"] is True
    assert body["retired"] == [{"group_id": petros.pk, "successor": ann.pk}]
    (after,) = body["contacts"]
    assert (after["group_id"], after["name"]) == (ann.pk, "Ann Leeson")
    assert "+35799123456" in after["golden"]["phones"]
    assert body["moved"] == {"system_refs": 1, "transactions": 0, "along": []}
    assert not Operation.objects.exists()


def test_what_a_rule_forbids_says_every_reason_in_the_preview_and_is_refused(running: Client) -> None:
    ann, firm = factories.person("Ann", "Leeson"), factories.company("Harbour Freight Ltd")
    change = {"kind": "group", "master": ann.pk, "children": [firm.pk]}
    body = _post(running, "operations/preview", {"change": change}).json()
    assert body["allowed"] is False
    assert body["reasons"]
    response = _do(running, change)
    assert response.status_code == 422
    assert not Operation.objects.exists()


def test_grouping_and_undoing_leave_things_as_they_were(running: Client) -> None:
    ann, petros = _two()
    made = _do(running, {"kind": "group", "master": ann.pk, "children": [petros.pk]}, reason="Same card")
    assert made.status_code == 201
    body = made.json()
    assert (body["state"], body["group_ids"], body["retired"]) == ("done", [ann.pk], [petros.pk])
    assert running.get(f"/api/v1/contacts/{petros.pk}").json()["successor"] == ann.pk
    undone = _do(running, {"kind": "undo", "operation": body["operation_id"]})
    assert undone.status_code == 201
    assert running.get(f"/api/v1/contacts/{petros.pk}").json()["state"] == "active"
    listed = running.get("/api/v1/operations").json()["items"]
    assert [(one["kind"], one["reason"]) for one in listed] == [("undo", ""), ("group", "Same card")]
    assert listed[1]["undone_by"] == listed[0]["id"]
    assert listed[0]["by"].startswith("API key ")


def test_contacts_and_system_refs_go_by_their_names_too(running: Client) -> None:
    ann, petros = _two()
    shop = {"source": "SHOP", "system_ref": "A 7"}
    made = _do(running, {"kind": "group", "master": ann.pk, "children": [shop]})
    assert made.json()["retired"] == [petros.pk]
    third = factories.person("Ann", "Third")
    moved = _do(running, {"kind": "move", "record": shop, "to": third.pk}, lift=True)
    assert moved.status_code == 201, moved.json()
    parts = [[shop], [Membership.objects.filter(contact=third).order_by("pk").last().pk]]
    assert SourceRecord.objects.get(system_ref="A 7").group_id == third.pk
    split = _do(running, {"kind": "split", "contact": shop, "parts": parts}, lift=True)
    assert len(split.json()["group_ids"]) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "group", "master": 999_999_999, "children": [999_999_998]},
        {"kind": "group", "master": 1, "children": [{"source": "SHOP", "system_ref": "nobody"}]},
        {"kind": "ungroup", "contact": 999_999_999},
        {"kind": "split", "contact": 999_999_999, "parts": [[1], [2]]},
        {"kind": "move", "record": 999_999_999, "to": 999_999_999},
        {"kind": "keep_apart", "contacts": [999_999_999, 999_999_998]},
        {"kind": "undo", "operation": 999_999_999},
    ],
)
def test_what_is_not_there_is_a_404(running: Client, change: Body) -> None:
    assert _post(running, "operations/preview", {"change": change}).status_code == 404
    assert _do(running, change).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"kind": "merge"},
        {"kind": "group", "master": 1, "children": []},
        {"kind": "group", "master": True, "children": ["1"]},
        {"kind": "group", "master": 1, "children": [2], "more": 1},
        {"kind": "split", "contact": 1, "parts": [[1]]},
        {"kind": "move", "record": {"source": "SHOP"}, "to": 1},
    ],
)
def test_what_cannot_be_read_is_a_422(running: Client, change: Body) -> None:
    assert _do(running, change).status_code == 422


def test_the_same_contact_twice_and_itself_are_refused_with_the_rule(running: Client) -> None:
    ann, petros = _two()
    for children in ([ann.pk], [petros.pk, petros.pk]):
        assert _do(running, {"kind": "group", "master": ann.pk, "children": children}).status_code == 422


def test_who_decided_on_what_has_changed_since_is_told(running: Client) -> None:
    ann, petros = _two()
    third = factories.person("Ann", "Lee")
    change = {"kind": "group", "master": ann.pk, "children": [petros.pk]}
    seen = _post(running, "operations/preview", {"change": change}).json()["seen"]
    _do(running, {"kind": "group", "master": ann.pk, "children": [third.pk]})
    assert _do(running, change, seen=seen).status_code == 409
    assert Contact.objects.get(pk=petros.pk).state == "active"


def test_a_decision_of_a_person_is_lifted_only_on_purpose(running: Client) -> None:
    ann, petros = _two()
    _do(running, {"kind": "keep_apart", "contacts": [ann.pk, petros.pk]}, reason="Twins")
    change = {"kind": "group", "master": ann.pk, "children": [petros.pk]}
    preview = _post(running, "operations/preview", {"change": change}).json()
    assert preview["lifted"][0]["reason"] == "Twins"
    assert _do(running, change).status_code == 422
    assert _do(running, change, lift=True).status_code == 201


def test_sent_twice_with_one_name_it_is_done_once_and_the_kept_answer_holds_ids_only(running: Client) -> None:
    ann, petros = _two()
    body = {"change": {"kind": "group", "master": ann.pk, "children": [petros.pk]}, "reason": "Ann is Petros"}
    first = _post(running, "operations", body, **{once.HEADER: "g-1"})
    again = _post(running, "operations", body, **{once.HEADER: "g-1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert Operation.objects.count() == 1
    kept = KeptAnswer.objects.get()
    said = kept.body + bytes(kept.fingerprint).hex()
    assert not [word for word in ("Ann", "Petros", "Leeson", "@", "99123456") if word in said]


def test_where_changes_wait_it_is_a_request_that_can_be_cancelled(running: Client) -> None:
    StewardshipSettings.objects.update_or_create(pk=1, defaults={"changes_wait": True})
    ann, petros = _two()
    made = _do(running, {"kind": "group", "master": ann.pk, "children": [petros.pk]}, reason="Same card")
    assert made.status_code == 202
    body = made.json()
    assert (body["state"], body["operation_id"]) == ("waiting", None)
    (listed,) = running.get("/api/v1/requests", {"state": "waiting"}).json()["items"]
    assert (listed["id"], listed["group_ids"]) == (body["request_id"], [ann.pk, petros.pk])
    assert running.get(f"/api/v1/requests/{listed['id']}").json() == listed
    cancelled = running.generic("POST", f"/api/v1/requests/{listed['id']}/cancel")
    assert cancelled.json() == {"id": listed["id"], "state": "cancelled"}
    assert running.generic("POST", f"/api/v1/requests/{listed['id']}/cancel").status_code == 422
    assert running.get("/api/v1/requests", {"state": "waiting"}).json()["items"] == []
    assert running.get("/api/v1/requests/999999").status_code == 404


def test_an_operation_names_what_it_moved(running: Client) -> None:
    ann, petros = _two()
    made = _do(running, {"kind": "group", "master": ann.pk, "children": [petros.pk]}).json()
    opened = running.get(f"/api/v1/operations/{made['operation_id']}").json()
    assert set(opened["group_ids"]) == {ann.pk, petros.pk}
    moves = running.get(f"/api/v1/operations/{made['operation_id']}/moves").json()
    assert moves["items"] == [
        {
            "source": "SHOP",
            "system_ref": "A 7",
            "record_id": _record_of("A 7"),
            "from_group_id": petros.pk,
            "to_group_id": ann.pk,
        }
    ]
    about = running.get("/api/v1/operations", {"group_id": petros.pk}).json()["items"]
    assert [one["id"] for one in about] == [made["operation_id"]]
    assert running.get("/api/v1/operations", {"kind": "undo"}).json()["items"] == []
    assert running.get("/api/v1/operations/999999").status_code == 404
    assert running.get("/api/v1/operations/999999/moves").status_code == 404


def _record_of(ref: str) -> int:
    return SourceRecord.objects.get(system_ref=ref).pk


def test_decisions_are_listed_with_who_said_so(running: Client) -> None:
    ann, petros = _two()
    made = _do(running, {"kind": "keep_apart", "contacts": [ann.pk, petros.pk]}, reason="Twins").json()
    (one,) = running.get("/api/v1/decisions").json()["items"]
    assert (one["verdict"], one["reason"], one["operation_id"]) == ("apart", "Twins", made["operation_id"])
    assert {one["left"]["system_ref"], one["right"]["system_ref"]} == {"T one", "A 7"}
    for asked in (
        {"record_id": _record_of("T one")},
        {"group_id": petros.pk},
        {"verdict": "apart"},
        {"in_force": "true"},
    ):
        assert running.get("/api/v1/decisions", asked).json()["items"] == [one]
    for asked in ({"record_id": 1}, {"group_id": 1}, {"verdict": "together"}, {"in_force": "false"}):
        assert running.get("/api/v1/decisions", asked).json()["items"] == []


def test_a_viewers_key_changes_and_sees_nothing_of_this(viewing: Client) -> None:
    ann, petros = _two()
    change = {"kind": "group", "master": ann.pk, "children": [petros.pk]}
    for response in (
        _do(viewing, change),
        _post(viewing, "operations/preview", {"change": change}),
        *(viewing.get(f"/api/v1/{path}") for path in ("operations", "requests", "decisions", "review")),
    ):
        assert response.status_code == 403
    assert not Operation.objects.exists()


def test_lists_cost_the_same_with_one_row_and_with_ten(running: Client) -> None:
    def cost(path: str) -> int:
        running.get(path)
        with CaptureQueriesContext(connection) as made:
            assert running.get(path).status_code == 200
        return len(made)

    paths = ("/api/v1/operations", "/api/v1/decisions", "/api/v1/contacts")
    _keep_two_apart(running)
    few = [cost(path) for path in paths]
    for _ in range(9):
        _keep_two_apart(running)
    assert [cost(path) for path in paths] == few


def _keep_two_apart(client: Client) -> None:
    pair = [factories.person("Ann", "Leeson").pk, factories.person("Ann", "Leeson").pk]
    _do(client, {"kind": "keep_apart", "contacts": pair})


def test_a_list_of_operations_comes_in_pages(running: Client) -> None:
    for _ in range(5):
        _keep_two_apart(running)
    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        body = running.get("/api/v1/operations", {"size": 2, "cursor": cursor}).json()
        seen += [one["id"] for one in body["items"]]
        cursor = body["next"]
    assert seen == sorted(Operation.objects.values_list("pk", flat=True), reverse=True)


def test_a_group_id_tells_its_successors_and_what_it_was_split_into(running: Client) -> None:
    eleni, ann, petros = factories.eleni(), *_two()
    _do(running, {"kind": "group", "master": petros.pk, "children": [eleni.pk]})
    _do(running, {"kind": "group", "master": ann.pk, "children": [petros.pk]})
    body = running.get(f"/api/v1/group-ids/{eleni.pk}").json()
    assert (body["state"], body["successor"]) == ("retired", ann.pk)
    assert body["successors"] == [petros.pk, ann.pk]
    assert body["held_by"] == [{"group_id": ann.pk, "system_refs": 4}]
    _do(running, {"kind": "ungroup", "contact": ann.pk}, lift=True)
    fell = running.get(f"/api/v1/group-ids/{eleni.pk}").json()
    assert len(fell["held_by"]) == 4
    assert all(one["system_refs"] == 1 for one in fell["held_by"])
    assert running.get("/api/v1/group-ids/999999999").status_code == 404
    alone = factories.person("Ann", "Alone")
    alive = running.get(f"/api/v1/group-ids/{alone.pk}").json()
    assert (alive["state"], alive["successor"], alive["successors"]) == ("active", None, [])


def test_a_system_ref_is_found_and_shows_its_path(viewing: Client, running: Client) -> None:
    ann, petros = _two()
    made = _do(running, {"kind": "group", "master": ann.pk, "children": [petros.pk]}).json()
    found = _post(viewing, "system-refs/search", {"source": "SHOP", "system_ref": "A 7"}).json()["items"]
    assert [(one["record_id"], one["group_id"]) for one in found] == [(_record_of("A 7"), ann.pk)]
    body = viewing.get(f"/api/v1/system-refs/{_record_of('A 7')}").json()
    assert body["fields"]["last_name"] == "Nikolaou"
    assert [(one["group_id"], one["came_from"]) for one in body["path"]] == [
        (petros.pk, None),
        (ann.pk, petros.pk),
    ]
    assert body["path"][1]["operation_id"] == made["operation_id"]
    assert body["path"][0]["until"] == body["path"][1]["since"]
    everything = _post(viewing, "system-refs/search", {}).json()["items"]
    assert len(everything) == 2
    assert _post(viewing, "system-refs/search", {"source": "NOBODY"}).status_code == 422
    assert viewing.get("/api/v1/system-refs/999999").status_code == 404


def test_a_system_ref_that_waits_for_the_run_has_no_group_id(running: Client) -> None:
    waits = factories.record({"first_name": "Ann", "last_name": "New"}, ref="T nine")
    (found,) = _post(running, "system-refs/search", {"system_ref": "T nine"}).json()["items"]
    assert found["group_id"] is None
    ann = factories.person("Ann", "Leeson")
    name = {"source": "TICKETS", "system_ref": "T nine"}
    assert _do(running, {"kind": "group", "master": ann.pk, "children": [name]}).status_code == 404
    moved = _do(running, {"kind": "move", "record": waits.pk, "to": ann.pk})
    assert moved.status_code in {404, 422}
