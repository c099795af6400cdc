"""C6, C7, C8 and the rows editor: lists that are edited in place, without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from django.test import Client

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.contacts.settings.categories import CATEGORIES, Categories, Category, categories_in_force
from kith.contacts.settings.industries import (
    INDUSTRIES,
    Industries,
    Industry,
    Sector,
    industries_in_force,
)
from kith.contacts.settings.nace import nace, with_nace
from kith.contacts.settings.relation_types import RELATION_TYPES, RelationType, relation_types_in_force
from kith.contacts.settings.supported_types import TYPES, types_in_force
from kith.kernel.errors import Refused
from kith.settings import actions
from kith.settings.editing import Draft
from tests.contacts import factories

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
Sent = dict[str, object]


@pytest.fixture
def browser(client_of: ClientOf, power_user: User) -> Client:
    return client_of(power_user)


def sent_of(draft: Draft) -> Sent:
    """What a browser would send of the form as it was drawn."""
    sent: Sent = {}
    for rows in draft.lists:
        sent[rows.spec.name] = [row.token for row in rows.rows]
        sent[f"{rows.spec.name}-closed"] = [row.token for row, is_open in rows.drawn() if not is_open]
        for row, is_open in rows.drawn():
            for name in row.form.fields if is_open else ():
                value = row.form[name].value()
                if value not in (None, False, ""):
                    sent[row.form.add_prefix(name)] = "on" if value is True else value
    return sent


def opened(browser: Client, address: str) -> Sent:
    page = browser.get(address)
    return {**sent_of(page.context["draft"]), "based_on": page.context["based_on"]}


def pressed(browser: Client, address: str, sent: Mapping[str, object], order: str) -> Sent:
    page = browser.post(f"{address}save/", {**sent, "do": order})
    assert page.status_code == 200
    return {**sent_of(page.context["draft"]), "based_on": page.context["based_on"]}


CATEGORY_PAGE = "/settings/contacts/categories/"
TYPE_PAGE = "/settings/contacts/types/"


def test_rows_are_added_moved_and_removed_before_anything_is_saved(browser: Client) -> None:
    sent = pressed(browser, CATEGORY_PAGE, opened(browser, CATEGORY_PAGE), "add:categories")
    new = str(sent["categories"][-1])  # type: ignore[index]  # a list of tokens
    sent[f"categories-{new}-label"] = "Sales partner"
    sent = pressed(browser, CATEGORY_PAGE, sent, f"up:categories:{new}")
    assert sent[f"categories-{new}-code"] == "SALES_PARTNER"
    sent[f"categories-{new}-parent"] = "PARTNER"
    sent = pressed(browser, CATEGORY_PAGE, sent, "remove:categories:0")
    assert categories_in_force() == CATEGORIES.shipped()
    answer = browser.post(f"{CATEGORY_PAGE}save/", {**sent, "note": "No customers"})
    assert answer.status_code == 302
    saved = categories_in_force()
    assert [one.code for one in saved.categories] == ["PARTNER", "SUPPLIER", "SALES_PARTNER", "PROSPECT"]
    assert saved.of("SALES_PARTNER") == Category("SALES_PARTNER", "Sales partner", "PARTNER", active=True)


def test_what_is_wrong_stands_at_its_row_and_what_was_typed_stays(browser: Client) -> None:
    sent = opened(browser, CATEGORY_PAGE)
    sent["categories-1-label"] = "Customer"
    sent["categories-2-label"] = ""
    answer = browser.post(f"{CATEGORY_PAGE}save/", sent)
    assert answer.status_code == 422
    rows = answer.context["draft"].rows_of("categories").rows
    assert rows[2].form.errors["label"] == ["This field is required."]
    sent["categories-2-label"] = "Supplier"
    answer = browser.post(f"{CATEGORY_PAGE}save/", sent)
    rows = answer.context["draft"].rows_of("categories").rows
    assert rows[1].form.errors["label"] == ["Another category has this label."]
    assert 'value="Customer"' in answer.text
    assert categories_in_force() == CATEGORIES.shipped()


def test_a_code_that_was_saved_cannot_be_changed(browser: Client) -> None:
    sent = opened(browser, CATEGORY_PAGE)
    sent["categories-0-code"] = "SOMETHING_ELSE"
    sent["categories-0-label"] = "Client"
    assert browser.post(f"{CATEGORY_PAGE}save/", sent).status_code == 302
    assert categories_in_force().categories[0] == Category("CUSTOMER", "Client")


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(browser: Client) -> None:
    sent = opened(browser, CATEGORY_PAGE)
    actions.save_section(actor=COMMAND_LINE, section=CATEGORIES, value=Categories((Category("VIP", "VIP"),)))
    sent["categories-0-label"] = "Client"
    answer = browser.post(f"{CATEGORY_PAGE}save/", sent)
    assert answer.status_code == 422
    assert "Somebody saved these settings" in answer.text
    assert 'value="Client"' in answer.text


@pytest.mark.parametrize(
    "order", ["up:categories:99", "down:categories:x", "nonsense", "add:other", "remove:"]
)
def test_nonsense_orders_change_nothing(order: str, browser: Client) -> None:
    before = opened(browser, CATEGORY_PAGE)
    assert pressed(browser, CATEGORY_PAGE, before, order)["categories"] == before["categories"]


def test_nonsense_rows_are_harmless(browser: Client) -> None:
    sent = {"categories": ["x", "99999", "-1", "7", "7"], "categories-7-label": "One"}
    assert browser.post(f"{CATEGORY_PAGE}save/", sent).status_code == 302
    assert categories_in_force() == Categories((Category("ONE", "One", active=False),))


def test_c7_a_category_cannot_be_below_itself(browser: Client) -> None:
    tree = Categories((Category("A", "A"), Category("B", "B", parent="A"), Category("C", "C", parent="B")))
    actions.save_section(actor=COMMAND_LINE, section=CATEGORIES, value=tree)
    sent = opened(browser, CATEGORY_PAGE)
    sent["categories-0-parent"] = "C"
    answer = browser.post(f"{CATEGORY_PAGE}save/", sent)
    assert answer.status_code == 422
    assert "circle" in str(answer.context["draft"].rows_of("categories").rows[0].form.errors)
    circle = Categories((Category("A", "A", parent="B"), Category("B", "B", parent="A")))
    with pytest.raises(Refused, match="circle"):
        actions.save_section(actor=COMMAND_LINE, section=CATEGORIES, value=circle)


def test_c7_a_blank_parent_makes_a_root_and_the_tree_reads_depth_first() -> None:
    tree = Categories(
        (Category("B", "Supplier", parent="A"), Category("A", "Partner"), Category("C", "Customer"))
    )
    actions.save_section(actor=COMMAND_LINE, section=CATEGORIES, value=tree)
    found = categories_in_force()
    assert [(one.path, one.depth) for one in found.tree()] == [
        ("Partner", 0),
        ("Partner › Supplier", 1),
        ("Customer", 0),
    ]
    assert found.within("A") == {"A", "B"}


def test_c8_a_restaurant_is_in_food_and_beverage(browser: Client) -> None:
    address = "/settings/contacts/industries/"
    sent = pressed(browser, address, opened(browser, address), "add:sectors")
    sent["sectors-0-label"], sent["sectors-0-code"] = "Food & beverage", "FOOD"
    sent = pressed(browser, address, sent, "add:industries")
    sent["industries-0-label"], sent["industries-0-sector"] = "Restaurants", "Food & Beverage"
    assert browser.post(f"{address}save/", sent).status_code == 302
    found = industries_in_force()
    assert found.words("RESTAURANTS") == "Food & beverage › Restaurants"
    assert found.sector_of("RESTAURANTS") == Sector("FOOD", "Food & beverage")


def test_c8_nace_is_loaded_beside_what_is_there(browser: Client) -> None:
    listed = nace()
    assert (len(listed.sectors), len(listed.industries)) == (21, 88)
    mine = Industries((Sector("BUILD", "Construction"),), (Industry("HOUSES", "Houses", sector="BUILD"),))
    both = with_nace(mine)
    assert both.of("41") == Industry("41", "Construction of buildings", sector="BUILD")
    assert with_nace(both) == both
    answer = browser.post("/settings/contacts/industries/load/", follow=True)
    assert "were added" in answer.text
    assert industries_in_force() == listed
    assert len(answer.content) < 60_000, "rows of a long list are closed until somebody edits them"
    address = "/settings/contacts/industries/"
    sent = pressed(browser, address, opened(browser, address), "edit:industries:3")
    assert "industries-4-label" not in sent
    sent["industries-3-label"] = "Mines"
    assert browser.post(f"{address}save/", sent).status_code == 302
    changed = replace(listed.industries[3], label="Mines")
    rest = (*listed.industries[:3], changed, *listed.industries[4:])
    assert industries_in_force() == Industries(listed.sectors, rest)


def test_c6_a_type_in_use_cannot_be_removed_but_made_inactive(browser: Client) -> None:
    factories.person(phone_1="+35799123456", phone_1_type="mobile")
    sent = opened(browser, TYPE_PAGE)
    place = [one.code for one in types_in_force().phones].index("MOBILE")
    removed = pressed(browser, TYPE_PAGE, sent, f"remove:phones:{place}")
    answer = browser.post(f"{TYPE_PAGE}save/", removed)
    assert answer.status_code == 422
    assert "“Mobile” is in use" in answer.text
    del sent[f"phones-{place}-active"]
    assert browser.post(f"{TYPE_PAGE}save/", sent).status_code == 302
    types = types_in_force()
    assert "MOBILE" not in dict(types.choices("phones"))
    assert types.choices("phones", present="mobile")[2] == ("MOBILE", "Mobile")
    assert types.label("phones", "mobile") == "Mobile"


def test_c6_a_type_nobody_has_is_removed_and_one_no_setting_knows_is_kept(browser: Client) -> None:
    sent = pressed(browser, TYPE_PAGE, opened(browser, TYPE_PAGE), "remove:phones:2")
    assert browser.post(f"{TYPE_PAGE}save/", sent).status_code == 302
    types = types_in_force()
    assert "FAX" not in [one.code for one in types.phones]
    assert types.choices("phones", present="ship to shore")[-1] == ("SHIP TO SHORE", "ship to shore")


def test_c6_relations_read_from_both_sides() -> None:
    found = relation_types_in_force()
    inverse = found.inverse_of("EMPLOYER")
    assert inverse is not None
    assert inverse.label == "Employee"
    offered = {one.code for one in found.offered(kind="company")}
    assert "EMPLOYEE" in offered
    assert "PARENT" not in offered
    assert "EMPLOYER" not in offered


@pytest.mark.parametrize(
    ("types", "reason"),
    [
        ((RelationType("A", "A", inverse="B"),), "no type of this list"),
        (
            (
                RelationType("A", "A", inverse="B"),
                RelationType("B", "B", inverse="B"),
            ),
            "as its inverse too",
        ),
        ((RelationType("A", "A", inverse="A", kinds=()),), "person or a company"),
        ((RelationType("a b", "A", inverse="a b"),), "capital letters"),
        ((RelationType("A", " ", inverse="A"),), "needs a label"),
    ],
)
def test_c6_relation_types_that_contradict_each_other_are_refused(
    types: tuple[RelationType, ...], reason: str
) -> None:
    value = type(relation_types_in_force())(types)
    with pytest.raises(Refused, match=reason):
        actions.save_section(actor=COMMAND_LINE, section=RELATION_TYPES, value=value)


@pytest.mark.parametrize(
    "address",
    [
        "names",
        "uniqueness",
        "marketing",
        "types",
        "relation-types",
        "categories",
        "industries",
        "attachment-classes",
        "formatting",
    ],
)
def test_what_a_page_shows_and_sends_back_is_what_is_in_force(address: str, browser: Client) -> None:
    page = browser.get(f"/settings/contacts/{address}/")
    sent = opened(browser, f"/settings/contacts/{address}/")
    form = page.context["draft"].form
    if form is not None:
        sent |= {name: form[name].value() for name in form.fields if form[name].value()}
    answer = browser.post(f"/settings/contacts/{address}/save/", sent, follow=True)
    assert answer.status_code == 200
    assert "it said so already" in answer.text


def test_types_are_read_by_every_section(db: None) -> None:
    assert TYPES.from_json(TYPES.to_json(TYPES.shipped())) == TYPES.shipped()


@pytest.mark.parametrize("address", ["names", "uniqueness", "types", "industries", "formatting"])
def test_htmx_gets_the_form_only(address: str, browser: Client) -> None:
    page = browser.post(
        f"/settings/contacts/{address}/save/", {"do": "add:phones"}, headers={"HX-Request": "true"}
    )
    assert page.status_code == 200
    assert page.text.strip().startswith("<form")


def test_c7_c8_categories_and_industries_that_contacts_have_stay(browser: Client) -> None:
    industries = Industries((Sector("FOOD", "Food"),), (Industry("BAR", "Bars", sector="FOOD"),))
    actions.save_section(actor=COMMAND_LINE, section=INDUSTRIES, value=industries)
    factories.company("Acme Ltd", industry="BAR", category="PARTNER")
    with pytest.raises(Refused, match="“Bars” is in use"):
        actions.save_section(actor=COMMAND_LINE, section=INDUSTRIES, value=Industries(industries.sectors))
    with pytest.raises(Refused, match="“Partner” is in use"):
        actions.save_section(
            actor=COMMAND_LINE, section=CATEGORIES, value=Categories((Category("CUSTOMER", "Customer"),))
        )


def test_c8_a_company_shows_its_sector_and_a_person_has_no_such_field(browser: Client) -> None:
    value = Industries(
        (Sector("FOOD", "Food & beverage"),), (Industry("REST", "Restaurants", sector="FOOD"),)
    )
    actions.save_section(actor=COMMAND_LINE, section=INDUSTRIES, value=value)
    company = browser.get("/contacts/new-company/").context["form"].main
    assert ("Food & beverage", [("REST", "Restaurants")]) in company.fields["industry"].choices
    assert "industry" not in browser.get("/contacts/new-person/").context["form"].main.fields
    kept = factories.company("Acme Ltd", industry="REST")
    assert "Food &amp; beverage › Restaurants" in browser.get(f"/contacts/{kept.pk}/").text
