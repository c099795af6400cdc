"""What hangs on a contact, over the API: suppressions, notes and attachments taken away, the photo."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import Settings

from kith.access.roles import RoleName
from kith.attachments.models import Attachment, Photo
from kith.contacts.models import Contact
from kith.notes.models import Note
from kith.sources.models import Membership
from tests.api.conftest import SystemWith
from tests.contacts import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def stewarding(system_with: SystemWith) -> Client:
    return system_with(RoleName.STEWARD).client


@pytest.fixture
def ann() -> Contact:
    return factories.person("Ann", "Leeson")


def _send(client: Client, method: str, path: str, body: object = None) -> Any:
    text, kind = ("", "") if body is None else (json.dumps(body), "application/json")
    return client.generic(method, f"/api/v1/{path}", text, content_type=kind)


def test_a_contact_is_suppressed_and_unflagged(
    system_with: SystemWith, viewing: Client, ann: Contact
) -> None:
    officer = system_with(RoleName.PRIVACY_OFFICER).client
    place = f"contacts/{ann.pk}/suppressions"
    assert _send(viewing, "GET", place).json() == {"items": []}
    assert _send(viewing, "POST", place, {"reason": "manual"}).status_code == 403
    made = _send(officer, "POST", place, {"reason": "manual", "note": "By phone"})
    assert made.status_code == 201
    (one,) = _send(viewing, "GET", place).json()["items"]
    assert (one["id"], one["reason"], one["note"]) == (made.json()["suppression_id"], "manual", "By phone")
    assert _send(officer, "POST", place, {"reason": "manual"}).status_code == 422
    lift = f"{place}/{one['id']}/lift"
    assert _send(officer, "POST", lift, {"note": ""}).status_code == 422
    assert _send(officer, "POST", lift, {"note": "She asked for it"}).status_code == 200
    assert _send(viewing, "GET", place).json() == {"items": []}


def test_x5_a_restricted_contact_is_changed_by_officers_only_and_lifted_when_the_person_knows(
    system_with: SystemWith, stewarding: Client, viewing: Client, ann: Contact
) -> None:
    officer = system_with(RoleName.PRIVACY_OFFICER).client
    place, edit = f"contacts/{ann.pk}/suppressions", {"first_name": "Anna"}
    wrong = {"reason": "restricted", "scope": "email"}
    assert _send(officer, "POST", place, wrong).status_code == 422
    assert _send(officer, "POST", place, {"reason": "restricted", "note": "Contested"}).status_code == 201
    (one,) = _send(viewing, "GET", place).json()["items"]
    assert (one["reason"], one["scope"], one["ends_on"]) == ("restricted", "all", None)
    refused = _send(stewarding, "PATCH", f"contacts/{ann.pk}", edit)
    assert refused.status_code == 422
    assert "processing has been restricted since" in refused.text
    assert _send(stewarding, "POST", f"contacts/{ann.pk}/notes", {"text": "x"}).status_code == 422
    assert _send(officer, "PATCH", f"contacts/{ann.pk}", edit).status_code == 200
    lift, note = f"{place}/{one['id']}/lift", {"note": "It is right now"}
    assert _send(officer, "POST", lift, note).status_code == 422
    assert _send(officer, "POST", lift, {**note, "person_told": True}).status_code == 200
    assert _send(stewarding, "PATCH", f"contacts/{ann.pk}", {"first_name": "Ann"}).status_code == 200


def test_notes_attachments_and_the_photo_are_taken_away_again(
    stewarding: Client, ann: Contact, settings: Settings, tmp_path: Path
) -> None:
    settings.ATTACHMENT_FOLDER = tmp_path
    note = _send(stewarding, "POST", f"contacts/{ann.pk}/notes", {"text": "Call after six"}).json()["id"]
    assert _send(stewarding, "DELETE", f"notes/{note}").json() == {"id": note, "group_id": ann.pk}
    assert _send(stewarding, "DELETE", f"notes/{note}").status_code == 404
    assert not Note.objects.exists()

    file = SimpleUploadedFile("letter.txt", b"just text", content_type="text/plain")
    made = stewarding.post(f"/api/v1/contacts/{ann.pk}/attachments", {"file": file}).json()["id"]
    assert (
        _send(stewarding, "PUT", f"attachments/{made}", {"name": "Lease", "note": "2026"}).status_code == 200
    )
    assert Attachment.objects.get().name.startswith("Lease")
    why = {"reason": "wrong_file"}
    assert _send(stewarding, "POST", f"attachments/{made}/delete", why).json() == {"id": made}
    assert not Attachment.objects.exists()

    drawn = io.BytesIO()
    Image.new("RGB", (300, 300), "navy").save(drawn, "PNG")
    photo = SimpleUploadedFile("ann.png", drawn.getvalue(), content_type="image/png")
    place = f"/api/v1/contacts/{ann.pk}/photo"
    assert stewarding.post(place, {"file": photo}).json() == {"group_id": ann.pk}
    assert stewarding.get(place)["Content-Type"].startswith("image/")
    assert stewarding.delete(place).status_code == 200
    assert stewarding.get(place).status_code == 404
    assert not Photo.objects.exists()


def test_k9_another_system_ref_is_made_primary(stewarding: Client, viewing: Client) -> None:
    contact = factories.eleni()
    ids = list(Membership.objects.filter(contact=contact).values_list("record_id", flat=True))
    other = next(one for one in ids if one != contact.primary_record_id)
    place = f"contacts/{contact.pk}/primary"
    assert _send(viewing, "PUT", place, {"record_id": other}).status_code == 403
    assert _send(stewarding, "PUT", place, {"record_id": other}).status_code == 200
    contact.refresh_from_db()
    assert contact.primary_record_id == other
    assert _send(stewarding, "PUT", place, {"record_id": 999_999}).status_code == 422
