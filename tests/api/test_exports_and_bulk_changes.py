"""C25 over the API: a result as a file, and one change of everybody it holds."""

from __future__ import annotations

from pathlib import Path

from django.conf import LazySettings
from django.http import StreamingHttpResponse
from django.test import Client

from kith.access.models import User
from kith.access.roles import RoleName
from kith.contacts.models import Contact
from kith.find.bulk import tasks as changes
from kith.find.exporting import tasks as exports
from tests.api.conftest import SystemWith
from tests.contacts import factories
from tests.find.searching import kept

JSON = "application/json"


def test_c25_a_system_exports_a_result_and_changes_it(
    system_with: SystemWith, steward: User, viewing: Client, tmp_path: Path, settings: LazySettings
) -> None:
    settings.ATTACHMENT_FOLDER = tmp_path
    ann = factories.person("Ann", "Leeson")
    key, other = system_with(RoleName.STEWARD).client, system_with(RoleName.STEWARD).client
    token = kept(steward, last_name="Leeson")
    asked = {"search": token, "kind": "csv", "columns": ["name"]}
    assert viewing.post("/api/v1/exports", asked, content_type=JSON).status_code == 403
    assert (
        key.post("/api/v1/exports", {**asked, "columns": ["nothing"]}, content_type=JSON).status_code == 422
    )
    made = key.post("/api/v1/exports", asked, content_type=JSON)
    assert (made.status_code, made.json()["state"]) == (202, "waiting")
    path = f"/api/v1/exports/{made.json()['id']}"
    assert key.get(f"{path}/file").status_code == 404
    exports.written(made.json()["id"])
    assert (key.get(path).json()["state"], key.get(path).json()["contacts"]) == ("ready", 1)
    assert [other.get(where).status_code for where in (path, f"{path}/file")] == [404, 404]
    file = key.get(f"{path}/file")
    assert isinstance(file, StreamingHttpResponse)
    assert b"Ann Leeson" in file.getvalue()
    assert key.post(f"{path}/cancel", content_type=JSON).status_code == 422

    change = {"search": token, "kind": "category", "value": "PARTNER"}
    seen = key.post("/api/v1/bulk-changes/preview", change, content_type=JSON).json()
    assert seen == {"total": 1, "would_change": 1, "have_it": 0, "cannot": 0}
    done = key.post("/api/v1/bulk-changes", change, content_type=JSON)
    assert done.status_code == 202
    changes.made(done.json()["id"])
    assert Contact.objects.get(pk=ann.pk).category == "PARTNER"
    path = f"/api/v1/bulk-changes/{done.json()['id']}"
    assert key.get(path).json()["changed"] == 1
    assert key.post(f"{path}/undo", content_type=JSON).json()["state"] == "undoing"
    changes.undone(done.json()["id"])
    assert Contact.objects.get(pk=ann.pk).category is None
    assert len(other.get("/api/v1/bulk-changes").json()["items"]) == 1
