"""A28, C20, X11: the tree, who belongs where, which team owns a contact."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.audit.models import Entry
from kith.contacts.actions import add_contact
from kith.contacts.owning.actions import change_owner
from kith.grouping.actions import carry_out
from kith.grouping.intents import Group, Undo, Ungroup
from kith.kernel.errors import NotAllowed, NotFound, Refused
from kith.organisation import actions, queries
from kith.organisation.levels import Level
from kith.organisation.models import Community, OrgGroup, Ownership, UserPlace
from kith.sources.models import Membership
from tests.contacts import factories
from tests.organisation.making import Organisation, organisation, place

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def made(db: None) -> Organisation:
    return organisation()


def _owner(group_id: int) -> str:
    owner = queries.owners_of([group_id]).get(group_id)
    return owner.name if owner else ""


# The tree (A28)


def test_a28_communities_hold_teams_and_teams_hold_units_with_their_users(
    made: Organisation, agent: User
) -> None:
    eleni = factories.person()
    actions.edit_part(
        actor=COMMAND_LINE, level=Level.TEAM, part_id=made.sales.pk, name="Sales", group_id=eleni.pk
    )
    actions.place_user(actor=COMMAND_LINE, user_id=agent.pk, unit_id=made.sales_unit.pk, group_id=eleni.pk)
    [community] = queries.tree(actor=COMMAND_LINE)
    assert [team.name for team in community.below] == ["Sales", "Support"]
    sales = community.below[0]
    assert sales.contact is not None
    assert sales.contact.group_id == eleni.pk
    [unit] = sales.below
    assert [(one.name, one.contact.group_id if one.contact else 0) for one in unit.users] == [
        (agent.name, eleni.pk)
    ]


def test_a28_what_names_a_contact_goes_with_its_system_ref(made: Organisation) -> None:
    eleni, helen = factories.person(), factories.person("Helen", "Reid")
    actions.edit_part(
        actor=COMMAND_LINE, level=Level.COMMUNITY, part_id=made.community.pk, name="Cyprus", group_id=helen.pk
    )
    carry_out(actor=COMMAND_LINE, intent=Group(master=eleni.pk, children=(helen.pk,)))
    [community] = queries.tree(actor=COMMAND_LINE)
    assert community.contact is not None
    assert community.contact.group_id == eleni.pk


def test_a_team_belongs_to_a_community_and_names_are_taken_once(made: Organisation) -> None:
    with pytest.raises(Refused, match="belongs to a community"):
        actions.add_part(actor=COMMAND_LINE, level=Level.TEAM, name="Loose")
    with pytest.raises(Refused, match="has this name"):
        actions.add_part(actor=COMMAND_LINE, level=Level.TEAM, name="SALES", parent_id=made.community.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Community.objects.create(name="cyprus")


def test_what_holds_something_is_not_removed_and_every_reason_is_said(
    made: Organisation, agent: User
) -> None:
    place(agent, made.sales_unit)
    factories.person()
    contact_id = add_contact(actor=agent.actor, kind="person", claim={"first_name": "Ann"})
    assert _owner(contact_id) == "Sales"
    with pytest.raises(Refused, match="1 unit: remove them first; it owns 1 System Ref"):
        actions.remove_part(actor=COMMAND_LINE, level=Level.TEAM, part_id=made.sales.pk)
    with pytest.raises(Refused, match="1 user belong"):
        actions.remove_part(actor=COMMAND_LINE, level=Level.UNIT, part_id=made.sales_unit.pk)
    actions.remove_part(actor=COMMAND_LINE, level=Level.UNIT, part_id=made.support_unit.pk)
    actions.remove_part(actor=COMMAND_LINE, level=Level.TEAM, part_id=made.support.pk)
    assert not OrgGroup.objects.filter(pk=made.support.pk).exists()


def test_changing_the_organisation_needs_the_permission_and_is_journaled(agent: User) -> None:
    with pytest.raises(NotAllowed):
        actions.add_part(actor=agent.actor, level=Level.COMMUNITY, name="Cyprus")
    made = actions.add_part(actor=COMMAND_LINE, level=Level.COMMUNITY, name="Cyprus")
    entry = Entry.objects.get(event="OrganisationPartAdded")
    assert (entry.subject_type, entry.subject_id) == ("community", made.pk)


# Owning (C20)


def test_c20_a_contact_belongs_to_the_team_of_whoever_made_it(made: Organisation, agent: User) -> None:
    place(agent, made.sales_unit)
    contact_id = add_contact(actor=agent.actor, kind="person", claim={"first_name": "Ann"})
    assert _owner(contact_id) == "Sales"
    nobodys = add_contact(actor=COMMAND_LINE, kind="person", claim={"first_name": "Bob"})
    assert _owner(nobodys) == ""


def test_c20_the_owning_team_is_changed_by_permission_and_shown_in_the_head(
    made: Organisation, agent: User, steward: User, client_of: ClientOf
) -> None:
    eleni = factories.person()
    address = reverse("contacts:owner", args=[eleni.pk])
    assert client_of(agent).get(address).status_code == 403
    assert "Owning team…" not in client_of(agent).get(reverse("contacts:detail", args=[eleni.pk])).text
    client = client_of(steward)
    assert client.get(address).status_code == 200
    assert client.post(address, {"team": "999999"}).status_code == 422
    assert client.post(address, {"team": made.support.pk}).status_code == 302
    assert "Owning team: Support" in client.get(reverse("contacts:detail", args=[eleni.pk])).text
    assert Entry.objects.get(event="OwnerChanged").group_id == eleni.pk
    client.post(address, {"team": ""})
    assert not Ownership.objects.exists()
    assert client.get(reverse("contacts:owner", args=[999])).status_code == 404


def test_c20_who_owns_goes_with_the_system_ref_and_comes_back_with_it(made: Organisation) -> None:
    eleni, helen = factories.person(), factories.person("Helen", "Reid")
    change_owner(actor=COMMAND_LINE, contact_ids=[eleni.pk], team_id=made.sales.pk)
    change_owner(actor=COMMAND_LINE, contact_ids=[helen.pk], team_id=made.support.pk)
    grouped = carry_out(actor=COMMAND_LINE, intent=Group(master=eleni.pk, children=(helen.pk,)))
    assert _owner(eleni.pk) == "Sales"
    carry_out(actor=COMMAND_LINE, intent=Undo(operation=grouped.pk))
    assert (_owner(eleni.pk), _owner(helen.pk)) == ("Sales", "Support")
    carry_out(actor=COMMAND_LINE, intent=Group(master=eleni.pk, children=(helen.pk,)), lift=True)
    carry_out(actor=COMMAND_LINE, intent=Ungroup(contact=eleni.pk), lift=True)
    places = dict(Membership.objects.values_list("record_id", "contact_id"))
    found = {_owner(group_id) for group_id in places.values()}
    assert found == {"Sales", "Support"}


def test_changing_owners_of_many_counts_those_that_changed(made: Organisation, steward: User) -> None:
    both = [factories.person().pk, factories.person("Helen", "Reid").pk]
    assert change_owner(actor=steward.actor, contact_ids=both[:1], team_id=made.sales.pk) == 1
    assert change_owner(actor=steward.actor, contact_ids=both, team_id=made.sales.pk) == 1
    with pytest.raises(NotFound):
        change_owner(actor=steward.actor, contact_ids=[*both, 999], team_id=made.sales.pk)
    with pytest.raises(Refused):
        change_owner(actor=steward.actor, contact_ids=both, team_id=999)


# Pages


def test_the_tree_is_added_to_edited_and_removed_from_on_its_pages(
    power_user: User, agent: User, client_of: ClientOf
) -> None:
    client = client_of(power_user)
    assert "No communities yet" in client.get(reverse("organisation:tree")).text
    eleni = factories.person()
    add = reverse("organisation:add", args=["community"])
    assert client.get(add).status_code == 200
    assert client.post(add, {"name": ""}).status_code == 422
    assert client.post(add, {"name": "Cyprus", "contact": "12 x"}).status_code == 422
    kept = client.post(add, {"name": "Cyprus", "contact": "1 999 999"})
    assert kept.status_code == 422
    assert 'value="Cyprus"' in kept.text
    spaced = f"{eleni.pk:,}".replace(",", " ")
    assert client.post(add, {"name": "Cyprus", "contact": spaced}).status_code == 302
    community = Community.objects.get()
    below = reverse("organisation:add-below", args=["team", community.pk])
    assert client.post(below, {"name": "Sales"}).status_code == 302
    team = OrgGroup.objects.get()
    unit = reverse("organisation:add-below", args=["unit", team.pk])
    assert client.post(unit, {"name": "Box office"}).status_code == 302
    edit = reverse("organisation:edit", args=["team", team.pk])
    assert 'value="Sales"' in client.get(edit).text
    assert client.post(edit, {"name": "Sellers"}).status_code == 302
    page = client.get(reverse("organisation:tree")).text
    assert "Sellers" in page
    assert "Papadopoulou" in page
    refused = client.post(reverse("organisation:remove", args=["team", team.pk]), follow=True)
    assert "remove them first" in refused.text
    put = reverse("organisation:place-user", args=[agent.pk])
    assert client.post(put, {"unit": team.units.get().pk, "contact": ""}).status_code == 302
    assert UserPlace.objects.get().user == agent
    assert "Sellers / Box office" in client.get(reverse("organisation:tree")).text


def test_strangers_and_readers_do_not_change_the_organisation(
    made: Organisation, viewer: User, privacy_officer: User, client_of: ClientOf
) -> None:
    tree = reverse("organisation:tree")
    add = reverse("organisation:add", args=["community"])
    assert Client().get(tree).status_code == 302
    assert client_of(viewer).get(tree).status_code == 403
    reader = client_of(privacy_officer)
    assert reader.get(tree).status_code == 200
    assert "Add community" not in reader.get(tree).text
    assert reader.post(add, {"name": "Greece"}).status_code == 403


@pytest.mark.parametrize("path", ["add/planet/", "add/team/", "add/community/1/", "team/999/", "planet/1/"])
def test_a_part_that_is_not_there_is_a_404(power_user: User, client_of: ClientOf, path: str) -> None:
    assert client_of(power_user).get(f"/organisation/{path}").status_code == 404


def test_the_tree_costs_the_same_with_one_team_and_with_many(
    made: Organisation, power_user: User, client_of: ClientOf
) -> None:
    client = client_of(power_user)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("organisation:tree")).status_code == 200
        return len(asked)

    cost()
    few = cost()
    for number in range(5):
        team = actions.add_part(
            actor=COMMAND_LINE, level=Level.TEAM, name=f"Team {number}", parent_id=made.community.pk
        )
        unit = actions.add_part(actor=COMMAND_LINE, level=Level.UNIT, name="Unit", parent_id=team.pk)
        place(User.objects.create_user(f"u{number}@example.org"), unit)
    assert cost() == few


def test_x11_group_never_labels_the_organisation_tree(
    made: Organisation, administrator: User, client_of: ClientOf
) -> None:
    """“Group” is what one does with contacts; what owns them is a team."""
    place(administrator, made.sales_unit)
    eleni = factories.person()
    change_owner(actor=COMMAND_LINE, contact_ids=[eleni.pk], team_id=made.sales.pk)
    client = client_of(administrator)
    addresses = [
        reverse("organisation:tree"),
        reverse("organisation:add-below", args=["team", made.community.pk]),
        reverse("organisation:edit", args=["team", made.sales.pk]),
        reverse("organisation:edit", args=["unit", made.sales_unit.pk]),
        reverse("organisation:place-user", args=[administrator.pk]),
        reverse("contacts:owner", args=[eleni.pk]),
    ]
    for address in addresses:
        shown = re.search(r"<main.*?</main>", client.get(address).text, re.DOTALL)
        assert shown is not None
        words = re.sub(r"<[^>]+>", " ", shown[0]).replace("GroupID", "")
        assert not re.search(r"\bgroups?\b", words, re.IGNORECASE), address
    contact = client.get(reverse("contacts:detail", args=[eleni.pk])).text
    assert "Owning team: Sales" in contact
    assert "Group…" in contact
    described = client.get(reverse("api-document")).json()
    ours = [path for path in described["paths"] if "/organisation" in path]
    assert ours
    assert not [path for path in ours if "group" in path]


# The API


def _send(client: Client, method: str, path: str, body: object = None) -> Any:
    return getattr(client, method)(f"/api/v1/organisation{path}", body, content_type="application/json")


def test_two_who_edit_one_part_at_once_do_not_overwrite_each_other(
    made: Organisation, power_user: User, client_of: ClientOf
) -> None:
    browser = client_of(power_user)
    address = reverse("organisation:edit", args=["team", made.sales.pk])
    seen = browser.get(address).context["form"].initial["seen"]
    assert browser.post(address, {"name": "Theirs", "seen": seen}).status_code == 302
    clash = browser.post(address, {"name": "Mine", "seen": seen})
    assert clash.status_code == 422
    assert "Saved meanwhile: Theirs" in clash.text
    assert 'value="Mine"' in clash.text
    again = clash.context["form"]["seen"].value()
    assert browser.post(address, {"name": "Mine", "seen": again}).status_code == 302
