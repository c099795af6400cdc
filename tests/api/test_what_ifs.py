"""Shadow runs and known pairs for other systems."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kith.access.actors import COMMAND_LINE
from kith.access.roles import RoleName
from kith.golden.rules import Rules as GoldenRules
from kith.golden.versions import rules_in_force as golden_in_force
from kith.grouping.models import KnownPair, WhatIf
from kith.grouping.recipe.actions import save_matching_rules
from kith.grouping.recipe.versions import guards_in_force, rules_in_force
from kith.grouping.what_if import actions
from kith.grouping.what_if.candidate import Candidate
from kith.sources.models import SourceRecord
from tests.api.conftest import SystemWith
from tests.claims import claim
from tests.grouping.what_if_stores import BY_PHONE, NO_RULES, generous, overnight

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SAME_PHONE = {"name": "Same phone", "criteria": [{"field": "phone"}]}


@pytest.fixture
def ruling(system_with: SystemWith) -> Client:
    return system_with(RoleName.POWER_USER).client


@pytest.fixture
def family() -> list[SourceRecord]:
    """Two who share a phone and nothing else."""
    one = claim("SHOP", "A", first_name="Eleni", last_name="Reid", phone_1="+35799123456")
    two = claim("CLUB", "B", first_name="Marios", last_name="Christou", phone_1="+35799123456")
    overnight()
    return [one, two]


def _post(client: Client, path: str, body: object = None, **headers: str) -> Any:
    if body is None:
        return client.generic("POST", f"/api/v1/{path}", headers=headers)
    return client.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)


def _by_phone(client: Client) -> dict[str, Any]:
    rules = client.get("/api/v1/what-ifs/in-force").json()["rules"]
    return {"person": [SAME_PHONE], "company": rules["company"]}


def _done(client: Client, body: object) -> int:
    made = _post(client, "what-ifs", body)
    assert made.status_code == 202, made.json()
    what_if_id = int(made.json()["id"])
    actions.run_what_if(actor=COMMAND_LINE, what_if_id=what_if_id)
    return what_if_id


def test_other_rules_are_tried_looked_at_and_published(family: list[SourceRecord], ruling: Client) -> None:
    started = _post(ruling, "what-ifs", {"rules": _by_phone(ruling), "note": "By phone"})
    assert (started.status_code, started.json()["state"]) == (202, "queued")
    place = f"what-ifs/{started.json()['id']}"
    waits = ruling.get(f"/api/v1/{place}").json()
    assert (waits["found"], waits["tries"], waits["note"]) == (None, ["matching rules"], "By phone")
    assert ruling.get(f"/api/v1/{place}/examples/joined").status_code == 404
    assert _post(ruling, f"{place}/publish").status_code == 422
    actions.run_what_if(actor=COMMAND_LINE, what_if_id=started.json()["id"])
    done = ruling.get(f"/api/v1/{place}").json()
    assert (done["state"], done["base_changed"], done["data_changed"]) == ("done", False, False)
    counts = done["found"]["counts"]
    assert (counts["contacts_now"], counts["contacts_then"]) == (2, 1)
    joined = next(one for one in done["found"]["kinds"] if one["kind"] == "joined")
    assert (joined["count"], joined["examples"]) == (1, 1)
    (example,) = ruling.get(f"/api/v1/{place}/examples/joined").json()["examples"]
    assert example["parts"][0]["record_ids"] == sorted(one.pk for one in family)
    assert sorted(example["pair"]) == sorted(one.pk for one in family)
    assert ruling.get(f"/api/v1/{place}/examples/unheard-of").status_code == 404
    published = _post(ruling, f"{place}/publish", **{"Idempotency-Key": "p-1"})
    assert published.json()["published_at"]
    assert _post(ruling, f"{place}/publish", **{"Idempotency-Key": "p-1"}).json() == published.json()
    assert rules_in_force().rules == BY_PHONE
    assert _post(ruling, f"{place}/publish").status_code == 422


def test_model_guards_and_golden_rules_are_tried_together(family: list[SourceRecord], ruling: Client) -> None:
    model_id = generous()
    emails = [{"by": "source", "sources": ["CLUB"]}]
    what_if_id = _done(
        ruling,
        {"person_model_id": model_id, "guards": {"most_records": 3}, "golden": {"emails": emails}},
    )
    tried = Candidate.from_json(WhatIf.objects.get(pk=what_if_id).candidate)
    assert tried.rules is None
    assert tried.person_model_id == model_id
    assert tried.guards is not None
    assert tried.guards.most_records == 3
    assert tried.guards.bridge_at == guards_in_force().guards.bridge_at
    assert tried.golden is not None
    assert tried.golden.of("name") == golden_in_force().of("name")
    assert tried.golden.of("emails")[0].sources == ("CLUB",)
    assert _post(ruling, f"what-ifs/{what_if_id}/publish").status_code == 200
    assert golden_in_force() == tried.golden


def test_what_is_in_force_comes_in_the_shape_in_which_it_is_tried(db: None, ruling: Client) -> None:
    now = ruling.get("/api/v1/what-ifs/in-force").json()
    assert [one["name"] for one in now["rules"]["person"]] == [
        one.name for one in rules_in_force().rules.person
    ]
    assert now["golden"].keys() == GoldenRules.shipped().by_field.keys()
    same = {name: now[name] for name in ("rules", "guards", "golden")}
    refused = _post(ruling, "what-ifs", same)
    assert refused.status_code == 422
    assert "nothing differs" in refused.json()["error"].lower()


def test_publishing_on_another_ground_is_a_409(family: list[SourceRecord], ruling: Client) -> None:
    what_if_id = _done(ruling, {"rules": _by_phone(ruling)})
    save_matching_rules(actor=COMMAND_LINE, rules=NO_RULES, based_on=rules_in_force().version_id)
    assert ruling.get(f"/api/v1/what-ifs/{what_if_id}").json()["base_changed"] is True
    assert _post(ruling, f"what-ifs/{what_if_id}/publish").status_code == 409


def test_one_that_waits_is_cancelled_once(db: None, ruling: Client) -> None:
    body = {"rules": _by_phone(ruling)}
    sent = [_post(ruling, "what-ifs", body, **{"Idempotency-Key": "w-1"}) for _ in range(2)]
    assert sent[0].json() == sent[1].json()
    place = f"what-ifs/{sent[0].json()['id']}/cancel"
    assert _post(ruling, place).json()["state"] == "cancelled"
    assert _post(ruling, place).status_code == 422
    assert [one["state"] for one in ruling.get("/api/v1/what-ifs").json()["items"]] == ["cancelled"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"rules": {"person": []}},
        {"rules": {"person": [{"name": "x", "criteria": []}], "company": []}},
        {"rules": {"person": [{"name": "x", "criteria": [{"field": "shoe_size"}]}], "company": []}},
        {
            "rules": {
                "person": [{"name": "x", "criteria": [{"field": "phone", "threshold": 2}]}],
                "company": [],
            }
        },
        {"rules": {"person": [SAME_PHONE, SAME_PHONE], "company": []}},
        {"person_model_id": 999_999},
        {"person_model_id": "1"},
        {"guards": {"most_records": 1}},
        {"guards": {"most": 3}},
        {"golden": {"emails": [{"by": "luck"}]}},
        {"golden": {"emails": [{"by": "source", "sources": ["NOBODY"]}]}},
        {"golden": {"emails": [{"by": "strictest"}]}},
        {"golden": {"shoe_size": []}},
    ],
)
def test_what_cannot_be_tried_is_a_422(db: None, ruling: Client, body: object) -> None:
    answer = _post(ruling, "what-ifs", body)
    assert answer.status_code == 422, answer.json()
    assert answer.json()["reasons"]
    assert not WhatIf.objects.exists()


def test_keys_need_the_permission(viewing: Client, running: Client) -> None:
    changes: list[tuple[str, object]] = [
        ("what-ifs", {"guards": {"most_records": 3}}),
        ("what-ifs/1/cancel", None),
        ("what-ifs/1/publish", None),
    ]
    for path, body in changes:
        assert _post(Client(), path, body).status_code == 401
        assert _post(running, path, body).status_code == 403
    for path in ("known-pairs", "known-pairs/from-decisions"):
        assert _post(Client(), path, {"pairs": []}).status_code == 401
        assert _post(viewing, path, {"pairs": []}).status_code == 403
    assert viewing.delete("/api/v1/known-pairs/1").status_code == 403
    for path in ("what-ifs", "what-ifs/in-force", "what-ifs/1", "what-ifs/1/examples/joined", "known-pairs"):
        assert Client().get(f"/api/v1/{path}").status_code == 401


def test_what_is_not_there_is_a_404(db: None, ruling: Client) -> None:
    assert ruling.get("/api/v1/what-ifs/999999").status_code == 404
    assert ruling.get("/api/v1/what-ifs/999999/examples/joined").status_code == 404
    assert _post(ruling, "what-ifs/999999/cancel").status_code == 404
    assert _post(ruling, "what-ifs/999999/publish").status_code == 404
    assert ruling.delete("/api/v1/known-pairs/999999").status_code == 404
    pairs = [
        {"left": 999_999, "right": 999_998, "verdict": "same"},
        {"left": {"source": "SHOP", "system_ref": "nobody"}, "right": 999_998, "verdict": "same"},
    ]
    for pair in pairs:
        answer = _post(ruling, "known-pairs", {"pairs": [pair]})
        assert answer.status_code == 404
        assert "Pair 1" in answer.json()["error"]


def test_known_pairs_are_added_by_name_or_id_listed_and_removed(running: Client, ruling: Client) -> None:
    refs = [claim("SHOP", ref, first_name="Eleni", last_name="Reid").pk for ref in ("A", "B", "C")]
    overnight()
    shop = {"source": "SHOP", "system_ref": "B"}
    pairs = [
        {"left": refs[0], "right": shop, "verdict": "same", "note": "Seen both cards"},
        {"left": refs[2], "right": refs[0], "verdict": "different"},
    ]
    added = _post(running, "known-pairs", {"pairs": pairs})
    assert (added.status_code, added.json()) == (201, {"added": 2})
    first = ruling.get("/api/v1/known-pairs", {"size": 1}).json()
    rest = ruling.get("/api/v1/known-pairs", {"size": 1, "cursor": first["next"]}).json()
    assert rest["next"] is None
    listed = [*first["items"], *rest["items"]]
    assert sorted(one["verdict"] for one in listed) == ["different", "same"]
    same = next(one for one in listed if one["verdict"] == "same")
    assert (same["left"]["record_id"], same["right"]["system_ref"]) == (refs[0], "B")
    assert same["note"] == "Seen both cards"
    assert running.delete(f"/api/v1/known-pairs/{same['id']}").json() == {"id": same["id"]}
    assert KnownPair.objects.count() == 1
    assert _post(running, "known-pairs/from-decisions").json() == {"added": 0}


@pytest.mark.parametrize(
    "pair",
    [
        {},
        {"left": 1, "right": 2},
        {"left": "1", "right": 2, "verdict": "same"},
        {"left": 1, "right": 2, "verdict": "perhaps"},
        {"left": {"source": "SHOP"}, "right": 2, "verdict": "same"},
    ],
)
def test_a_pair_that_cannot_be_read_is_a_422(running: Client, pair: object) -> None:
    assert _post(running, "known-pairs", {"pairs": [pair]}).status_code == 422
    assert _post(running, "known-pairs", {"pairs": []}).status_code == 422


def test_a_pair_needs_two_system_refs(running: Client) -> None:
    one = claim("SHOP", "A", first_name="Eleni", last_name="Reid").pk
    pair = {"left": one, "right": {"source": "SHOP", "system_ref": "A"}, "verdict": "same"}
    assert _post(running, "known-pairs", {"pairs": [pair]}).status_code == 422


def test_lists_cost_the_same_with_one_row_and_with_four(running: Client, ruling: Client) -> None:
    refs = [claim("SHOP", ref, first_name="Eleni", last_name="Reid").pk for ref in "ABCDE"]

    def add(left: int, right: int) -> None:
        pair = {"left": left, "right": right, "verdict": "same"}
        assert _post(running, "known-pairs", {"pairs": [pair]}).status_code == 201
        body = {"guards": {"most_records": right - left + 3}}
        assert _post(ruling, "what-ifs", body).status_code == 202

    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert ruling.get(f"/api/v1/{path}").status_code == 200
        return len(queries)

    add(refs[0], refs[1])
    newest = WhatIf.objects.latest("pk").pk
    paths = ("what-ifs", "known-pairs", f"what-ifs/{newest}")
    ruling.get("/api/v1/what-ifs")
    few = [cost(path) for path in paths]
    for other in refs[2:]:
        add(refs[0], other)
    assert [cost(path) for path in paths] == few
