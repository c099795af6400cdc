from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kith.access.actors import COMMAND_LINE
from kith.audit.models import Entry
from kith.grouping.actions import carry_out
from kith.grouping.intents import Group
from kith.sources.models import SourceRecord
from tests.contacts import factories

pytestmark = pytest.mark.django_db
QUERIES_OF_A_CONTACT = 12
"""When it was looked at in the last ten minutes already; else the look is written, too."""
QUERIES_OF_A_SEARCH = 8
"""One of them writes that somebody searched."""


def _search(client: Client, asked: Mapping[str, object]) -> Any:
    return client.post("/api/v1/contacts/search", asked, content_type="application/json")


def _queries(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as made:
        act()
    return len(made)


def test_a_contact_comes_with_the_system_ref_that_said_each_value(viewing: Client) -> None:
    contact = factories.eleni()
    body = viewing.get(f"/api/v1/contacts/{contact.pk}").json()
    assert (body["group_id"], body["kind"], body["state"]) == (contact.pk, "person", "active")
    assert body["name"] == contact.name
    birth_date = body["golden"]["birth_date"]
    assert birth_date["value"] == "1987-03-14"
    assert (birth_date["said_by"]["source"], birth_date["said_by"]["system_ref"]) == ("MEMBERS", "M-20931")
    assert body["golden"]["vat_number"] is None
    assert [phone["value"] for phone in body["phones"]] == ["+447400123456"]
    assert body["phones"][0]["said_by"]["system_ref"] == "700 41 882"
    assert {one["value"] for one in body["emails"]} == {
        "e.papadopoulou@work.example",
        "eleni.reid@example.com",
    }
    assert [one["is_primary"] for one in body["emails"]] == [True, False]
    assert body["addresses"][0]["city"] == "Limassol"
    assert {one["source"] for one in body["system_refs"]} == {"MEMBERS", "TICKETS", "NEWS", "SHOP"}
    assert sum(one["is_primary"] for one in body["system_refs"]) == 1
    assert body["record_count"] == 4


def test_a_company_has_a_company_name(viewing: Client) -> None:
    contact = factories.company("Harbour Freight Ltd", vat_number="CY10000000X")
    body = viewing.get(f"/api/v1/contacts/{contact.pk}").json()
    assert (body["kind"], body["golden"]["company_name"]["value"]) == ("company", "Harbour Freight Ltd")


def test_a_retired_group_id_says_which_one_to_keep_instead(viewing: Client) -> None:
    gone, middle, last = (factories.person(last=name) for name in ("Gone", "Middle", "Last"))
    factories.retire(gone, successor=middle)
    factories.retire(middle, successor=last)
    response = viewing.get(f"/api/v1/contacts/{gone.pk}")
    body = response.json()
    assert (response.status_code, body["state"], body["successor"]) == (200, "retired", last.pk)
    assert body["name"] == ""
    assert all(value is None for value in body["golden"].values())


def test_what_a_grouped_contact_was_is_told_of_its_successor_only(viewing: Client) -> None:
    kept = factories.person("Ann", "Leeson")
    gone = factories.person("Petros", "Nikolaou", email_1="petros@example.org", phone_1="+35799123456",
                            address_1_line1="12 Harbour Walk", address_1_city="Limassol")  # fmt: skip
    carry_out(actor=COMMAND_LINE, intent=Group(master=kept.pk, children=(gone.pk,)))
    body = viewing.get(f"/api/v1/contacts/{gone.pk}").json()
    assert (body["state"], body["successor"], body["record_count"]) == ("retired", kept.pk, 0)
    assert (body["emails"], body["phones"], body["addresses"], body["system_refs"]) == ([], [], [], [])


@pytest.mark.parametrize("group_id", ["999999999", "0", "-1", "abc", "1.5", str(2**63), "9" * 40, "%00"])
def test_a_group_id_that_nobody_has_is_a_404(viewing: Client, group_id: str) -> None:
    response = viewing.get(f"/api/v1/contacts/{group_id}")
    assert response.status_code == 404
    assert response.json()["reasons"][0]["field"] is None


def test_a_contact_costs_the_same_with_one_system_ref_and_with_thirty(viewing: Client) -> None:
    small = factories.person()
    many = [factories.record({"last_name": "Lee", "email_1": f"lee{n}@example.org"}) for n in range(30)]
    large = factories.contact(*many)
    for one in (small, large):
        viewing.get(f"/api/v1/contacts/{one.pk}")
    few = _queries(lambda: viewing.get(f"/api/v1/contacts/{small.pk}"))
    assert few == _queries(lambda: viewing.get(f"/api/v1/contacts/{large.pk}")) == QUERIES_OF_A_CONTACT


def test_a_contact_of_hundreds_of_system_refs_still_names_who_said_what(
    viewing: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = factories.eleni()
    monkeypatch.setattr("kith.contacts.queries.RECORDS_SHOWN", 1)
    body = viewing.get(f"/api/v1/contacts/{contact.pk}").json()
    assert len(body["system_refs"]) == 1
    assert body["golden"]["birth_date"]["said_by"]["source"] == "MEMBERS"
    assert body["addresses"][0]["said_by"]["source"] == "SHOP"


def test_k4_contacts_are_found_by_what_the_search_box_finds(viewing: Client) -> None:
    contact = factories.eleni()
    for asked in (
        {"q": "papadop reid"},
        {"email": "eleni.reid@"},
        {"phone": "07400 123456"},
        {"town": "limas"},
    ):
        body = _search(viewing, asked).json()
        assert [one["group_id"] for one in body["items"]] == [contact.pk], asked
    line = body["items"][0]
    assert line["birth_date"] == "1987-03-14"
    assert sorted(line["sources"]) == ["MEMBERS", "NEWS", "SHOP", "TICKETS"]


def test_everything_asked_for_must_hold(viewing: Client) -> None:
    kept = factories.person("Ann", "Lee", code="SHOP")
    factories.person("Ann", "Lee", code="TICKETS")
    body = _search(viewing, {"q": "lee", "source": "SHOP", "kind": "person"}).json()
    assert [one["group_id"] for one in body["items"]] == [kept.pk]
    assert _search(viewing, {"q": "lee", "kind": "company"}).json()["items"] == []


def test_nothing_asked_for_finds_nothing(viewing: Client) -> None:
    factories.person()
    nobody = {"items": [], "next": None, "is_cut": False, "count": 0, "is_more": False}
    assert _search(viewing, {}).json() == nobody


def test_a_list_comes_in_pages(viewing: Client) -> None:
    ids = [factories.person(f"A{letter}", "Lee").pk for letter in "abcde"]
    found: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        body = _search(viewing, {"q": "lee", "size": 2, "cursor": cursor}).json()
        found += [one["group_id"] for one in body["items"]]
        cursor = body["next"]
    assert found == ids


def test_all_contacts_are_listed_by_group_id_whatever_comes_in_between(viewing: Client) -> None:
    ids = [factories.person("A", f"Lee{letter}").pk for letter in "abcd"]
    company = factories.company("Harbour Freight Ltd")
    gone = factories.person("A", "Gone")
    factories.retire(gone, successor=company)
    first = viewing.get("/api/v1/contacts", {"size": 2}).json()
    assert [one["group_id"] for one in first["items"]] == ids[:2]
    later = factories.person("A", "Later")
    rest = viewing.get("/api/v1/contacts", {"cursor": first["next"]}).json()
    assert [one["group_id"] for one in rest["items"]] == [*ids[2:], company.pk, later.pk]
    assert rest["next"] is None
    companies = viewing.get("/api/v1/contacts", {"kind": "company"}).json()
    assert [one["group_id"] for one in companies["items"]] == [company.pk]


@pytest.mark.parametrize("asked", [{"q": "reid"}, {"email": "eleni@example.org"}, {"system_ref": "M-1"}])
def test_names_and_details_do_not_belong_into_an_address(viewing: Client, asked: dict[str, str]) -> None:
    factories.eleni()
    response = viewing.get("/api/v1/contacts", asked)
    assert response.status_code == 422
    assert "POST /contacts/search" in response.json()["error"]


def test_a_search_costs_the_same_with_one_contact_and_with_twenty(viewing: Client) -> None:
    factories.person("Ann", "Moss")
    for number in range(20):
        factories.person(f"Ann{number}", "Lee")
    viewing.get("/api/v1/runs")
    one = _queries(lambda: _search(viewing, {"q": "moss"}))
    assert one == _queries(lambda: _search(viewing, {"q": "lee"})) == QUERIES_OF_A_SEARCH


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"cursor": "x"}, "cursor"),
        ({"page": "2"}, "page"),
        ({"size": "101"}, "size"),
        ({"kind": "dog"}, "kind"),
        ({"q": "x" * 201}, "q"),
        ({"name": "\x00"}, "name"),
        ({"source": "NOBODY"}, "source"),
    ],
)
def test_a_question_that_cannot_be_read_names_its_field(
    viewing: Client, asked: dict[str, str], field: str
) -> None:
    response = _search(viewing, asked)
    assert response.status_code == 422
    assert [one["field"] for one in response.json()["reasons"]] == [field]


