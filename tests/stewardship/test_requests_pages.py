"""The page of requests and what a contact says of its own: it works, who may not, what is not there."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from kith.access.models import User
from kith.config.figures import figures
from kith.contacts.models import Contact
from kith.sources.models import SourceRecord
from kith.stewardship import requests
from kith.stewardship.models import Request
from kith.web.formats import group_id
from tests.stewardship.asking import another_steward, grouped, members, night, settle, strangers
from tests.stewardship.pages import queries_of, seen_on
from tests.stewardship.test_requests_second_reviewer import buyers

ClientOf = Callable[[User], Client]


def queued(steward: User, one: Contact, other: Contact) -> Request:
    request = requests.ask(actor=steward.actor, intent=grouped(one, other)).request
    assert request is not None
    return request


def test_k16_viewed_the_same_day_still_separate_marked_queued_viewed_after_the_run_one_group_id(
    steward: User, viewer: User, client_of: ClientOf
) -> None:
    settle(changes_wait=True)
    one, other = strangers(2)
    browser = client_of(steward)
    preview = reverse("stewardship:group-preview", args=(one.pk,), query={"with": other.pk})
    page = browser.get(preview).text
    assert "Group contacts" in page
    assert not Request.objects.exists(), "cancelled at the confirmation: nothing is queued"

    answered = browser.post(preview, {"reason": "the same person", "seen": ""}, follow=True)
    assert "It is queued" in answered.text
    for opened, mentioned in ((one, other), (other, one)):
        for reader in (steward, viewer):
            same_day = client_of(reader).get(f"/contacts/{opened.pk}/").text
            assert f"GroupID {group_id(opened.pk)}" in same_day
            assert f"grouping with GroupID {group_id(mentioned.pk)}" in same_day
            assert "Queued:" in same_day
            assert ("Cancel the request" in same_day) == (reader == steward)

    night()
    after = browser.get(f"/contacts/{other.pk}/", follow=True).text
    assert f"GroupID {group_id(one.pk)}" in after
    assert "Queued:" not in after
    assert "2 System Refs" in after


def test_a34_the_button_on_the_contact_cancels_and_leads_back_to_it(
    steward: User, client_of: ClientOf
) -> None:
    settle(changes_wait=True)
    one, other = strangers(2)
    request = queued(steward, one, other)
    browser = client_of(steward)
    answered = browser.post(f"/requests/{request.pk}/cancel/", {"contact": one.pk}, follow=True)
    assert answered.redirect_chain[-1][0] == f"/contacts/{one.pk}/"
    assert "was cancelled" in answered.text
    assert "Queued:" not in answered.text
    nonsense = browser.post(f"/requests/{request.pk}/cancel/", {"contact": "9" * 5_000})
    assert nonsense["Location"] == f"/requests/{request.pk}/"
    again = browser.post(f"/requests/{request.pk}/cancel/", follow=True).text
    assert "waits no longer: cancelled" in again
    history = browser.get(f"/contacts/{other.pk}/history/").text
    assert "Cancelled: grouping with GroupID" in history


def test_the_list_shows_what_waits_and_filters_what_became_of_the_rest(
    steward: User, client_of: ClientOf
) -> None:
    settle(changes_wait=True)
    one, other, third, fourth = strangers(4)
    first, second = queued(steward, one, other), queued(steward, third, fourth)
    requests.cancel(actor=steward.actor, request_id=second.pk)
    browser = client_of(steward)
    waiting = browser.get("/requests/").text
    assert f"Request {first.pk}<" in waiting
    assert f"Request {second.pk}<" not in waiting
    assert f"Request {second.pk}<" in browser.get("/requests/?state=cancelled").text
    assert f"Request {second.pk}<" in browser.get("/requests/?state=all").text
    assert "Nothing fits" in browser.get("/requests/?kind=split").text
    assert browser.get("/requests/?state=nonsense&kind=x&page=-3").status_code == 200
    rows = browser.get("/requests/", headers={"HX-Request": "true"}).text
    assert "<html" not in rows
    assert f"Request {first.pk}<" in rows


def test_a_request_says_what_it_will_do_as_things_stand(steward: User, client_of: ClientOf) -> None:
    settle(changes_wait=True)
    one, other = strangers(2)
    request = queued(steward, one, other)
    browser = client_of(steward)
    page = browser.get(f"/requests/{request.pk}/").text
    assert "What it will do" in page
    assert group_id(other.pk) in page
    Contact.objects.filter(pk=other.pk).update(kind="company")
    assert "As things stand it cannot be done" in browser.get(f"/requests/{request.pk}/").text
    night()
    failed = browser.get(f"/requests/{request.pk}/").text
    assert "person and a company cannot be grouped" in failed
    assert "What it will do" not in failed


def test_a_second_person_decides_on_the_page_and_the_first_does_not(
    steward: User, client_of: ClientOf
) -> None:
    settle(second_reviewer=True)
    one, other = buyers()
    request = queued(steward, one, other)
    address = f"/requests/{request.pk}/"
    assert figures().requests_to_decide == 1
    assert "somebody else has to say yes" in client_of(steward).get(address).text
    assert (
        "Somebody other than whoever asked" in client_of(steward).post(f"{address}approve/", follow=True).text
    )
    browser = client_of(another_steward())
    assert "Approve" in browser.get(address).text
    assert "Waits for a second person:" in browser.get(f"/contacts/{one.pk}/").text
    assert "The contacts were grouped" in browser.post(f"{address}approve/", follow=True).text
    assert members(one) == 2
    assert "does not wait" in browser.post(f"{address}reject/", follow=True).text


def test_a_second_person_says_yes_to_what_the_page_showed(steward: User, client_of: ClientOf) -> None:
    settle(second_reviewer=True)
    one, other = buyers()
    request = queued(steward, one, other)
    browser, address = client_of(another_steward()), f"/requests/{request.pk}/"
    seen = seen_on(browser.get(address).text)
    SourceRecord.objects.filter(membership__contact=other).update(content_hash=uuid4())
    late = browser.post(f"{address}approve/", {"seen": seen}, follow=True).text
    assert "Somebody changed these contacts since you looked" in late
    assert (members(one), members(other)) == (1, 1)
    seen = seen_on(browser.get(address).text)
    assert "The contacts were grouped" in browser.post(f"{address}approve/", {"seen": seen}, follow=True).text


def test_a_second_person_may_say_no(steward: User, client_of: ClientOf) -> None:
    settle(second_reviewer=True)
    request = queued(steward, *buyers())
    browser = client_of(another_steward())
    assert "was rejected" in browser.post(f"/requests/{request.pk}/reject/", follow=True).text
    assert "Rejected by" in browser.get(f"/requests/{request.pk}/").text


def test_strangers_sign_in_readers_may_not_and_what_is_not_there_is_not_found(
    client: Client, viewer: User, steward: User, client_of: ClientOf
) -> None:
    settle(changes_wait=True)
    request = queued(steward, *strangers(2))
    pages = ("/requests/", f"/requests/{request.pk}/")
    posts = [f"/requests/{request.pk}/{verb}/" for verb in ("cancel", "approve", "reject")]
    for address in pages:
        assert client.get(address).status_code == 302
        assert client_of(viewer).get(address).status_code == 403
    for address in posts:
        assert client.post(address).status_code == 302
        assert client_of(viewer).post(address).status_code == 403
        assert client_of(steward).get(address).status_code == 405
    request.refresh_from_db()
    assert request.state == Request.State.QUEUED
    browser = client_of(steward)
    assert browser.get("/requests/999999/").status_code == 404
    assert browser.get(f"/requests/{10**30}/").status_code == 404
    assert browser.post("/requests/999999/cancel/").status_code == 404


def test_the_list_and_a_contact_ask_the_database_equally_often_for_one_request_and_for_ten(
    steward: User, client_of: ClientOf
) -> None:
    settle(changes_wait=True)
    contacts = strangers(22)
    queued(steward, contacts[0], contacts[1])
    browser = client_of(steward)
    # That somebody looked is written once in ten minutes: the first look asks more.
    browser.get(f"/contacts/{contacts[0].pk}/")
    few = queries_of(browser, "/requests/"), queries_of(browser, f"/contacts/{contacts[0].pk}/")
    for at in range(2, 22, 2):
        queued(steward, contacts[at], contacts[at + 1])
    for _ in range(4):
        cancelled = Request.objects.filter(involved__contact_id=contacts[0].pk, state="queued").get()
        requests.cancel(actor=steward.actor, request_id=cancelled.pk)
        queued(steward, contacts[0], contacts[1])
    many = queries_of(browser, "/requests/"), queries_of(browser, f"/contacts/{contacts[0].pk}/")
    assert few == many


def test_a_page_of_a_request_asks_equally_often_for_two_contacts_and_for_twenty(
    steward: User, client_of: ClientOf
) -> None:
    settle(changes_wait=True)
    contacts = strangers(24)
    small = queued(steward, contacts[0], contacts[1])
    large = requests.ask(actor=steward.actor, intent=grouped(*contacts[2:])).request
    assert large is not None
    browser = client_of(steward)
    assert queries_of(browser, f"/requests/{small.pk}/") == queries_of(browser, f"/requests/{large.pk}/")


@pytest.mark.parametrize("name", ["applied", "failed"])
def test_history_tells_each_contact_what_was_asked_for(steward: User, client_of: ClientOf, name: str) -> None:
    settle(changes_wait=True)
    one, other = strangers(2)
    queued(steward, one, other)
    if name == "failed":
        Contact.objects.filter(pk=other.pk).update(kind="company")
    night()
    said = client_of(steward).get(f"/contacts/{one.pk}/history/").text
    assert "Asked for: grouping with GroupID" in said
    assert ("Failed: grouping with GroupID" in said) == (name == "failed")
