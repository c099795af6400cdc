"""Every curl line of the how-to works as it stands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from kith.access.roles import RoleName
from kith.contacts.models import Contact
from tests.api.conftest import SystemWith
from tests.contacts import factories

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "use-the-api.md"
LINES = re.findall(r"^curl .*$", HOW_TO.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_how_to_shows_something() -> None:
    assert len(LINES) >= 6


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.split()[-1].rpartition("/")[2])
def test_every_line_of_the_how_to_works(line: str, system_with: SystemWith) -> None:
    factories.source("LOCAL", kind="local")
    ann = factories.person("Ann", "Leeson", ref="T 1", email_1="ann.leeson@example.org")
    other = factories.person("Petros", "Nikolaou")
    words = shlex.split(line)
    address = urlsplit(words[-1].replace("$KITH", "http://testserver"))
    assert "Authorization: Bearer $KEY" in words
    body = words[words.index("-d") + 1] if "-d" in words else ""
    body = body.replace("1000000", str(ann.pk)).replace("1000007", str(other.pk))
    method = words[words.index("-X") + 1] if "-X" in words else "POST" if body else "GET"
    path = re.sub(r"/\d+(?=/|$)", f"/{ann.pk}", address.path)
    kind = "application/json" if body else ""
    client = system_with(RoleName.POWER_USER).client
    response = client.generic(method, f"{path}?{address.query}", body, content_type=kind)
    assert response.status_code in {200, 201, 202}, response.content
    _fits(address.path, response.json(), ann=ann, other=other)


def _fits(path: str, said: dict[str, Any], *, ann: Contact, other: Contact) -> None:
    match path.removeprefix("/api/v1/"):
        case "contacts" if "items" in said:
            assert [one["group_id"] for one in said["items"]] == [ann.pk, other.pk]
        case "contacts/search" | "system-refs/search":
            assert [one["group_id"] for one in said["items"]] == [ann.pk]
        case "match":
            assert [one["verdict"] for one in said["candidates"]] == ["same"]
        case "operations/preview":
            assert said["allowed"] is True
        case "operations" if "retired" in said:
            assert said["retired"] == [other.pk]
    added = {said["group_id"]} if "group_with" in said else set()
    assert set(Contact.objects.values_list("pk", flat=True)) == {ann.pk, other.pk} | added
