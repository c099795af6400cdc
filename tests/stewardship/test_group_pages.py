"""Grouping by hand, and moving a System Ref: K14, K15, K16, A6, A37."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.contacts.actions import suppress
from kith.contacts.models import Contact, Suppression
from kith.grouping.actions import carry_out
from kith.grouping.intents import Group, KeepApart
from kith.grouping.models import Operation
from kith.sources.models import Membership, SourceRecord
from kith.stewardship.models import StewardshipSettings
from tests.contacts import factories
from tests.stewardship.pages import queries_of, seen_on

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
NARROW = "\u00a0"


@pytest.fixture
def browser(client_of: ClientOf, steward: User) -> Client:
    return client_of(steward)


def shown(contact: Contact) -> str:
    return f"{contact.pk:,}".replace(",", NARROW)


def preview_of(master: Contact, *others: Contact) -> str:
    named = "&".join(f"with={one.pk}" for one in others)
    return f"/contacts/{master.pk}/group/preview/?master={master.pk}&{named}"


def test_k14_the_contact_page_offers_group_to_a_steward_only(
    browser: Client, client_of: ClientOf, viewer: User
) -> None:
    contact = factories.person()
    assert f"/contacts/{contact.pk}/group/" in browser.get(f"/contacts/{contact.pk}/").text
    assert "Group…" not in client_of(viewer).get(f"/contacts/{contact.pk}/").text


def test_k15_children_of_two_searches_are_all_listed_with_their_numbers_on_the_buttons(
    browser: Client,
) -> None:
    opened = factories.person()
    first, second = factories.person("Helen", "Reid"), factories.person("Nora", "Lind")
    url = f"/contacts/{opened.pk}/group/"
    found = browser.post(url, {"q": "helen", "master": opened.pk, "do": "search"}).text
    assert f"Add Group ID {shown(first)}" in found
    added = browser.post(url, {"q": "helen", "master": opened.pk, "add": first.pk}).text
    assert "Added" in added
    assert f"Add Group ID {shown(first)}" not in added
    again = {"q": "nora", "master": opened.pk, "with": [first.pk], "add": second.pk}
    both = browser.post(url, again).text
    assert all(f'name="with" value="{one.pk}"' in both for one in (first, second))


def test_k15_the_same_child_is_not_added_twice_nor_the_contact_to_itself(browser: Client) -> None:
    opened, child = factories.person(), factories.person("Helen", "Reid")
    for twice in (child, opened):
        said = {"q": "helen", "master": opened.pk, "with": [child.pk], "add": twice.pk}
        answer = browser.post(f"/contacts/{opened.pk}/group/", said)
        assert answer.status_code == 422
        assert "in the list already" in answer.text
        assert answer.text.count('name="with"') == 1


def test_a37_a_person_and_a_company_are_never_collected_together(browser: Client) -> None:
    opened, firm = factories.person(), factories.company()
    url = f"/contacts/{opened.pk}/group/"
    assert "never one contact" in browser.post(url, {"q": "harbour"}).text
    answer = browser.post(url, {"q": "harbour", "add": firm.pk})
    assert answer.status_code == 422
    assert "A person and a company are never one contact." in answer.text
    assert 'name="with"' not in answer.text


def test_a_child_can_be_removed_and_another_chosen_as_master(browser: Client) -> None:
    opened, child = factories.person(), factories.person("Helen", "Reid")
    url = f"/contacts/{opened.pk}/group/"
    kept = browser.post(url, {"master": child.pk, "with": [child.pk], "q": ""}).text
    assert f'name="master" value="{child.pk}" checked' in kept
    gone = browser.post(url, {"master": child.pk, "with": [child.pk], "without": child.pk}).text
    assert f'name="master" value="{opened.pk}" checked' in gone
    assert 'name="with"' not in gone


def test_names_are_searched_for_without_standing_in_an_address(browser: Client) -> None:
    opened, child = factories.person(), factories.person("Helen", "Reid")
    url = f"/contacts/{opened.pk}/group/"
    answer = browser.post(url, {"q": "helen", "master": opened.pk, "with": [child.pk], "do": "preview"})
    assert answer.status_code == 302
    assert answer["Location"] == f"{url}preview/?master={opened.pk}&with={child.pk}"


def test_preview_needs_another_contact_and_says_so(browser: Client) -> None:
    opened = factories.person()
    answer = browser.post(f"/contacts/{opened.pk}/group/", {"do": "preview", "q": "helen"})
    assert answer.status_code == 422
    assert "Add at least one contact" in answer.text
    assert 'value="helen"' in answer.text


def test_k16_the_preview_shows_what_would_be_and_changes_nothing(browser: Client) -> None:
    master = factories.person(birth_date="14/03/1987")
    child = factories.person("Helen", "Reid", birth_date="19/08/1990", email_1="helen@reid.example")
    page = browser.get(preview_of(master, child)).text
    for words in (
        "Group 2 contacts",
        "19\u00a0Aug\u00a01990",
        "helen@reid.example",
        "retires",
        "Group contacts",
    ):
        assert words in page
    child.refresh_from_db()
    assert child.state == Contact.State.ACTIVE
    assert not Operation.objects.exists()


def test_k16_confirming_groups_them_and_the_master_leads(browser: Client, steward: User) -> None:
    master, child = factories.person(), factories.person("Helen", "Reid")
    url = preview_of(master, child)
    page = browser.get(url).text
    answer = browser.post(url, {"seen": seen_on(page), "reason": "Same passport"}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/contacts/{master.pk}/"
    operation = Operation.objects.get()
    assert (operation.kind, operation.reason, operation.user) == ("group", "Same passport", steward)
    assert f'href="/operations/{operation.pk}/undo/"' in answer.text
    assert "Eleni Papadopoulou" in answer.text
    child.refresh_from_db()
    assert child.successor_id == master.pk


def test_a6_old_group_ids_lead_on_in_every_page_of_grouping(browser: Client, steward: User) -> None:
    master, child, third = factories.person(), factories.person("Helen"), factories.person("Nora")
    carry_out(actor=steward.actor, intent=Group(master=master.pk, children=(child.pk,)))
    for page in ("group/", "ungroup/", "split/"):
        answer = browser.get(f"/contacts/{child.pk}/{page}")
        assert answer.status_code == 302
        assert answer["Location"] == f"/contacts/{master.pk}/{page}"
    old = browser.get(f"/contacts/{third.pk}/group/preview/?master={child.pk}&with={child.pk}").text
    assert f"GroupID {shown(master)}; the other" in old
    query = f"group/preview/?master={third.pk}&with={third.pk}"
    assert browser.get(f"/contacts/{child.pk}/{query}")["Location"] == f"/contacts/{master.pk}/{query}"


def test_what_somebody_changed_meanwhile_is_shown_anew_and_the_reason_is_kept(
    browser: Client, steward: User
) -> None:
    master, child, third = factories.person(), factories.person("Helen"), factories.person("Nora")
    url = preview_of(master, child)
    seen = seen_on(browser.get(url).text)
    carry_out(actor=steward.actor, intent=Group(master=master.pk, children=(third.pk,)))
    answer = browser.post(url, {"seen": seen, "reason": "Typed with care"})
    assert answer.status_code == 409
    assert "Somebody changed these contacts since you looked" in answer.text
    assert "Typed with care" in answer.text
    assert seen_on(answer.text) != seen
    child.refresh_from_db()
    assert child.state == Contact.State.ACTIVE


def test_k18_an_earlier_keep_apart_is_lifted_only_with_its_own_tick(browser: Client, steward: User) -> None:
    master, child = factories.person(), factories.person("Helen", "Reid")
    apart = KeepApart(contacts=(master.pk, child.pk))
    carry_out(actor=steward.actor, intent=apart, reason="Father and son")
    url = preview_of(master, child)
    page = browser.get(url).text
    assert "People decided otherwise before" in page
    assert steward.name in page
    assert "Father and son" in page
    refused = browser.post(url, {"seen": seen_on(page), "reason": "Typed with care"})
    assert refused.status_code == 422
    assert "Typed with care" in refused.text
    done = browser.post(url, {"seen": seen_on(page), "lift": "on"})
    assert done.status_code == 302
    child.refresh_from_db()
    assert child.successor_id == master.pk


def test_k16_a8_where_changes_wait_for_the_night_it_says_so_and_changes_nothing(browser: Client) -> None:
    StewardshipSettings.objects.create(changes_wait=True)
    master, child, third = factories.person(), factories.person("Helen", "Reid"), factories.person("Nora")
    url = preview_of(master, child)
    page = browser.get(url).text
    assert "in the next overnight run" in page
    answer = browser.post(url, {"seen": seen_on(page)}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/contacts/{master.pk}/"
    assert "It is queued" in answer.text
    assert not Operation.objects.exists()
    again = browser.post(preview_of(third, child), {"reason": "Typed with care"})
    assert again.status_code == 422
    assert "waits for GroupID" in again.text
    assert "Typed with care" in again.text


def test_where_a_second_person_decides_the_question_says_so_before(browser: Client) -> None:
    StewardshipSettings.objects.create(second_reviewer=True)
    master, child = factories.person(), factories.person("Helen", "Reid")
    for each in (master, child):
        factories.transaction(each.memberships.get().record, "10.00")
    page = browser.get(preview_of(master, child)).text
    assert "after a second person says yes" in page
    assert "It waits for a second person; until then it can be cancelled." in page
    assert "next overnight run" not in page


def test_x12_companies_are_grouped_with_companies(browser: Client) -> None:
    master, child = factories.company(), factories.company("Harbour Freight Limited")
    found = browser.post(f"/contacts/{master.pk}/group/", {"q": "harbour"}).text
    assert "Find companies to add" in found
    assert f"Add Group ID {shown(child)}" in found
    url = preview_of(master, child)
    assert browser.post(url, {"seen": seen_on(browser.get(url).text)}).status_code == 302
    child.refresh_from_db()
    assert child.successor_id == master.pk


def test_x7_the_preview_says_which_suppression_results(browser: Client) -> None:
    master, child = factories.person(), factories.person("Helen", "Reid")
    assert "Suppressions that result" in browser.get(preview_of(master, child)).text
    manual = Suppression.Reason.MANUAL
    suppress(actor=COMMAND_LINE, contact_id=child.pk, reason=manual, note="Asked by phone")
    page = browser.get(preview_of(master, child)).text
    assert "Suppressed: manual" in page
    assert "Suppressions that result" not in page


def test_a_reason_that_is_too_long_is_kept_for_shortening(browser: Client) -> None:
    url = preview_of(factories.person(), factories.person("Helen", "Reid"))
    answer = browser.post(url, {"reason": "because " * 100})
    assert answer.status_code == 422
    assert "because because" in answer.text
    assert not Operation.objects.exists()


def test_what_a_rule_forbids_shows_every_reason_and_no_button(browser: Client) -> None:
    person, firm = factories.person(), factories.company()
    page = browser.get(preview_of(person, firm)).text
    assert "This cannot be done" in page
    assert 'id="confirm"' not in page


def test_a_system_ref_moves_to_another_contact(browser: Client) -> None:
    contact, target = factories.eleni(), factories.person("James", "Reid")
    record = SourceRecord.objects.get(system_ref="nl_88121")
    assert f"/system-refs/{record.pk}/move/" in browser.get(f"/contacts/{contact.pk}/system-refs/").text
    chooser = browser.post(f"/system-refs/{record.pk}/move/", {"q": "james"}).text
    assert f"Move to Group ID {shown(target)}" in chooser
    chosen = browser.post(f"/system-refs/{record.pk}/move/", {"q": "james", "to": target.pk})
    assert chosen["Location"] == f"/system-refs/{record.pk}/move/preview/?to={target.pk}"
    page = browser.get(chosen["Location"]).text
    assert "nl_88121" in page
    answer = browser.post(chosen["Location"], {"seen": seen_on(page)})
    assert answer["Location"] == f"/contacts/{target.pk}/"
    assert Membership.objects.get(record=record).contact_id == target.pk


def pages() -> list[str]:
    contact = factories.eleni()
    record = SourceRecord.objects.of_contact(contact.pk)[0]
    other = factories.person("Nora", "Lind")
    return [
        f"/contacts/{contact.pk}/group/",
        preview_of(contact, other),
        f"/system-refs/{record.pk}/move/",
        f"/system-refs/{record.pk}/move/preview/?to={other.pk}",
    ]


def test_a_stranger_is_led_to_the_sign_in_and_a_reader_is_refused(client_of: ClientOf, agent: User) -> None:
    for url in pages():
        assert Client().get(url)["Location"].startswith("/sign-in/")
        assert client_of(agent).get(url).status_code == 403
        assert client_of(agent).post(url).status_code == 403


@pytest.mark.parametrize("text", ["0", "7", "9" * 30])
def test_unknown_ids_are_harmless(browser: Client, text: str) -> None:
    contact = factories.person()
    for url in (f"/contacts/{text}/group/", f"/contacts/{text}/group/preview/", f"/system-refs/{text}/move/"):
        assert browser.get(url).status_code == 404
    assert browser.get(f"/contacts/{contact.pk}/group/?with={text}&with=²&master=x").status_code == 200
    for button in ("add", "without"):
        page = browser.post(f"/contacts/{contact.pk}/group/", {button: text}).text
        assert 'name="with"' not in page


def test_choosing_and_preview_ask_as_often_for_many_children_as_for_one(browser: Client) -> None:
    master = factories.person()
    children = [factories.person(f"Child{letter}", "Reid") for letter in "abcdefghij"]
    named = [f"with={child.pk}" for child in children]
    for page in ("group/", "group/preview/"):
        url = f"/contacts/{master.pk}/{page}"
        assert queries_of(browser, f"{url}?{named[0]}") == queries_of(browser, f"{url}?{'&'.join(named)}")
    posted = {"q": "reid", "with": [children[0].pk]}
    few = queries_of(browser, f"/contacts/{master.pk}/group/", {**posted, "q": "childa"})
    assert few == queries_of(browser, f"/contacts/{master.pk}/group/", posted)
