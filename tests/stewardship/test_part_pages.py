"""Ungrouping and splitting: K17, K18, A5."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.contacts.actions import suppress
from kith.contacts.models import Contact, Suppression
from kith.grouping.actions import carry_out
from kith.grouping.intents import Group
from kith.grouping.models import Operation
from kith.sources.models import Membership, SourceRecord
from tests.contacts import factories
from tests.stewardship.pages import queries_of, seen_on

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def browser(client_of: ClientOf, steward: User) -> Client:
    return client_of(steward)


def records_of(contact: Contact) -> list[int]:
    return list(SourceRecord.objects.of_contact(contact.pk).order_by("pk").values_list("pk", flat=True))


def places(records: list[int]) -> list[int]:
    by_record = dict(Membership.objects.filter(record__in=records).values_list("record_id", "contact_id"))
    return [by_record[record] for record in records]


def test_k17_with_one_system_ref_ungroup_is_unavailable_and_says_why(browser: Client) -> None:
    contact = factories.person()
    page = browser.get(f"/contacts/{contact.pk}/").text
    assert "One System Ref only" in page
    assert f"/contacts/{contact.pk}/ungroup/" not in page
    preview = browser.get(f"/contacts/{contact.pk}/ungroup/").text
    assert "one System Ref only" in preview
    assert 'id="confirm"' not in preview


def test_k17_ungrouping_gives_each_system_ref_a_group_id_of_its_own(browser: Client) -> None:
    contact = factories.eleni()
    records = records_of(contact)
    assert f"/contacts/{contact.pk}/ungroup/" in browser.get(f"/contacts/{contact.pk}/").text
    page = browser.get(f"/contacts/{contact.pk}/ungroup/").text
    assert page.count("New GroupID") == len(records)
    assert "no run will group them again" in page
    answer = browser.post(f"/contacts/{contact.pk}/ungroup/", {"seen": seen_on(page)}, follow=True)
    operation = Operation.objects.get()
    assert answer.redirect_chain[-1][0] == f"/operations/{operation.pk}/"
    assert len(set(places(records))) == len(records)
    contact.refresh_from_db()
    assert contact.state == Contact.State.RETIRED
    assert contact.successor_id in places(records)


def test_a_split_is_laid_out_previewed_and_carried_out(browser: Client) -> None:
    contact = factories.eleni()
    records = records_of(contact)
    url = f"/contacts/{contact.pk}/split/"
    assert all(f'name="ref-{record}"' in browser.get(url).text for record in records)
    arranged = {f"ref-{record}": 2 if record in records[2:3] else 1 for record in records}
    to_preview = browser.post(url, arranged)
    assert to_preview["Location"] == f"{url}preview/?part={records[2]}"
    page = browser.get(to_preview["Location"]).text
    assert "Split into 2 contacts" in page
    answer = browser.post(to_preview["Location"], {"seen": seen_on(page), "reason": "Two sisters"})
    assert answer.status_code == 302
    assert places(records).count(contact.pk) == len(records) - 1
    assert Operation.objects.get().reason == "Two sisters"


def test_going_back_from_the_preview_keeps_the_parts(browser: Client) -> None:
    contact = factories.eleni()
    records = records_of(contact)
    page = browser.get(f"/contacts/{contact.pk}/split/?part={records[1]}.{records[3]}&part={records[2]}").text
    second = page.split('data-part="2"')[1].split('data-part="3"')[0]
    assert all(f'name="ref-{records[at]}"' in second for at in (1, 3))


def test_a_split_needs_two_parts_and_says_so(browser: Client) -> None:
    contact = factories.eleni()
    answer = browser.post(f"/contacts/{contact.pk}/split/", {})
    assert answer.status_code == 422
    assert "Put at least one System Ref into another part." in answer.text


@pytest.mark.parametrize("query", ["", "part=", "part=abc", "part=7.7.²", "part=" + "9" * 40])
def test_addresses_that_name_no_parts_lead_back_to_the_layout(browser: Client, query: str) -> None:
    contact = factories.eleni()
    answer = browser.get(f"/contacts/{contact.pk}/split/preview/?{query}")
    assert answer["Location"] == f"/contacts/{contact.pk}/split/"


def test_a_stranger_is_led_to_the_sign_in_and_a_reader_is_refused(client_of: ClientOf, agent: User) -> None:
    contact = factories.eleni()
    for page in ("ungroup/", "split/", "split/preview/"):
        url = f"/contacts/{contact.pk}/{page}"
        assert Client().get(url)["Location"].startswith("/sign-in/")
        assert client_of(agent).get(url).status_code == 403
        assert client_of(agent).post(url).status_code == 403


@pytest.mark.parametrize("text", ["0", "7", "9" * 30])
def test_unknown_ids_are_not_there(browser: Client, text: str) -> None:
    for page in ("ungroup/", "split/", "split/preview/"):
        assert browser.get(f"/contacts/{text}/{page}").status_code == 404


def test_each_page_asks_as_often_for_many_system_refs_as_for_two(browser: Client) -> None:
    small, large = (
        factories.contact(*(factories.record({"last_name": "Lee"}) for _ in range(number)))
        for number in (2, 12)
    )
    last = {contact.pk: records_of(contact)[-1] for contact in (small, large)}
    queries_of(browser, f"/contacts/{small.pk}/split/")  # reads the recipe, once in a process
    for page in ("", "ungroup/", "split/", "split/preview/?part={}"):
        few, many = (
            queries_of(browser, f"/contacts/{one.pk}/{page.format(last[one.pk])}") for one in (small, large)
        )
        assert few == many, page


def test_x8_the_preview_of_a_split_says_that_every_part_stays_suppressed(
    browser: Client, steward: User
) -> None:
    free, suppressed = factories.person(), factories.person("Helen", "Reid")
    reason = Suppression.Reason.MANUAL
    suppress(actor=COMMAND_LINE, contact_id=suppressed.pk, reason=reason, note="Asked by phone")
    carry_out(actor=steward.actor, intent=Group(master=free.pk, children=(suppressed.pk,)))
    page = browser.get(f"/contacts/{free.pk}/ungroup/").text
    assert page.count("Suppressed: manual") == 2
