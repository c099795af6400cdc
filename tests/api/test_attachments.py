"""Attachments and notes through the API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from kith.access.actors import COMMAND_LINE
from kith.access.roles import RoleName
from kith.attachments import actions
from kith.attachments.actions import Filing
from kith.attachments.models import Attachment, StoredFile
from kith.attachments.sections import ATTACHMENT_LIMITS, AttachmentLimits
from kith.audit.models import Entry
from kith.contacts.models import Contact
from kith.notes.models import Note
from kith.settings import actions as settings_actions
from tests.api.conftest import SystemWith
from tests.attachments import files
from tests.contacts import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def attachment_folder(tmp_path: Path, settings: Settings) -> None:
    settings.ATTACHMENT_FOLDER = tmp_path / "attachments"
    settings.MASTER_KEY_FILE = tmp_path / "master-key"


@pytest.fixture
def editing(system_with: SystemWith) -> Client:
    return system_with(RoleName.AGENT).client


def attach(client: Client, contact: Contact, name: str, content: bytes, key: str = "", **more: str) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    data = {"file": files.uploaded(name, content), **more}
    return client.post(f"/api/v1/contacts/{contact.pk}/attachments", data, headers=headers)


def test_a_file_is_attached_listed_and_fetched(editing: Client, viewing: Client) -> None:
    contact = factories.eleni()
    made = attach(editing, contact, "lease.pdf", files.pdf(), classification="CONTRACT", note="Signed")
    assert made.status_code == 201
    attachment_id = made.json()["id"]
    assert made.json() == {"id": attachment_id, "group_id": contact.pk}
    (listed,) = viewing.get(f"/api/v1/contacts/{contact.pk}/attachments").json()["items"]
    assert listed == viewing.get(f"/api/v1/attachments/{attachment_id}").json()
    assert {name: listed[name] for name in ("kind", "name", "classification", "note", "size")} == {
        "kind": "file",
        "name": "lease.pdf",
        "classification": "CONTRACT",
        "note": "Signed",
        "size": len(files.pdf()),
    }
    fetched = viewing.get(f"/api/v1/attachments/{attachment_id}/content")
    assert b"".join(fetched.streaming_content) == files.pdf()
    assert fetched["Content-Disposition"] == 'attachment; filename="lease.pdf"'
    assert fetched["Cache-Control"] == "no-store"
    assert Entry.objects.get(event="AttachmentDownloaded").group_id == contact.pk


def test_a_file_sent_twice_with_one_key_is_attached_once(editing: Client) -> None:
    contact = factories.person()
    first = attach(editing, contact, "a.txt", b"text", key="k-1", note="N")
    again = attach(editing, contact, "a.txt", b"text", key="k-1", note="N")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    assert Attachment.objects.count() == 1
    for other in (
        attach(editing, contact, "a.txt", b"TEXT", key="k-1", note="N"),
        attach(editing, contact, "b.txt", b"text", key="k-1", note="N"),
        attach(editing, contact, "a.txt", b"text", key="k-1", note="M"),
    ):
        assert other.status_code == 422
    assert Attachment.objects.count() == 1
    assert StoredFile.objects.count() == 1


def test_what_is_not_taken_is_refused_with_the_reason(editing: Client, viewing: Client) -> None:
    contact = factories.person()
    refused = attach(editing, contact, "a.pdf", files.HTML)
    assert refused.status_code == 422
    assert "name says PDF" in refused.json()["error"]
    assert attach(viewing, contact, "a.txt", b"text").status_code == 403
    assert attach(editing, Contact(pk=999), "a.txt", b"text").status_code == 404
    assert attach(editing, contact, "a.txt", b"text", classification="NONE").status_code == 422
    path = f"/api/v1/contacts/{contact.pk}/attachments"
    assert editing.post(path, {"name": "no file"}).status_code == 422
    assert editing.post(path, {"file": "text"}, content_type="application/json").status_code == 415
    assert editing.post(f"/api/v1/contacts/{contact.pk}/notes", {"text": "form"}).status_code == 415
    assert not Attachment.objects.exists()


def test_a_body_that_is_too_large_is_refused_before_it_is_read(editing: Client) -> None:
    settings_actions.save_section(actor=COMMAND_LINE, section=ATTACHMENT_LIMITS, value=AttachmentLimits(1))
    refused = attach(editing, factories.person(), "a.txt", b"x" * 1_400_000)
    assert refused.status_code == 413


def test_an_entry_of_the_library_is_attached(editing: Client) -> None:
    contact = factories.person()
    entry = actions.add_library_url(
        actor=COMMAND_LINE, url="https://example.org/terms", filing=Filing(name="Terms")
    )
    (listed,) = editing.get("/api/v1/attachments-library").json()["items"]
    assert (listed["id"], listed["url"]) == (entry.pk, "https://example.org/terms")
    path = f"/api/v1/contacts/{contact.pk}/attachments-from-library"
    made = editing.post(path, {"entry": entry.pk, "note": "N"}, content_type="application/json")
    assert made.status_code == 201
    shown = editing.get(f"/api/v1/attachments/{made.json()['id']}").json()
    assert (shown["kind"], shown["url"], shown["library_entry"]) == ("url", entry.url, entry.pk)
    assert editing.get(f"/api/v1/attachments/{made.json()['id']}/content").status_code == 404
    assert editing.post(path, {"entry": 999}, content_type="application/json").status_code == 404


def test_c14_the_library_is_kept_through_the_api(editing: Client, system_with: SystemWith) -> None:
    keeping = system_with(RoleName.ADMINISTRATOR).client
    root = "/api/v1/attachments-library"
    file = {"file": files.uploaded("terms.pdf", files.pdf()), "name": "Terms", "classification": "CONTRACT"}
    assert editing.post(f"{root}/files", file).status_code == 403
    file["file"] = files.uploaded("terms.pdf", files.pdf())
    made = keeping.post(f"{root}/files", file)
    assert (made.status_code, made.json()["is_active"]) == (201, True), made.content
    place = {"url": "https://example.org/prices", "name": "Prices"}
    added = keeping.post(f"{root}/addresses", place, content_type="application/json")
    assert added.status_code == 201
    assert keeping.post(f"{root}/addresses", place, content_type="application/json").status_code == 422
    for bad in ("javascript:alert(1)", "http://[", "https://u:p@example.org/", ""):
        again = {"url": bad, "name": "Bad"}
        assert keeping.post(f"{root}/addresses", again, content_type="application/json").status_code == 422
    assert [one["name"] for one in editing.get(root).json()["items"]] == ["Terms", "Prices"]
    where = f"{root}/{made.json()['id']}"
    there = editing.get(where).json()
    retired = {"name": "Old terms", "classification": "CONTRACT", "is_active": False, "seen": there["seen"]}
    edited = keeping.put(where, retired, content_type="application/json")
    assert edited.json() == {"id": there["id"], "is_active": False}
    clash = keeping.put(where, {**retired, "name": "New terms"}, content_type="application/json")
    assert clash.status_code == 409
    assert [one["field"] for one in clash.json()["reasons"]] == ["name"]
    contact = factories.person()
    use = f"/api/v1/contacts/{contact.pk}/attachments-from-library"
    assert editing.post(use, {"entry": there["id"]}, content_type="application/json").status_code == 404
    other = f"{root}/{added.json()['id']}"
    assert (
        editing.post(use, {"entry": added.json()["id"]}, content_type="application/json").status_code == 201
    )
    assert keeping.delete(other).status_code == 422
    assert keeping.delete(f"{where}?seen={there['seen']}").status_code == 409
    assert keeping.delete(where).status_code == 200
    assert editing.get(where).status_code == 404


def test_notes_are_written_read_and_edited(editing: Client, viewing: Client) -> None:
    contact = factories.person()
    path = f"/api/v1/contacts/{contact.pk}/notes"
    made = editing.post(path, {"text": "Call after six"}, content_type="application/json")
    assert made.status_code == 201
    note = f"/api/v1/notes/{made.json()['id']}"
    edited = editing.post(note, {"text": "Call after seven", "edits": 0}, content_type="application/json")
    assert edited.json() == {"id": made.json()["id"], "edits": 1}
    clash = editing.post(note, {"text": "Never call", "edits": 0}, content_type="application/json")
    assert clash.status_code == 409
    (listed,) = viewing.get(path).json()["items"]
    assert listed["text"] == "Call after seven"
    assert [one["text"] for one in listed["edits"]] == ["Call after six"]
    assert viewing.post(path, {"text": "x"}, content_type="application/json").status_code == 403
    assert editing.post(path, {"text": " "}, content_type="application/json").status_code == 422
    assert Note.objects.count() == 1


def test_lists_come_in_pages(editing: Client) -> None:
    contact = factories.person()
    for number in range(5):
        editing.post(
            f"/api/v1/contacts/{contact.pk}/notes", {"text": f"n{number}"}, content_type="application/json"
        )
    first = editing.get(f"/api/v1/contacts/{contact.pk}/notes?size=3").json()
    rest = editing.get(f"/api/v1/contacts/{contact.pk}/notes?size=3&cursor={first['next']}").json()
    assert [one["text"] for one in (*first["items"], *rest["items"])] == ["n4", "n3", "n2", "n1", "n0"]
    assert rest["next"] is None
