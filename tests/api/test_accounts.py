"""Accounts, linked items, the organisation, owners and deleting for other systems."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.access.roles import RoleName
from kith.accounts import actions
from kith.accounts.models import Account, AccountTransaction, LinkedItem
from kith.accounts.rules import AccountDetails, ItemDetails
from kith.contacts.models import Contact
from kith.organisation.models import Community, OrgGroup, Unit, UserPlace
from tests.api.conftest import SystemWith
from tests.contacts import factories
from tests.organisation.making import organisation, place

pytestmark = pytest.mark.django_db


def _send(client: Client, method: str, path: str, body: object = None, **headers: str) -> Any:
    if body is None:
        return client.generic(method, f"/api/v1{path}", headers=headers)
    call = getattr(client, method.lower())
    return call(f"/api/v1{path}", body, content_type="application/json", headers=headers)


@pytest.fixture
def writing(system_with: SystemWith) -> Client:
    return system_with(RoleName.AGENT).client


@pytest.fixture
def setting(system_with: SystemWith) -> Client:
    return system_with(RoleName.POWER_USER).client


@pytest.fixture
def ann(db: None) -> Contact:
    return factories.person("Ann", "Leeson")


def test_c60_accounts_through_the_api_make_a_contact_financial(writing: Client, ann: Contact) -> None:
    def life_cycle() -> str:
        return str(writing.get(f"/api/v1/contacts/{ann.pk}").json()["life_cycle"])

    assert life_cycle() == "marketing"
    made = _send(writing, "POST", f"/contacts/{ann.pk}/accounts", {"number": "A-1", "currency": "EUR"})
    assert made.status_code == 201
    account_id = made.json()["id"]
    assert made.json() == {"id": account_id, "state": "active"}
    assert life_cycle() == "financial"
    posting = {"reference": "R1", "date": "2026-11-01", "amount": "12.50", "is_unbilled": True}
    posted = _send(writing, "POST", f"/accounts/{account_id}/transactions", posting)
    assert posted.status_code == 201
    assert _send(writing, "POST", f"/accounts/{account_id}/transactions", posting).status_code == 422
    number = posted.json()["id"]
    billed = _send(writing, "PUT", f"/accounts/transactions/{number}/billed", {"is_unbilled": False})
    assert billed.json() == {"id": number, "account_id": account_id}
    [line] = writing.get(f"/api/v1/contacts/{ann.pk}/accounts").json()["items"]
    assert (line["number"], float(line["balance"]), line["group_id"]) == ("A-1", 12.5, ann.pk)
    [row] = writing.get(f"/api/v1/accounts/{account_id}/transactions").json()["items"]
    assert (row["reference"], row["is_unbilled"], row["currency"]) == ("R1", False, "EUR")
    edited = _send(writing, "PUT", f"/accounts/{account_id}", {"number": "A-2", "currency": "EUR"})
    assert edited.json()["id"] == account_id
    assert _send(writing, "DELETE", f"/accounts/{account_id}").status_code == 422
    for state in ("suspended", "terminated"):
        moved = _send(writing, "PUT", f"/accounts/{account_id}/state", {"state": state})
        assert moved.json() == {"id": account_id, "state": state}
    assert _send(writing, "PUT", f"/accounts/{account_id}/state", {"state": "active"}).status_code == 422
    assert life_cycle() == "marketing"
    opened = writing.get(f"/api/v1/accounts/{account_id}").json()
    assert (opened["number"], opened["state"], opened["terminated_at"] is None) == (
        "A-2",
        "terminated",
        False,
    )


def test_a29_linked_items_through_the_api(writing: Client, ann: Contact) -> None:
    made = _send(
        writing, "POST", f"/contacts/{ann.pk}/linked-items", {"kind": "lead", "title": "Box", "notes": "a\nb"}
    )
    assert made.status_code == 201
    item_id = made.json()["id"]
    changed = {"kind": "lead", "title": "Box", "is_running": False, "amount": "5", "currency": "EUR"}
    assert _send(writing, "PUT", f"/linked-items/{item_id}", changed).status_code == 200
    [found] = writing.get(f"/api/v1/contacts/{ann.pk}/linked-items").json()["items"]
    assert (found["is_running"], float(found["amount"]), found["group_id"]) == (False, 5.0, ann.pk)
    assert _send(writing, "PUT", f"/linked-items/{item_id}", {**changed, "currency": ""}).status_code == 422
    assert _send(writing, "DELETE", f"/linked-items/{item_id}").json() == {"id": item_id}
    assert not LinkedItem.objects.exists()


def test_the_same_posting_sent_again_is_posted_once(writing: Client, ann: Contact) -> None:
    account = actions.add_account(actor=COMMAND_LINE, contact_id=ann.pk, details=AccountDetails(number="A-1"))
    posting = {"reference": "R1", "date": "2026-11-01", "amount": "1"}
    path = f"/accounts/{account.pk}/transactions"
    sent = [_send(writing, "POST", path, posting, **{"Idempotency-Key": "p-1"}) for _ in range(2)]
    assert [one.status_code for one in sent] == [201, 201]
    assert sent[1]["Idempotent-Replayed"] == "true"
    assert AccountTransaction.objects.count() == 1


def test_a28_the_organisation_is_built_through_the_api(setting: Client, agent: User, ann: Contact) -> None:
    def add(level: str, name: str, parent: int | None = None) -> int:
        made = _send(setting, "POST", "/organisation/parts", {"level": level, "name": name, "parent": parent})
        assert made.status_code == 201
        return int(made.json()["id"])

    community = add("community", "Cyprus")
    team = add("team", "Sales", community)
    unit = add("unit", "Phones", team)
    named = {"name": "Sellers", "contact": ann.pk}
    assert _send(setting, "PUT", f"/organisation/parts/team/{team}", named).status_code == 200
    placed = _send(setting, "PUT", f"/organisation/users/{agent.pk}", {"unit": unit})
    assert placed.json() == {"user_id": agent.pk, "unit": unit}
    shown = setting.get("/api/v1/organisation").json()["communities"]
    [found] = shown[0]["teams"]
    assert (found["name"], found["contact"]) == ("Sellers", ann.pk)
    (user,) = found["units"][0]["users"]
    assert (user["id"], user["name"], user["contact"]) == (agent.pk, agent.name, None)
    refused = _send(setting, "DELETE", f"/organisation/parts/team/{team}")
    assert refused.status_code == 422
    assert _send(setting, "PUT", f"/organisation/users/{agent.pk}", {"unit": None}).status_code == 200
    for level, pk in (("unit", unit), ("team", team), ("community", community)):
        assert _send(setting, "DELETE", f"/organisation/parts/{level}/{pk}").status_code == 200
    for model in (Community, OrgGroup, Unit):
        assert not model.objects.exists()
    assert not UserPlace.objects.exists()


def test_c20_the_owning_team_through_the_api(running: Client, agent: User, ann: Contact) -> None:
    made = organisation()
    place(agent, made.sales_unit)
    path = f"/contacts/{ann.pk}/owner"
    assert _send(running, "PUT", path, {"team": made.sales.pk}).json() == {
        "group_id": ann.pk,
        "team": made.sales.pk,
    }
    assert running.get(f"/api/v1/contacts/{ann.pk}").json()["owner"] == {"id": made.sales.pk, "name": "Sales"}
    assert _send(running, "PUT", path, {"team": 999}).status_code == 422
    assert _send(running, "PUT", path, {"team": None}).status_code == 200
    assert running.get(f"/api/v1/contacts/{ann.pk}").json()["owner"] is None


def test_c28_a_contact_is_deleted_through_the_api_or_every_reason_is_given(
    setting: Client, running: Client, ann: Contact
) -> None:
    path = f"/contacts/{ann.pk}"
    item = actions.add_item(actor=COMMAND_LINE, contact_id=ann.pk, details=ItemDetails(kind="job", title="x"))
    account = actions.add_account(actor=COMMAND_LINE, contact_id=ann.pk, details=AccountDetails(number="A-1"))
    assert _send(running, "DELETE", path).status_code == 403
    refused = _send(setting, "DELETE", path)
    assert refused.status_code == 422
    assert "1 account" in refused.json()["error"]
    assert "1 linked item runs" in refused.json()["error"]
    actions.remove_item(actor=COMMAND_LINE, item_id=item.pk)
    actions.delete_account(actor=COMMAND_LINE, account_id=account.pk)
    assert _send(setting, "DELETE", path).json() == {"group_id": ann.pk, "system_refs": 1}
    assert setting.get(f"/api/v1{path}").status_code == 404


CHANGES: list[tuple[str, str, object]] = [
    ("POST", "/contacts/{contact}/accounts", {"number": "Z", "currency": "EUR"}),
    ("PUT", "/accounts/{account}", {"number": "Z", "currency": "EUR"}),
    ("DELETE", "/accounts/{account}", None),
    ("PUT", "/accounts/{account}/state", {"state": "suspended"}),
    ("POST", "/accounts/{account}/transactions", {"reference": "Z", "date": "2026-11-01", "amount": "1"}),
    ("PUT", "/accounts/transactions/{contact}/billed", {"is_unbilled": True}),
    ("POST", "/contacts/{contact}/linked-items", {"kind": "job", "title": "Z"}),
    ("PUT", "/linked-items/{item}", {"kind": "job", "title": "Z"}),
    ("DELETE", "/linked-items/{item}", None),
    ("PUT", "/contacts/{contact}/owner", {"team": None}),
    ("DELETE", "/contacts/{contact}", None),
    ("POST", "/organisation/parts", {"level": "community", "name": "Z"}),
    ("PUT", "/organisation/parts/team/1", {"name": "Z"}),
    ("DELETE", "/organisation/parts/team/1", None),
    ("PUT", "/organisation/users/1", {"unit": None}),
]


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
def test_changes_need_a_key_with_the_permission_and_something_that_is_there(
    viewing: Client, setting: Client, ann: Contact, method: str, path: str, body: object
) -> None:
    account = actions.add_account(actor=COMMAND_LINE, contact_id=ann.pk, details=AccountDetails(number="A-1"))
    item = actions.add_item(actor=COMMAND_LINE, contact_id=ann.pk, details=ItemDetails(kind="job", title="x"))
    there = path.format(contact=ann.pk, account=account.pk, item=item.pk)
    assert _send(Client(), method, there, body).status_code == 401
    assert _send(viewing, method, there, body).status_code == 403
    if "{" in path or "/1" in path:
        nowhere = path.replace("/1", "/999999").format(contact=999999, account=999999, item=999999)
        assert _send(setting, method, nowhere, body).status_code == 404
    assert (Account.objects.count(), LinkedItem.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/contacts/{contact}/accounts", {"number": "Z", "currency": "euro"}),
        ("/contacts/{contact}/accounts", {"number": "", "currency": "EUR"}),
        ("/accounts/{account}/transactions", {"reference": "Z", "date": "yesterday", "amount": "1"}),
        ("/accounts/{account}/transactions", {"reference": "Z", "date": "2026-11-01", "amount": "1.234"}),
        ("/accounts/{account}/transactions", {"reference": "Z", "date": "2026-11-01", "amount": "0"}),
        ("/contacts/{contact}/linked-items", {"kind": "ufo", "title": "Z"}),
        ("/organisation/parts", {"level": "team", "name": "Z"}),
    ],
)
def test_what_cannot_be_is_a_422(setting: Client, ann: Contact, path: str, body: object) -> None:
    account = actions.add_account(actor=COMMAND_LINE, contact_id=ann.pk, details=AccountDetails(number="A-1"))
    assert _send(setting, "POST", path.format(contact=ann.pk, account=account.pk), body).status_code == 422


def test_accounts_cost_the_same_with_one_and_with_many(viewing: Client, ann: Contact) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            for what in ("accounts", "linked-items"):
                assert viewing.get(f"/api/v1/contacts/{ann.pk}/{what}").status_code == 200
        return len(asked)

    def fill(number: int) -> None:
        details = AccountDetails(number=f"A-{number}")
        actions.add_account(actor=COMMAND_LINE, contact_id=ann.pk, details=details)
        item = ItemDetails(kind="job", title=f"Job {number}")
        actions.add_item(actor=COMMAND_LINE, contact_id=ann.pk, details=item)

    fill(0)
    cost()
    few = cost()
    for number in range(1, 6):
        fill(number)
    assert cost() == few
