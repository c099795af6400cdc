from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from django.test import Client

from kith.access.models import User
from kith.config.api import document

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def test_whoever_is_signed_in_reads_the_description(viewer: User, client_of: ClientOf) -> None:
    page = client_of(viewer).get("/api/docs").text
    for path in document()["paths"]:
        assert path in page
    assert "See contacts" in page


def test_the_description_needs_no_other_host_and_no_inline_script(viewer: User, client_of: ClientOf) -> None:
    page = client_of(viewer).get("/api/docs").text
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert not re.findall(r"<script(?![^>]*\bsrc=)", page)


def test_every_link_of_the_description_leads_somewhere(viewer: User, client_of: ClientOf) -> None:
    page = client_of(viewer).get("/api/docs").text
    targets = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#(shape-[^"]+)"', page)) <= targets


def test_a_stranger_is_led_to_the_sign_in(db: None) -> None:
    assert Client().get("/api/docs")["Location"].startswith("/sign-in/")
    assert Client().get("/api/openapi.json").status_code == 401


def test_the_document_comes_to_keys_and_to_browsers(
    viewing: Client, viewer: User, client_of: ClientOf
) -> None:
    described = json.loads(json.dumps(document()))
    assert viewing.get("/api/openapi.json").json() == described
    assert client_of(viewer).get("/api/openapi.json").json() == described


def test_the_document_names_the_permission_of_each_operation() -> None:
    needed = {
        (path, method): operation["x-permission"]
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    }
    assert needed["/api/v1/match", "post"] == "contact.view"
    assert needed["/api/v1/runs", "post"] == "run.start"
    assert all(needed.values())
