"""C20: what one does not see tells nothing by way of a search or a clash, but what the trail keeps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.access.roles import RoleName
from kith.audit.models import Entry
from kith.contacts.checks.unique import NotUnique
from kith.contacts.models import Contact
from kith.contacts.rights import actions
from kith.contacts.rights.sections import RESTRICTED
from kith.contacts.settings.uniqueness import UNIQUENESS, Combination, Uniqueness
from kith.golden.actions import override
from kith.settings.actions import save_section
from kith.web.formats import group_id
from tests.api.conftest import SystemWith, system_with
from tests.contacts import factories

__all__ = ["system_with"]
pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
NUMBER = "X7712345"
ANN = {"kind": "person", "first_name": "Ann", "last_name": "Secretperson"}


def looked_up() -> list[tuple[int | None, object, object]]:
    rows = Entry.objects.filter(event="ContactLookedUp").order_by("pk")
    return [(one.group_id, one.detail["fields"], one.detail["through"]) for one in rows]


def test_c20_a_search_by_a_whole_masked_number_finds_and_stands_in_the_trail(
    client_of: ClientOf, agent: User, privacy_officer: User, system_with: SystemWith
) -> None:
    contact = factories.person("Kostas", "Secretperson", passport_number=NUMBER, code="TICKETS")
    factories.person("Anna", "Other", passport_number="Y8823456", code="SHOP")
    browser = client_of(agent)
    assert "Secretperson" not in browser.get("/contacts/suggest/?q=x77123").text
    assert "Secretperson" not in browser.post("/contacts/", {"identity_number": "x77123"}, follow=True).text
    assert not looked_up()
    once = [(contact.pk, ["passport_number"], "search")]
    assert "Secretperson" in browser.get(f"/contacts/suggest/?q={NUMBER.lower()}").text
    assert looked_up() == once
    assert "Secretperson" in browser.post("/contacts/", {"identity_number": NUMBER}, follow=True).text
    assert browser.post("/contacts/", {"q": NUMBER}).headers["Location"] == f"/contacts/{contact.pk}/"
    assert looked_up() == once
    key = system_with(RoleName.AGENT).client
    found = key.post("/api/v1/contacts/search", {"q": NUMBER}, content_type="application/json").json()
    assert [one["group_id"] for one in found["items"]] == [contact.pk]
    assert looked_up() == [*once, (contact.pk, ["passport_number"], "API")]
    trail = client_of(privacy_officer).get(f"/contacts/{contact.pk}/history/?show=access").text
    assert "Looked up by what is masked or hidden: passport number" in trail
    assert NUMBER not in trail


def test_c20_hidden_numbers_cannot_be_searched_by(client_of: ClientOf, viewer: User) -> None:
    contact = factories.person("Kostas", "Secretperson", passport_number=NUMBER)
    actions.set_level(actor=COMMAND_LINE, contact_id=contact.pk, level=RESTRICTED, note="Test")
    browser = client_of(viewer)
    assert "Secretperson" not in browser.get(f"/contacts/suggest/?q={NUMBER}").text
    assert "Secretperson" not in browser.post("/contacts/", {"identity_number": NUMBER}, follow=True).text
    assert not looked_up()


def clash(*fields: str, actor: User, **value: str) -> NotUnique:
    save_section(
        actor=COMMAND_LINE, section=UNIQUENESS, value=Uniqueness((Combination(("last_name", *fields)),), ())
    )
    mine = factories.person("Ann", "Secretperson", code="SHOP")
    (field,) = {"emails" if name == "email_1" else name for name in value}
    with pytest.raises(NotUnique) as refused:
        override(actor=actor.actor, contact_id=mine.pk, field=field, value=value, mode="pinned")
    return refused.value


def test_c2_c20_a_clash_names_by_a_whole_masked_number_and_the_trail_keeps_it(agent: User) -> None:
    holder = factories.person("Kostas", "Secretperson", id_number=NUMBER)
    told = clash("id_number", actor=agent, id_number=NUMBER)
    assert told.contact_ids == (holder.pk,)
    assert looked_up() == [(holder.pk, ["id_number"], "clash")]
    short = factories.person("Kostas", "Secretperson", id_number="4829")
    told = clash("id_number", actor=agent, id_number="4829")
    assert (told.contact_ids, short.pk) == ((), looked_up()[-1][0])


def test_c2_c20_a_clash_by_what_may_not_be_asked_by_says_only_that_there_is_one(
    client_of: ClientOf, agent: User, steward: User
) -> None:
    holder = factories.person("Kostas", "Secretperson", email_1="kostas@example.org")
    actions.set_level(actor=COMMAND_LINE, contact_id=holder.pk, level=RESTRICTED, note="Test")
    told = clash("email", actor=agent, email_1="kostas@example.org")
    assert told.message == "Another contact has the same last name and primary e-mail."
    assert (told.contact_ids, told.clashes) == ((), ())
    mine = Contact.objects.exclude(pk=holder.pk).get()
    page = client_of(agent).post(
        f"/golden-values/{mine.pk}/emails/", {"email_1": "kostas@example.org", "mode": "pinned"}
    )
    assert page.status_code == 422
    assert "Another contact has the same last name and primary e-mail" in page.text
    assert str(holder.pk) not in page.text
    assert group_id(holder.pk) not in page.text
    assert looked_up() == [(holder.pk, ["email"], "clash")]
    assert clash("email", actor=steward, email_1="kostas@example.org").contact_ids == (holder.pk,)


def test_c20_what_a_clash_told_stays_when_the_request_with_its_key_is_taken_back(
    system_with: SystemWith,
) -> None:
    holder = factories.person("Kostas", "Secretperson", id_number=NUMBER)
    save_section(
        actor=COMMAND_LINE,
        section=UNIQUENESS,
        value=Uniqueness((Combination(("last_name", "id_number")),), ()),
    )
    answer = system_with(RoleName.AGENT).client.post(
        "/api/v1/contacts",
        {
            "kind": "person",
            "first_name": "Ann",
            "last_name": "Secretperson",
            "id_number": NUMBER,
            "save_anyway": True,
        },
        content_type="application/json",
        headers={"Idempotency-Key": "once"},
    )
    assert (answer.status_code, answer.json()["contacts"]) == (422, [holder.pk])
    assert looked_up() == [(holder.pk, ["id_number"], "clash")]
