"""What goes wrong before or beside an operation."""

from __future__ import annotations

import logging

import pytest
from django.test import Client

from kith.config.logs import WithoutExceptionTexts

pytestmark = pytest.mark.django_db


def test_malformed_json_is_answered_with_the_place(viewing: Client) -> None:
    response = viewing.post("/api/v1/match", '{"first_name":\n "Ann",,}', content_type="application/json")
    assert response.status_code == 400
    assert "line 2, column 8" in response.json()["error"]
    assert "Ann" not in response.text


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe{}", b'{"first_name": "\\ud800"}', b'{"first_name": NaN}', b"[" * 100_000, b"{" * 10],
)
def test_a_body_that_is_no_text_is_a_400(viewing: Client, body: bytes) -> None:
    assert viewing.post("/api/v1/match", body, content_type="application/json").status_code == 400


def test_a_body_too_large_is_refused_unread(viewing: Client) -> None:
    response = viewing.post("/api/v1/match", b" " * (256 * 1024 + 1), content_type="application/json")
    assert response.status_code == 413


def test_a_form_is_no_json(viewing: Client) -> None:
    response = viewing.post("/api/v1/match", {"first_name": "Ann"})
    assert (response.status_code, response.json()["error"]) == (415, "Send the body as application/json.")


def test_an_address_that_is_not_there_is_said_in_json(viewing: Client) -> None:
    for client in (viewing, Client()):
        response = client.get("/api/v1/nothing/here")
        assert (response.status_code, response.json()["error"]) == (404, "There is nothing at this address.")


def test_a_method_that_is_not_there_names_those_that_are(viewing: Client) -> None:
    response = viewing.delete("/api/v1/runs/1")
    assert (response.status_code, response["Allow"]) == (405, "GET")
    assert response.json()["reasons"]


def test_a_mistake_of_ours_shows_nothing_and_is_logged_without_its_text(
    viewing: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    said = "Key (email)=(ann@example.org) already exists"

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(said)

    monkeypatch.setattr("kith.runs.queries.run_of", broken)
    with caplog.at_level(logging.ERROR):
        response = viewing.get("/api/v1/runs/1")
    assert response.status_code == 500
    assert "ann@example.org" not in response.text
    (record,) = [one for one in caplog.records if one.name == "kith.config.api_errors"]
    record.exc_text = None  # what another handler wrote of it
    assert "ann@example.org" not in WithoutExceptionTexts("%(message)s").format(record)
    assert "RuntimeError" in record.getMessage()
