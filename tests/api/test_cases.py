"""Stewardship cases for other systems."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.stewardship import actions
from kith.stewardship.cases import open_case
from kith.stewardship.models import Case, CaseNote
from tests.contacts import factories

pytestmark = pytest.mark.django_db


def _post(client: Client, path: str, body: object = None, **headers: str) -> Any:
    if body is None:
        return client.generic("POST", f"/api/v1/cases{path}", headers=headers)
    return client.post(f"/api/v1/cases{path}", body, content_type="application/json", headers=headers)


def _opened(title: str = "An address that no sorting accepts", **more: Any) -> Case:
    return actions.ask_for_help(actor=COMMAND_LINE, title=title, **more)


def test_k29_a_case_goes_from_open_to_owned_to_resolved_and_back(running: Client, steward: User) -> None:
    ann = factories.person("Ann", "Leeson")
    made = _post(running, "", {"title": "Two passports", "text": "See the scan.", "group_id": ann.pk})
    assert made.status_code == 201
    assert made.json() == {"id": made.json()["id"], "state": "open", "owner_id": None}
    place = f"/{made.json()['id']}"
    taken = _post(running, f"{place}/owner", {"owner_id": steward.pk})
    assert taken.json()["state"] == "in_progress"
    assert _post(running, f"{place}/notes", {"text": "Asked the counter."}).status_code == 201
    assert _post(running, f"{place}/resolve", {"text": "The first is right."}).json()["state"] == "resolved"
    assert _post(running, f"{place}/resolve", {}).status_code == 422
    case = running.get(f"/api/v1/cases{place}").json()
    assert (case["kind"], case["group_id"], case["owner"]) == (
        "manual",
        ann.pk,
        {"id": steward.pk, "name": steward.name},
    )
    assert case["opened_by"].startswith("API key ")
    notes = running.get(f"/api/v1/cases{place}/notes").json()["items"]
    assert [one["text"] for one in notes] == ["See the scan.", "Asked the counter.", "The first is right."]
    assert _post(running, f"{place}/reopen").json()["state"] == "in_progress"
    assert _post(running, f"{place}/reopen").status_code == 422
    freed = _post(running, f"{place}/owner", {"owner_id": None}).json()
    assert (freed["state"], freed["owner_id"]) == ("open", None)


def test_cases_are_listed_the_newest_first_page_by_page_and_filtered(running: Client, steward: User) -> None:
    ann = factories.person("Ann", "Leeson")
    cases = [_opened("One", contact_id=ann.pk), _opened("Two"), _opened("Three")]
    actions.assign_case(actor=COMMAND_LINE, case_id=cases[1].pk, owner_id=steward.pk)
    actions.resolve_case(actor=COMMAND_LINE, case_id=cases[2].pk)
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        body = running.get("/api/v1/cases", {"size": 1, "cursor": cursor}).json()
        found += [one["title"] for one in body["items"]]
        cursor = body["next"]
    assert found == ["Three", "Two", "One"]

    def titles(**asked: object) -> list[str]:
        return [one["title"] for one in running.get("/api/v1/cases", asked).json()["items"]]

    assert titles(state="unresolved") == ["Two", "One"]
    assert titles(state="resolved") == ["Three"]
    assert titles(owner_id=steward.pk) == ["Two"]
    assert titles(unowned=True) == ["Three", "One"]
    assert titles(group_id=ann.pk) == ["One"]
    assert titles(kind="failed_run") == []
    assert running.get("/api/v1/cases", {"state": "gone"}).status_code == 422


def test_only_whoever_may_work_on_cases_owns_one(running: Client, viewer: User, steward: User) -> None:
    case = _opened()
    owners = [one["id"] for one in running.get("/api/v1/cases/owners").json()["items"]]
    assert steward.pk in owners
    assert viewer.pk not in owners
    assert _post(running, f"/{case.pk}/owner", {"owner_id": viewer.pk}).status_code == 422


def test_the_same_note_sent_again_is_written_once(running: Client) -> None:
    case = _opened()
    sent = [
        _post(running, f"/{case.pk}/notes", {"text": "Once"}, **{"Idempotency-Key": "n-1"}) for _ in range(2)
    ]
    assert [one.status_code for one in sent] == [201, 201]
    assert sent[1]["Idempotent-Replayed"] == "true"
    assert CaseNote.objects.count() == 1


READS = ["", "/owners", "/{}", "/{}/notes"]
CHANGES: list[tuple[str, object]] = [
    ("/{}/notes", {"text": "More"}),
    ("/{}/owner", {"owner_id": None}),
    ("/{}/resolve", {}),
    ("/{}/reopen", None),
]


@pytest.mark.parametrize("path", READS)
def test_reading_cases_needs_a_key_with_the_permission(viewing: Client, path: str) -> None:
    address = f"/api/v1/cases{path.format(_opened().pk)}"
    assert Client().get(address).status_code == 401
    assert viewing.get(address).status_code == 403


@pytest.mark.parametrize(("path", "body"), [("", {"title": "Help"}), *CHANGES])
def test_changing_cases_needs_a_key_with_the_permission(viewing: Client, path: str, body: object) -> None:
    place = path.format(_opened().pk)
    assert _post(Client(), place, body).status_code == 401
    assert _post(viewing, place, body).status_code == 403
    assert Case.objects.filter(state="open").count() == 1


def test_what_is_not_there_is_a_404(running: Client) -> None:
    for path in ("/999999", "/999999/notes", "/0", "/none"):
        assert running.get(f"/api/v1/cases{path}").status_code == 404
    for path, body in CHANGES:
        assert _post(running, path.format(999999), body).status_code == 404
    assert _post(running, "", {"title": "Help", "group_id": 999_999_999}).status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", {}),
        ("", {"title": " "}),
        ("", {"title": "x" * 201}),
        ("", {"title": "Help", "more": 1}),
        ("/{}/notes", {"text": "\n"}),
        ("/{}/notes", {"text": "a\x00b"}),
        ("/{}/owner", {}),
        ("/{}/owner", {"owner_id": "1"}),
        ("/{}/resolve", {"note": "x"}),
    ],
)
def test_what_cannot_be_read_is_a_422(running: Client, path: str, body: object) -> None:
    assert _post(running, path.format(_opened().pk), body).status_code == 422
    assert not CaseNote.objects.exists()


def test_cases_and_notes_cost_the_same_with_one_and_with_five(running: Client, steward: User) -> None:
    first = _opened("Case 0", text="More")

    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert running.get(f"/api/v1/cases{path}").status_code == 200
        return len(queries)

    paths = ("", f"/{first.pk}/notes")
    running.get("/api/v1/cases")
    few = [cost(path) for path in paths]
    for number in range(4):
        case = _opened(f"Case {number + 1}")
        actions.assign_case(actor=COMMAND_LINE, case_id=case.pk, owner_id=steward.pk)
        actions.resolve_case(actor=steward.actor, case_id=case.pk)
        actions.add_note(actor=steward.actor, case_id=first.pk, text="More")
    assert [cost(path) for path in paths] == few


@pytest.mark.parametrize("kind", Case.Kind.values)
def test_cases_of_every_kind_are_listed_and_opened(running: Client, kind: str) -> None:
    case = open_case(kind=kind, title="Something needs a look")
    (listed,) = running.get("/api/v1/cases", {"kind": kind}).json()["items"]
    assert listed == running.get(f"/api/v1/cases/{case.pk}").json()
    assert (listed["id"], listed["kind"]) == (case.pk, kind)
