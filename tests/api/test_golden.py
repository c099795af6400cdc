"""Golden values, overrides and corrections for other systems."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from kith.access.roles import RoleName
from kith.contacts.models import Contact
from kith.golden.models import GoldenOverride, ToldSource
from kith.sources.models import SourceRecord
from tests.api.conftest import SystemWith
from tests.contacts import factories

pytestmark = pytest.mark.django_db


def waits() -> bool:
    return True


EDITS_WAIT = override_settings(KITH_EDITS_WAIT="tests.api.test_golden.waits")


def _post(client: Client, path: str, body: object = None, **headers: str) -> Any:
    if body is None:
        return client.generic("POST", f"/api/v1/{path}", headers=headers)
    return client.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)


def _say(client: Client, contact: Contact, field: str, mode: str = "pinned", **value: str) -> Any:
    return _post(client, f"contacts/{contact.pk}/golden-values/{field}", {"value": value, "mode": mode})


def _fields(client: Client, contact: Contact) -> dict[str, Any]:
    body = client.get(f"/api/v1/contacts/{contact.pk}/golden-values").json()
    return {one["field"]: one for one in body["fields"]}


@pytest.fixture
def editing(system_with: SystemWith) -> Client:
    return system_with(RoleName.AGENT).client


def test_each_golden_value_says_who_said_it_and_who_says_otherwise(viewing: Client) -> None:
    fields = _fields(viewing, factories.eleni())
    (name,) = fields["name"]["values"]
    assert name["fields"] == {"first_name": "Eleni", "last_name": name["fields"]["last_name"]}
    assert "Helen Reid" in [one["words"] for one in fields["name"]["others"]]
    (born,) = fields["birth_date"]["values"]
    assert (born["fields"], born["words"]) == ({"birth_date": "1987-03-14"}, "14 Mar 1987")
    assert (born["said_by"]["source"], born["said_by"]["system_ref"]) == ("MEMBERS", "M-20931")
    emails = [one["key"] for one in fields["emails"]["values"]]
    assert set(emails) == {"eleni.reid@example.com", "e.papadopoulou@work.example"}
    (home,) = fields["addresses"]["values"]
    assert home["fields"]["address_1_line1"] == "12 Harbour Walk"
    assert fields["passport_number"]["values"] == []
    assert all(one["override"] is None and one["pending"] is None for one in fields.values())


def test_x4_a_pinned_override_stands_against_its_source_and_is_withdrawn(editing: Client) -> None:
    ann = factories.person("Ann", "Leeson", birth_date="14/03/1987")
    made = _say(editing, ann, "birth_date", birth_date="1988-03-14")
    assert made.status_code == 201, made.json()
    assert set(made.json()) == {"id", "group_id", "field", "mode", "state"}
    born = _fields(editing, ann)["birth_date"]
    assert born["values"][0]["fields"] == {"birth_date": "1988-03-14"}
    assert born["values"][0]["said_by"] is None
    assert born["override"]["mode"] == "pinned"
    assert born["override"]["by"].startswith("API key ")
    assert [one["words"] for one in born["override"]["dissent"]] == ["14 Mar 1987"]
    assert [one["fields"] for one in born["others"]] == [{"birth_date": "1987-03-14"}]
    place = f"golden-overrides/{made.json()['id']}/withdraw"
    assert _post(editing, place).json() == {"id": made.json()["id"], "state": "ended"}
    assert _post(editing, place).status_code == 409
    assert _fields(editing, ann)["birth_date"]["values"][0]["fields"] == {"birth_date": "1987-03-14"}


def test_a_value_sent_as_it_was_read_is_the_same_value(editing: Client) -> None:
    eleni = factories.eleni()
    for field, said in _fields(editing, eleni).items():
        if said["values"]:
            value = said["values"][0]["fields"]
            answer = _say(editing, eleni, field, **value)
            assert answer.status_code == 201, (field, answer.json())
            assert _fields(editing, eleni)[field]["values"][0]["fields"] == value


def test_another_email_leads_and_is_taken_back_alone(editing: Client) -> None:
    ann = factories.person("Ann", "Leeson", email_1="ann@example.org")
    first = _say(editing, ann, "emails", email_1="ann@home.example").json()["id"]
    second = _say(editing, ann, "emails", email_1="leeson@home.example").json()["id"]
    assert first != second
    emails = _fields(editing, ann)["emails"]["values"]
    assert (emails[0]["key"], emails[0]["is_primary"]) == ("leeson@home.example", True)
    left = _post(editing, f"golden-overrides/{second}/take-back", {"key": "leeson@home.example"}).json()
    emails = [one["key"] for one in _fields(editing, ann)["emails"]["values"]]
    assert set(emails) == {"ann@example.org", "ann@home.example"}
    gone = _post(editing, f"golden-overrides/{left['override_id']}/take-back", {"key": "nobody@x.example"})
    assert gone.status_code == 409
    last = _post(
        editing, f"golden-overrides/{left['override_id']}/take-back", {"key": "ann@home.example"}
    ).json()
    assert last == {"override_id": None}


@EDITS_WAIT
def test_a39_an_edit_that_waits_is_202_and_shows_as_pending(editing: Client) -> None:
    ann = factories.person("Ann", "Leeson")
    made = _say(editing, ann, "gender", "until_changed", gender="female")
    assert (made.status_code, made.json()["state"]) == (202, "pending")
    gender = _fields(editing, ann)["gender"]
    assert (gender["values"], gender["override"]) == ([], None)
    assert (gender["pending"]["words"], gender["pending"]["mode"]) == ("Female", "until_changed")


def test_what_somebody_changed_meanwhile_is_a_409(editing: Client) -> None:
    ann = factories.person("Ann", "Leeson")
    seen = _fields(editing, ann)["gender"]["seen"]
    body = {"value": {"gender": "female"}, "mode": "pinned", "seen": seen}
    place = f"contacts/{ann.pk}/golden-values/gender"
    assert _post(editing, place, body).status_code == 201
    assert _post(editing, place, body).status_code == 409


def test_the_same_override_sent_again_is_made_once_and_keeps_no_value(editing: Client) -> None:
    ann = factories.person("Ann", "Leeson")
    body = {"value": {"gender": "female"}, "mode": "pinned"}
    sent = [
        _post(editing, f"contacts/{ann.pk}/golden-values/gender", body, **{"Idempotency-Key": "o-1"})
        for _ in range(2)
    ]
    assert sent[0].json() == sent[1].json()
    assert sent[1]["Idempotent-Replayed"] == "true"
    assert GoldenOverride.objects.count() == 1


def test_a_retired_contact_has_no_fields_but_a_successor(editing: Client) -> None:
    ann, old = factories.person("Ann", "Leeson"), factories.person("Anne", "Leeson")
    factories.retire(old, successor=ann)
    body = editing.get(f"/api/v1/contacts/{old.pk}/golden-values").json()
    assert (body["successor"], body["fields"]) == (ann.pk, [])
    assert _say(editing, old, "gender", gender="female").status_code == 404


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("birth_date", {}),
        ("birth_date", {"value": {"birth_date": "yesterday"}, "mode": "pinned"}),
        ("birth_date", {"value": {"first_name": "Ann"}, "mode": "pinned"}),
        ("birth_date", {"value": {"birth_date": 1987}, "mode": "pinned"}),
        ("birth_date", {"value": {"birth_date": "1987-03-14"}, "mode": "for ever"}),
        ("birth_date", {"value": {"birth_date": "1987-03-14"}, "mode": "pinned", "more": 1}),
        ("name", {"value": {}, "mode": "pinned"}),
        ("name", {"value": {"last_name": "a\x00b"}, "mode": "pinned"}),
        ("company_name", {"value": {"company_name": " "}, "mode": "pinned"}),
        ("emails", {"value": {"email_1": "no e-mail"}, "mode": "pinned"}),
    ],
)
def test_a_value_that_cannot_be_read_is_a_422_and_names_the_place(
    editing: Client, field: str, body: object
) -> None:
    ann = factories.person("Ann", "Leeson")
    answer = _post(editing, f"contacts/{ann.pk}/golden-values/{field}", body)
    assert answer.status_code == 422, answer.json()
    assert answer.json()["reasons"]
    assert not GoldenOverride.objects.exists()


def test_what_is_not_there_is_a_404(editing: Client) -> None:
    ann = factories.person("Ann", "Leeson")
    body = {"value": {"gender": "female"}, "mode": "pinned"}
    assert editing.get("/api/v1/contacts/999999999/golden-values").status_code == 404
    assert _post(editing, "contacts/999999999/golden-values/gender", body).status_code == 404
    assert _post(editing, f"contacts/{ann.pk}/golden-values/shoe_size", body).status_code == 404
    assert _post(editing, "golden-overrides/999999/withdraw").status_code == 404
    assert _post(editing, "golden-overrides/999999/take-back", {"key": "x"}).status_code == 404


def test_keys_need_the_permission(viewing: Client) -> None:
    ann = factories.person("Ann", "Leeson")
    changes: list[tuple[str, object]] = [
        (f"contacts/{ann.pk}/golden-values/gender", {"value": {"gender": "female"}, "mode": "pinned"}),
        ("golden-overrides/1/withdraw", None),
        ("golden-overrides/1/take-back", {"key": "x"}),
        ("corrections/told", {"corrections": [{"override_id": 1, "record_id": 1}]}),
    ]
    for path, body in changes:
        assert _post(Client(), path, body).status_code == 401
        assert _post(viewing, path, body).status_code == 403
    assert Client().get(f"/api/v1/contacts/{ann.pk}/golden-values").status_code == 401
    assert Client().get("/api/v1/corrections").status_code == 401
    assert viewing.get("/api/v1/corrections").status_code == 403


def _three_corrections(client: Client) -> list[Contact]:
    """Two of TICKETS, one of SHOP."""
    found = [
        factories.person("Ann", "Leeson", gender="male"),
        factories.person("Eva", "Leeson", gender="male", code="SHOP"),
        factories.person("Ida", "Leeson", gender="male"),
    ]
    for contact in found:
        assert _say(client, contact, "gender", gender="female").status_code == 201
    return found


def test_corrections_are_told_page_by_page_and_listed_no_more(editing: Client) -> None:
    contacts = _three_corrections(editing)
    found: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        body = editing.get("/api/v1/corrections", {"size": 1, "cursor": cursor}).json()
        (one,) = body["items"]
        assert (one["field"], one["says"], one["right"], one["told"]) == ("gender", "Male", "Female", None)
        found.append(one["group_id"])
        task = {"override_id": one["override_id"], "record_id": one["record_id"]}
        assert _post(editing, "corrections/told", {"corrections": [task]}).json() == {"told": 1}
        cursor = body["next"]
    assert found == [one.pk for one in contacts]
    assert editing.get("/api/v1/corrections").json()["items"] == []
    told = editing.get("/api/v1/corrections", {"told": True}).json()["items"]
    assert [one["group_id"] for one in told] == found
    assert told[0]["told"]["by"].startswith("API key ")


def test_corrections_are_listed_by_source(editing: Client) -> None:
    _three_corrections(editing)
    items = editing.get("/api/v1/corrections", {"source": "SHOP"}).json()["items"]
    assert [one["source"] for one in items] == ["SHOP"]
    assert editing.get("/api/v1/corrections", {"source": "NOBODY"}).status_code == 422
    assert editing.get("/api/v1/corrections", {"cursor": "AAAAAAAPQkA"}).status_code == 422


@pytest.mark.parametrize(
    "corrections", [[], [{"override_id": 1}], [{"override_id": "1", "record_id": 1}], [1], None]
)
def test_what_was_told_has_to_be_readable(editing: Client, corrections: object) -> None:
    assert _post(editing, "corrections/told", {"corrections": corrections}).status_code == 422


def test_what_needs_no_telling_is_passed_over(editing: Client) -> None:
    task = {"override_id": 999_999, "record_id": 999_999}
    assert _post(editing, "corrections/told", {"corrections": [task]}).json() == {"told": 0}
    assert not ToldSource.objects.exists()


def test_reading_costs_the_same_for_one_and_for_many(editing: Client) -> None:
    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert editing.get(f"/api/v1/{path}").status_code == 200
        return len(queries)

    few = factories.person("Ann", "Leeson", gender="male", email_1="a@example.org")
    many = factories.eleni()
    _say(editing, few, "gender", gender="female")
    editing.get("/api/v1/corrections")
    before = cost("corrections"), cost(f"contacts/{few.pk}/golden-values")
    _three_corrections(editing)
    for field, value in (("gender", "male"), ("birth_date", "1990-01-01"), ("language", "en")):
        assert _say(editing, many, field, **{field: value}).status_code == 201
    assert SourceRecord.objects.of_contact(many.pk).count() == 4
    assert (cost("corrections"), cost(f"contacts/{many.pk}/golden-values")) == before
