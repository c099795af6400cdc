"""C20: a new contact belongs to the team of whoever adds it, or to that of the area it lives in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.contacts.actions import add_contact
from kith.kernel.errors import Refused
from kith.organisation import actions, queries
from kith.organisation.default_owner import DEFAULT_OWNER, Area, DefaultOwner, First, default_owner, owner_of
from kith.organisation.levels import Level
from kith.settings.actions import save_section
from tests.organisation.making import Organisation, organisation, place

ClientOf = Callable[[User], Client]
AREAS = (
    Area(team=1, country="GB", postcode="sw1"),
    Area(team=2, country="GB"),
    Area(team=3, postcode="10 1"),
    Area(team=9, country="CY"),
)
THERE = frozenset({1, 2, 3})
NICOSIA = {"country": "CY", "postcode": "1010"}
LONDON = {"country": "GB", "postcode": "SW1A 1AA"}
LEEDS = {"country": "GB", "postcode": None}


@pytest.mark.parametrize(
    ("first", "of_user", "addresses", "team"),
    [
        (First.USER, 7, [LONDON], 7),
        (First.USER, None, [LONDON], 1),
        (First.AREA, 7, [LEEDS, LONDON], 2),
        (First.AREA, 7, [NICOSIA], 3),
        (First.AREA, 7, [{"country": "FR", "postcode": "75001"}], 7),
        (First.AREA, 7, [{"country": "CY", "postcode": "9999"}], 7),
        (First.USER, None, [], None),
    ],
    ids=["user", "area for no user", "first address", "no country said", "elsewhere", "team gone", "nothing"],
)
def test_c20_the_first_area_that_holds_counts(
    first: First, of_user: int | None, addresses: list[dict[str, str | None]], team: int | None
) -> None:
    value = DefaultOwner(first, AREAS)
    assert owner_of(value, of_user=of_user, addresses=addresses, there=THERE) == team


@pytest.fixture
def made(db: None) -> Organisation:
    return organisation()


def _owner(group_id: int) -> str:
    owner = queries.owners_of([group_id]).get(group_id)
    return owner.name if owner else ""


def test_c20_what_is_typed_goes_to_the_area_where_areas_count_first(
    made: Organisation, agent: User, client_of: ClientOf, administrator: User
) -> None:
    place(agent, made.sales_unit)
    browser, url = client_of(administrator), reverse("organisation:save-default-owner")
    form = {"first": "area", "areas": ["0"], "areas-0-country": "cy", "areas-0-postcode": "", "based_on": ""}
    wrong = browser.post(url, {**form, "areas-0-country": "", "areas-0-team": str(made.support.pk)})
    assert wrong.status_code == 422
    assert "Give a country" in wrong.text
    assert browser.post(url, {**form, "areas-0-team": str(made.support.pk)}).status_code == 302
    assert default_owner() == DefaultOwner(First.AREA, (Area(team=made.support.pk, country="CY"),))
    assert "CY" in browser.get(reverse("organisation:default-owner")).text

    def added(last_name: str, **address: str) -> int:
        return add_contact(actor=agent.actor, kind="person", claim={"last_name": last_name, **address})

    assert _owner(added("Lee", address_1_city="Nicosia", address_1_country="CY")) == "Support"
    assert _owner(added("Moss")) == "Sales"
    with pytest.raises(Refused, match="new contacts of an area"):
        actions.remove_part(actor=COMMAND_LINE, level=Level.TEAM, part_id=made.support.pk)


def test_c20_areas_lead_to_teams_that_exist_and_others_may_only_look(
    made: Organisation, agent: User, privacy_officer: User, client_of: ClientOf
) -> None:
    nobodys = DefaultOwner(First.AREA, (Area(team=made.support.pk + 1_000, country="CY"),))
    with pytest.raises(Refused, match="no team"):
        save_section(actor=COMMAND_LINE, section=DEFAULT_OWNER, value=nobodys)
    with pytest.raises(Refused, match="two capital letters"):
        save_section(
            actor=COMMAND_LINE,
            section=DEFAULT_OWNER,
            value=DefaultOwner(areas=(Area(team=made.support.pk, country="C1"),)),
        )
    assert client_of(privacy_officer).get(reverse("organisation:default-owner")).status_code == 200
    assert client_of(privacy_officer).post(reverse("organisation:save-default-owner")).status_code == 403
    assert client_of(agent).get(reverse("organisation:default-owner")).status_code == 403
