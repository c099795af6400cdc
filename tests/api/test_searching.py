"""C25 over the API: every criterion of the search page, and a search kept for what is done to a result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from kith.access.actors import COMMAND_LINE
from kith.access.roles import RoleName
from kith.contacts.asking import Shape
from kith.find.asked import asked_for
from kith.find.criteria import by_key
from kith.find.exporting import tasks as exports
from kith.find.models import StoredSearch
from kith.find.schemas import SearchCriteria
from kith.matching.records import CUSTOM_PREFIX
from kith.organisation import actions as organisation
from kith.organisation.levels import Level
from tests.api.conftest import SystemWith
from tests.contacts import factories

pytestmark = pytest.mark.django_db
JSON = "application/json"


def search(client: Client, **asked: object) -> Any:
    return client.post("/api/v1/contacts/search", asked, content_type=JSON)


def ids(client: Client, **asked: object) -> list[int]:
    answer = search(client, **asked)
    assert answer.status_code == 200, answer.content
    return [one["group_id"] for one in answer.json()["items"]]


def test_c25_every_criterion_of_the_page_is_one_of_the_api() -> None:
    fields = {"custom"}
    for key, criterion in by_key().items():
        if key.startswith(CUSTOM_PREFIX):
            continue
        fields |= {f"{key}_from", f"{key}_to"} if criterion.shape is Shape.DAYS else {key}
    assert fields == set(SearchCriteria.model_fields)
    assert asked_for(SearchCriteria()).is_empty


def test_c25_choices_days_and_yes_or_no_are_asked_as_on_the_page(viewing: Client) -> None:
    ann, firm = factories.person("Ann", "Leeson", code="SHOP"), factories.company("Harbour Freight Ltd")
    cases: list[tuple[dict[str, object], list[int]]] = [
        ({"kind": "company"}, [firm.pk]),
        ({"kind": ["person", "company"], "sort": "group_id"}, sorted([ann.pk, firm.pk])),
        ({"kind": ["person", "company"], "sort": "-group_id"}, sorted([ann.pk, firm.pk], reverse=True)),
        ({"name": "leeson", "source": ["SHOP"]}, [ann.pk]),
        ({"last_name": "Leeson", "suppressed": True}, []),
        ({"last_name": "Leeson", "suppressed": False, "team": "none"}, [ann.pk]),
        ({"last_name": "Leeson", "created_from": "2020-01-01", "created_to": "2999-01-01"}, [ann.pk]),
        ({"last_name": "Leeson", "created_to": "2020-01-01"}, []),
        ({"life_cycle": ["marketing"], "last_name": "Leeson"}, [ann.pk]),
        ({"group_id": str(ann.pk)}, [ann.pk]),
        ({"sounds_like": "Lieson"}, [ann.pk]),
    ]
    for asked, expected in cases:
        assert ids(viewing, **asked) == expected, asked
    for days in ("created", "updated", "name_day"):
        for first, last in (("0001-01-01", "9999-12-31"), ("9999-12-31", "9999-12-31"), (None, "0001-01-01")):
            ids(viewing, last_name="Leeson", **{f"{days}_from": first, f"{days}_to": last})
    for wrong, place in (
        ({"kind": "dog"}, "kind"),
        ({"category": ["NOTHING"]}, "category"),
        ({"source": ["SHOP", "NOBODY"]}, "source"),
        ({"team": "4711"}, "team"),
        ({"custom": {"nothing": "x"}}, "custom.nothing"),
        ({"created_from": "soon"}, "created_from"),
        ({"suppressed": "perhaps"}, "suppressed"),
        ({"sort": "colour"}, "sort"),
    ):
        answer = search(viewing, **wrong)
        assert answer.status_code == 422, wrong
        assert [one["field"] for one in answer.json()["reasons"]] == [place]


def test_c25_pages_of_any_order_hold_each_contact_once(viewing: Client) -> None:
    everybody = [factories.person(f"A{letter}", "Lee").pk for letter in "abcde"]
    found: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        body = search(viewing, last_name="Lee", sort="-group_id", size=2, cursor=cursor).json()
        found += [one["group_id"] for one in body["items"]]
        cursor = body["next"]
    assert found == everybody[::-1]
    assert (body["count"], body["is_more"], body["is_cut"]) == (5, False, False)


def test_c25_an_export_is_asked_by_criteria_alone(
    system_with: SystemWith, viewing: Client, tmp_path: Path, settings: LazySettings
) -> None:
    settings.ATTACHMENT_FOLDER = tmp_path
    team = organisation.add_part(
        actor=COMMAND_LINE,
        level=Level.TEAM,
        name="Sales",
        parent_id=organisation.add_part(actor=COMMAND_LINE, level=Level.COMMUNITY, name="Cyprus").pk,
    )
    factories.person("Ann", "Leeson")
    key = system_with(RoleName.STEWARD).client
    criteria = {"last_name": "Leeson", "team": ["none", str(team.pk)]}
    sent = {"content_type": JSON, "headers": {"Idempotency-Key": "keep-1"}}
    kept = [key.post("/api/v1/searches", criteria, **sent) for _ in range(2)]
    assert [one.status_code for one in kept] == [201, 201]
    assert kept[0].json() == kept[1].json()
    assert StoredSearch.objects.count() == 1
    said = kept[0].json()
    words = viewing.get(f"/api/v1/searches/{said['search']}").json()["words"]
    assert "Leeson" not in " ".join(words)
    assert words[0].endswith("(given)")
    assert viewing.get("/api/v1/searches/nothing").status_code == 404
    assert b"Leeson" not in bytes(StoredSearch.objects.get().body)
    change = {"search": said["search"], "kind": "category", "value": "PARTNER"}
    preview = key.post("/api/v1/bulk-changes/preview", change, content_type=JSON)
    assert preview.json()["total"] == 1
    made = key.post("/api/v1/exports", {"search": said["search"], "kind": "csv"}, content_type=JSON)
    exports.written(made.json()["id"])
    assert key.get(f"/api/v1/exports/{made.json()['id']}").json()["contacts"] == 1
    assert key.post("/api/v1/searches", {}, content_type=JSON).status_code == 422
    assert viewing.get("/api/v1/searches").json() == {"items": []}
