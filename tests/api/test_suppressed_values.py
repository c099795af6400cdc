from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from kith.access.roles import RoleName
from kith.contacts.standing import standing_of
from tests.api.conftest import SystemWith
from tests.contacts import factories

pytestmark = pytest.mark.django_db
PLACE = "/api/v1/suppressed-values"


def _post(client: Client, path: str, body: object) -> Any:
    return client.post(path, json.dumps(body), content_type="application/json")


def test_an_e_mail_is_suppressed_listed_and_unflagged(system_with: SystemWith, viewing: Client) -> None:
    ann = factories.person("Ann", "Leeson", email_1="ann@example.org")
    officer = system_with(RoleName.PRIVACY_OFFICER).client
    given = {"value": "ANN@example.org", "reason": "opt_out", "source": "Newsletter"}
    assert _post(viewing, PLACE, given).status_code == 403
    assert viewing.get(PLACE).status_code == 403
    made = _post(officer, PLACE, given)
    assert made.status_code == 201
    assert [one.known_by for one in standing_of([ann.pk])[ann.pk]] == ["email"]
    (one,) = officer.get(PLACE).json()["items"]
    assert (one["id"], one["kind"], one["value"], one["reason"]) == (
        made.json()["id"],
        "email",
        "ann@example.org",
        "opt_out",
    )
    assert _post(officer, PLACE, given).status_code == 422
    for wrong in (
        {**given, "value": "ann"},
        {**given, "reason": "deceased"},
        {**given, "ends_on": "2030-01-01", "value": "b@example.org"},
        {"value": "b@example.org"},
    ):
        assert _post(officer, PLACE, wrong).status_code == 422
    lift = f"{PLACE}/{one['id']}/lift"
    assert _post(officer, lift, {"note": " "}).status_code == 422
    assert _post(viewing, lift, {"note": "asked"}).status_code == 403
    assert _post(officer, f"{PLACE}/{2**60}/lift", {"note": "asked"}).status_code == 404
    assert _post(officer, lift, {"note": "She asked"}).status_code == 200
    assert standing_of([ann.pk])[ann.pk] == ()
    assert officer.get(PLACE).json()["items"] == []
