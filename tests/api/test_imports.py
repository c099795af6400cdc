"""C32 over the API: a file sent, its result fetched, the import taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kith.contacts.intake.undoing import run_undo
from kith.sources.importing import run_import
from kith.sources.models import LOCAL, Import, SourceRecord, SourceSystem

FILE = b"Contact Type,Contact Code,First Name,Last Name\nPERSON,A1,Ann,Lee\nROBOT,A2,Bob,Lee\n"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: LazySettings, db: None) -> None:
    settings.IMPORT_FOLDER = tmp_path / "imports"
    SourceSystem.objects.get_or_create(code=LOCAL, defaults={"name": "Kith", "kind": "local"})


def send(client: Client, content: bytes = FILE, **form: str) -> dict[str, object]:
    answer = client.post("/api/v1/imports", {"file": SimpleUploadedFile("people.csv", content), **form})
    assert answer.status_code == 202, answer.content
    body: dict[str, object] = answer.json()
    return body


def test_c32_a_file_is_sent_taken_in_and_taken_back(running: Client, viewing: Client) -> None:
    draft = send(running, start="no")
    assert (draft["state"], draft["would"]) == (
        "draft",
        {"new": 1, "changed": 0, "unchanged": 0, "rejected": 1},
    )
    path = f"/api/v1/imports/{draft['id']}"
    assert running.post(f"{path}/start", content_type="application/json").json()["state"] == "queued"
    run_import(int(str(draft["id"])))
    found = running.get(path).json()
    assert (found["state"], found["counts"]["new"], found["undone"]) == ("done", 1, None)
    (rejected,) = running.get(f"{path}/rejected-rows").json()["items"]
    assert (rejected["row"], rejected["column"]) == (3, "Contact Type")
    result = b"".join(running.get(f"{path}/result").streaming_content).decode()
    assert "2,Created,A1," in result
    assert running.post(f"{path}/undo", content_type="application/json").status_code == 202
    run_undo(found["id"])
    assert running.get(path).json()["undone"]["removed"] == 1
    assert not SourceRecord.objects.exists()
    assert running.post(f"{path}/undo", content_type="application/json").status_code == 422
    assert viewing.get(path).status_code == 403


def test_c32_what_is_no_table_leaves_no_import(running: Client) -> None:
    answer = running.post("/api/v1/imports", {"file": SimpleUploadedFile("x.csv", b"\x00\x01")})
    assert answer.status_code == 422
    assert running.post("/api/v1/imports", {"source": "NOWHERE"}).status_code == 422
    unknown = running.post("/api/v1/imports", {"file": SimpleUploadedFile("x.csv", b"Shoe size\n38\n")})
    assert unknown.status_code == 422
    assert "column is mapped to a name" in unknown.json()["error"]
    assert running.get("/api/v1/imports").json() == {"items": [], "next": None}
    assert not Import.objects.exists()
