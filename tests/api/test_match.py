from __future__ import annotations

import json
import logging

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.contacts import factories

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/match"
MOST_QUERIES = 12


def _ask(client: Client, **record: object) -> dict[str, object]:
    response = client.post(ADDRESS, record, content_type="application/json")
    assert response.status_code == 200, response.content
    body: dict[str, object] = response.json()
    return body


def test_the_same_person_is_found_with_the_reasons(viewing: Client) -> None:
    contact = factories.person("Ann", "Leeson", email_1="ann.leeson@example.org", ref="A-1")
    body = _ask(viewing, first_name="ANN", last_name="Leeson", emails=["Ann.Leeson@Example.org"])
    (candidate,) = body["candidates"]
    assert (candidate["group_id"], candidate["name"]) == (contact.pk, "Ann Leeson")
    assert candidate["verdict"] == "same"
    assert candidate["reasons"]
    assert any("mail" in one["words"].lower() for one in candidate["evidence"])
    assert candidate["system_ref"] == {"source": "TICKETS", "system_ref": "A-1"}


def test_the_weight_is_that_of_the_evidence_and_its_probability(viewing: Client) -> None:
    factories.person("Ann", "Leeson", email_1="ann.leeson@example.org", birth_date="1987-03-14")
    body = _ask(
        viewing,
        first_name="Ann",
        last_name="Leeson",
        emails=["ann.leeson@example.org"],
        birth_date="1987-03-14",
    )
    (candidate,) = body["candidates"]
    assert candidate["weight"] > 0
    assert candidate["probability"] == pytest.approx(1 / (1 + 2 ** -candidate["weight"]))
    weights = {one["field"]: one["weight"] for one in candidate["evidence"]}
    assert weights["birth_date"] > 0
    assert all(isinstance(weight, float) for weight in weights.values())


def test_somebody_alike_is_left_to_a_person(viewing: Client) -> None:
    factories.person("Ann", "Leeson", birth_date="1987-03-14", email_1="ann.leeson@example.org")
    body = _ask(viewing, first_name="Zoe", last_name="Quartz", emails=["ann.leeson@example.org"])
    (candidate,) = body["candidates"]
    assert candidate["verdict"] == "review"
    assert candidate["missing"]


def test_nobody_is_found_where_nobody_is(viewing: Client) -> None:
    factories.person("Ann", "Leeson")
    assert _ask(viewing, first_name="Zoe", last_name="Quartz")["candidates"] == []
    assert _ask(viewing)["candidates"] == []


def test_what_was_understood_is_said(viewing: Client) -> None:
    factories.source()
    body = _ask(
        viewing,
        birth_date="14/03/1987",
        emails=["n/a", "X@Example.org"],
        phones=[{"value": "99 123456", "country": "Cyprus"}, {"value": "12"}],
        source="TICKETS",
    )
    searched = body["searched"]
    assert (searched["kind"], searched["birth_date"]) == ("person", "1987-03-14")
    assert (searched["emails"], searched["phones"]) == (["x@example.org"], ["+35799123456"])
    assert set(searched["fields"]) == {"birth_date", "emails", "phones"}
    assert "phones[1].value" in {one["field"] for one in searched["remarks"]}


def test_dates_are_read_in_the_order_of_the_source(viewing: Client) -> None:
    american = factories.source("SHOP")
    american.date_order = "MDY"
    american.save()
    body = _ask(viewing, birth_date="03/04/1987", source="SHOP")
    assert body["searched"]["birth_date"] == "1987-03-04"


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({"emails": ["a@b.org", 7]}, "emails[1]"),
        ({"emails": [str(n) for n in range(10)]}, "emails"),
        ({"phones": ["+35799123456"]}, "phones[0]"),
        ({"phones": [{"value": "+35799123456", "colour": "red"}]}, "phones[0].colour"),
        ({"addresses": [{"city": 7}]}, "addresses[0].city"),
        ({"kind": "dog"}, "kind"),
        ({"first_name": "x" * 201}, "first_name"),
        ({"first_name": "a\x00b"}, "first_name"),
        ({"nickname": "Annie"}, "nickname"),
        ({"source": "NOBODY"}, "source"),
    ],
)
def test_a_record_that_cannot_be_read_names_its_field(
    viewing: Client, record: dict[str, object], field: str
) -> None:
    response = viewing.post(ADDRESS, record, content_type="application/json")
    assert response.status_code == 422
    (reason,) = response.json()["reasons"]
    assert reason["field"] == field
    assert reason["sentence"].endswith(".")


@pytest.mark.parametrize("body", ["[]", "7", '"Ann"', "null"])
def test_a_body_that_is_no_record_is_refused(viewing: Client, body: str) -> None:
    response = viewing.post(ADDRESS, body, content_type="application/json")
    assert response.status_code == 422
    assert response.json()["reasons"][0]["field"] is None


def test_no_body_at_all_is_refused(viewing: Client) -> None:
    assert viewing.generic("POST", ADDRESS, content_type="application/json").status_code == 422


def test_junk_and_strange_scripts_are_no_trouble(viewing: Client) -> None:
    _ask(
        viewing,
        first_name="\u202e\U0001f469\u200d\U0001f467",
        last_name="Ωμέγα\n\t",
        emails=["", "@", "a@@b"],
    )
    _ask(viewing, full_name="O'Brien; DROP TABLE contacts_contact;--", birth_date="99/99/9999")


def test_asking_writes_nothing_and_costs_the_same_however_many_are_alike(viewing: Client) -> None:
    factories.person("Ann", "Leeson", email_1="ann.leeson@example.org")
    viewing.get("/api/v1/runs")
    asked = {"first_name": "Ann", "last_name": "Leeson", "emails": ["ann.leeson@example.org"]}
    # What decides is read once for many questions: the first asks more.
    _ask(viewing, **asked)
    with CaptureQueriesContext(connection) as few:
        _ask(viewing, **asked)
    for _ in range(10):
        factories.person("Ann", "Leeson", email_1="ann.leeson@example.org")
    with CaptureQueriesContext(connection) as many:
        _ask(viewing, **asked)
    assert len(few) == len(many) <= MOST_QUERIES
    written = [one["sql"] for one in many if not one["sql"].lstrip().startswith("SELECT")]
    assert all("access_keyuse" in one for one in written), "the key's requests are counted, nothing else"


def test_no_personal_data_is_logged(viewing: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        _ask(viewing, last_name="Leeson", emails=["ann.leeson@example.org"])
        viewing.post(ADDRESS, {"last_name": ["Leeson"]}, content_type="application/json")
        viewing.post(ADDRESS, '{"last_name": "Leeson"', content_type="application/json")
    assert "eeson" not in caplog.text


def test_a_refusal_never_repeats_what_was_sent(viewing: Client) -> None:
    response = viewing.post(ADDRESS, json.dumps({"kind": "Leeson"}), content_type="application/json")
    assert "Leeson" not in response.text
