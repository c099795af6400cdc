"""Of two systems that change one thing at once the second is told, and told of what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from kith.access.actors import COMMAND_LINE
from kith.access.roles import RoleName
from kith.attachments import actions as attachments
from kith.attachments.actions import Filing
from tests.api.conftest import SystemWith
from tests.contacts import factories

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture(autouse=True)
def attachment_folder(tmp_path: Path, settings: Settings) -> None:
    settings.ATTACHMENT_FOLDER = tmp_path / "attachments"
    settings.MASTER_KEY_FILE = tmp_path / "master-key"


@pytest.fixture
def editing(system_with: SystemWith) -> Client:
    return system_with(RoleName.AGENT).client


@pytest.fixture
def governing(system_with: SystemWith) -> Client:
    return system_with(RoleName.ADMINISTRATOR).client


def places(answer: Any) -> set[str]:
    """The fields that a 409 names."""
    assert answer.status_code == 409, answer.content
    return {one["field"] for one in answer.json()["reasons"]}


def test_an_attachment_that_somebody_filed_otherwise_is_not_filed_or_deleted_unseen(editing: Client) -> None:
    contact = factories.person()
    entry = attachments.add_library_url(
        actor=COMMAND_LINE, url="https://example.org/terms", filing=Filing(name="Terms")
    )
    made = attachments.attach_entry(
        actor=COMMAND_LINE, contact_id=contact.pk, entry_id=entry.pk, filing=Filing()
    )
    path = f"/api/v1/attachments/{made.pk}"
    seen = editing.get(path).json()["seen"]
    first = {"name": "Terms", "note": "Of May", "classification": "CONTRACT", "seen": seen}
    assert editing.put(path, first, content_type=JSON).status_code == 200
    second = {"name": "Terms", "note": "Of June", "seen": seen}
    clash = editing.put(path, second, content_type=JSON)
    assert places(clash) == {"note", "classification"}
    assert "Of May" not in clash.content.decode()
    gone = {"reason": "wrong_file", "seen": seen}
    assert editing.post(f"{path}/delete", gone, content_type=JSON).status_code == 409
    again = {**second, "seen": editing.get(path).json()["seen"]}
    assert editing.put(path, again, content_type=JSON).status_code == 200
    assert editing.put(path, second | {"seen": ""}, content_type=JSON).status_code == 200


def test_accounts_and_linked_items_are_not_overwritten_unseen(editing: Client) -> None:
    contact = factories.person()
    path = f"/api/v1/contacts/{contact.pk}"
    given = {"number": "A-1", "currency": "EUR"}
    account = editing.post(f"{path}/accounts", given, content_type=JSON).json()["id"]
    item = editing.post(f"{path}/linked-items", {"kind": "job", "title": "Seats"}, content_type=JSON).json()
    for where, listed, edit, differs in (
        (f"/api/v1/accounts/{account}", "accounts", {**given, "name": "Season"}, {"name"}),
        (f"/api/v1/linked-items/{item['id']}", "linked-items", {"kind": "job", "title": "Box"}, {"title"}),
    ):
        (there,) = editing.get(f"{path}/{listed}").json()["items"]
        seen = there["seen"]
        sent = {**edit, "seen": seen, **{name: there[name] for name in ("reference",) if name in there}}
        assert editing.put(where, sent, content_type=JSON).status_code == 200
        clash = editing.put(where, {**sent, next(iter(differs)): "Other"}, content_type=JSON)
        assert places(clash) == differs
        assert editing.delete(f"{where}?seen={seen}").status_code == 409
    state = f"/api/v1/accounts/{account}/state"
    assert editing.put(state, {"state": "suspended", "was": "active"}, content_type=JSON).status_code == 200
    assert places(editing.put(state, {"state": "terminated", "was": "active"}, content_type=JSON)) == {
        "state"
    }


def test_notes_and_relations_are_not_removed_unseen(editing: Client) -> None:
    contact, other = factories.person(), factories.eleni()
    path = f"/api/v1/contacts/{contact.pk}"
    note = editing.post(f"{path}/notes", {"text": "One"}, content_type=JSON).json()["id"]
    where = f"/api/v1/notes/{note}"
    assert editing.post(where, {"text": "Two", "edits": 0}, content_type=JSON).status_code == 200
    assert places(editing.post(where, {"text": "Three", "edits": 0}, content_type=JSON)) == {"text"}
    assert editing.delete(f"{where}?edits=0").status_code == 409
    assert editing.delete(f"{where}?edits=1").status_code == 200
    given = {"group_id": other.pk, "relation": "PARENT"}
    made = editing.post(f"{path}/relations", given, content_type=JSON)
    where = f"{path}/relations/{made.json()['id']}"
    change = {"relation": "PARENT", "note": "Since May", "edits": 0}
    assert editing.post(where, change, content_type=JSON).status_code == 200
    assert places(editing.post(where, {**change, "note": "x"}, content_type=JSON)) == {"note"}
    assert editing.delete(f"{where}?edits=0").status_code == 409
    assert editing.delete(f"{where}?edits=1").status_code == 200


def test_parts_of_the_organisation_and_users_in_them_are_not_overwritten_unseen(
    governing: Client, system_with: SystemWith, agent: Any
) -> None:
    root = "/api/v1/organisation"
    parts, parent = [], None
    for level in ("community", "team", "unit"):
        given = {"level": level, "name": "Cyprus", "parent": parent}
        made = governing.post(f"{root}/parts", given, content_type=JSON)
        assert made.status_code == 201, made.content
        parent = made.json()["id"]
        parts.append((level, parent))
    here = {"unit": parts[-1][1]}
    assert governing.put(f"{root}/users/{agent.pk}", here, content_type=JSON).status_code == 200
    (community,) = governing.get(root).json()["communities"]
    (team,) = community["teams"]
    (unit,) = team["units"]
    for (level, part), seen in zip(parts, (community["seen"], team["seen"], unit["seen"]), strict=True):
        where = f"{root}/parts/{level}/{part}"
        assert governing.put(where, {"name": "Kypros", "seen": seen}, content_type=JSON).status_code == 200
        assert places(governing.put(where, {"name": "Zypern", "seen": seen}, content_type=JSON)) == {"name"}
        assert governing.delete(f"{where}?seen={seen}").status_code == 409
    contact = factories.person().pk
    owner = f"/api/v1/contacts/{contact}/owner"
    mine = {"team": parts[1][1], "was": "none"}
    assert governing.put(owner, mine, content_type=JSON).status_code == 200
    assert places(governing.put(owner, mine, content_type=JSON)) == {"team"}
    left = {"team": None, "was": parts[1][1]}
    assert governing.put(owner, left, content_type=JSON).status_code == 200
    (placed,) = unit["users"]
    where = f"{root}/users/{agent.pk}"
    nowhere = {"unit": None, "seen": placed["seen"]}
    known = {**here, "contact": contact, "seen": placed["seen"]}
    assert governing.put(where, known, content_type=JSON).status_code == 200
    assert places(governing.put(where, nowhere, content_type=JSON)) == {"unit", "contact"}


def test_a_contact_that_grew_meanwhile_is_not_deleted_unseen(governing: Client) -> None:
    contact = factories.person()
    where = f"/api/v1/contacts/{contact.pk}"
    read = governing.get(where).json()["record_count"]
    assert governing.delete(f"{where}?record_count={read + 1}").status_code == 409
    assert governing.delete(f"{where}?record_count={read}").status_code == 200