def test_no_personal_data_is_logged(viewing: Client, caplog: pytest.LogCaptureFixture) -> None:
    contact = factories.eleni()
    with caplog.at_level(logging.INFO):
        viewing.get(f"/api/v1/contacts/{contact.pk}")
        _search(viewing, {"q": "papadopoulou", "page": "x"})
    assert "apadopoulou" not in caplog.text
    assert "reid" not in caplog.text.lower()


def test_nothing_is_kept_by_whoever_stands_between(viewing: Client) -> None:
    assert viewing.get("/api/v1/contacts")["Cache-Control"] == "no-store"


def test_reading_writes_nothing_but_that_somebody_looked(viewing: Client) -> None:
    contact = factories.eleni()
    viewing.get(f"/api/v1/contacts/{contact.pk}")
    looked = Entry.objects.get(group_id=contact.pk)
    assert (looked.event, looked.group_id, looked.detail) == ("ContactViewed", contact.pk, {"through": "API"})
    with CaptureQueriesContext(connection) as made:
        viewing.get(f"/api/v1/contacts/{contact.pk}")
        _search(viewing, {"q": "reid"})
    searched = Entry.objects.get(event="SearchMade")
    assert "reid" not in str(searched.detail), "which criteria, never for whom"
    written = [one["sql"] for one in made if not one["sql"].lstrip().startswith("SELECT")]
    assert all("access_keyuse" in one or "SearchMade" in one for one in written), "nothing else"
    assert SourceRecord.objects.count() == 4
