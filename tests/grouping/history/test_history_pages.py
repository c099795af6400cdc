"""The page of a past date, the path of a System Ref, and operations in the History tab."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.contacts.models import Contact
from kith.grouping.actions import carry_out
from kith.grouping.history.path import stays_of
from kith.grouping.history.path_picture import MOST_STAYS, path_picture
from kith.grouping.intents import Group, KeepApart, Undo, Ungroup
from kith.grouping.models import Move, Operation
from kith.kernel.clock import now, today
from kith.sources.models import SourceRecord
from kith.web.formats import group_id as shown
from tests.contacts import factories

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def browser(client_of: ClientOf, viewer: User) -> Client:
    return client_of(viewer)


def earlier(**span: float) -> None:
    """All that was done so far was done so long ago."""
    Move.objects.update(at=now() - timedelta(**span))
    SourceRecord.objects.update(
        first_received_at=now() - timedelta(**span), received_at=now() - timedelta(**span)
    )


def grouped() -> tuple[Contact, Contact, Operation]:
    master, child = factories.person("Ann", "Stone"), factories.person("Anna", "Rock")
    earlier(days=10)
    operation = carry_out(
        actor=COMMAND_LINE, intent=Group(master=master.pk, children=(child.pk,)), reason="the same <person>"
    )
    Operation.objects.update(at=now() - timedelta(days=2))
    Move.objects.filter(operation=operation).update(at=now() - timedelta(days=2))
    return Contact.objects.get(pk=master.pk), Contact.objects.get(pk=child.pk), operation


def day(days_ago: int) -> str:
    return (today() - timedelta(days=days_ago)).isoformat()


def test_a_past_date_shows_what_differs_from_today(browser: Client) -> None:
    master, child, _ = grouped()
    page = browser.get(f"/contacts/{master.pk}/as-of/?at={day(5)}").text
    assert "As it stood on" in page
    assert "came later" in page
    assert shown(child.pk) in page
    assert "Just before" in page
    same = browser.get(f"/contacts/{master.pk}/as-of/?at={day(0)}").text
    assert "The same as today" in same


def test_a_retired_groupid_shows_what_it_was_and_where_it_leads(browser: Client) -> None:
    master, child, _ = grouped()
    page = browser.get(f"/contacts/{child.pk}/as-of/?at={day(5)}").text
    assert "Anna Rock" in page
    assert "retired now" in page
    assert f"/contacts/{master.pk}/" in page
    after = browser.get(f"/contacts/{child.pk}/as-of/?at={day(0)}").text
    assert "was retired then" in after
    assert f"/contacts/{master.pk}/as-of/" in after


def test_a_date_before_the_contact_says_when_it_came(browser: Client) -> None:
    master, _, _ = grouped()
    answer = browser.get(f"/contacts/{master.pk}/as-of/?at=1999-01-01")
    assert answer.status_code == 200
    assert "was not there yet" in answer.text
    assert "As it stood then" in answer.text


def test_without_a_date_the_page_asks_for_one(browser: Client) -> None:
    contact = factories.person()
    answer = browser.get(f"/contacts/{contact.pk}/as-of/")
    assert answer.status_code == 200
    assert "Choose a date" in answer.text


@pytest.mark.parametrize(
    "at",
    [
        "",
        "yesterday",
        "2026-02-31",
        "2999-01-01",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31",
        "²",
        "' OR 1",
        "1" * 99,
    ],
)
def test_junk_and_the_future_are_refused_on_the_same_form(browser: Client, at: str) -> None:
    contact = factories.person()
    answer = browser.get(f"/contacts/{contact.pk}/as-of/", {"at": at})
    assert answer.status_code == 422
    assert 'name="at"' in answer.text


@pytest.mark.parametrize(
    "at", ["2026-11-01", "2026-11-01T12:00", "2026-11-01 12:00:00", "2026-11-01T12:00:00Z"]
)
def test_dates_and_moments_can_be_read(browser: Client, at: str) -> None:
    contact = factories.person()
    earlier(days=400)
    assert browser.get(f"/contacts/{contact.pk}/as-of/", {"at": at}).status_code == 200


def test_each_address_of_a_preset_opens(browser: Client) -> None:
    master, _, _ = grouped()
    page = browser.get(f"/contacts/{master.pk}/history/").text
    address = page.split('">As it was before')[0].rsplit('href="', 1)[1].replace("&amp;", "&")
    before = browser.get(address)
    assert before.status_code == 200
    assert "came later" in before.text


@pytest.mark.parametrize("address", ["/contacts/{}/as-of/", "/system-refs/{}/path/"])
def test_strangers_sign_in_and_unknown_ids_are_404(client: Client, browser: Client, address: str) -> None:
    stranger = client.get(address.format(1))
    assert stranger.status_code == 302
    assert "sign-in" in stranger.headers["Location"]
    for unknown in (1, 99999999999999999):
        assert browser.get(address.format(unknown), {"at": "2026-01-01"}).status_code == 404
    assert browser.get(address.format("abc")).status_code == 404


@pytest.mark.parametrize("address", ["/contacts/{}/as-of/", "/system-refs/{}/path/"])
def test_who_may_not_see_contacts_is_refused(client: Client, address: str) -> None:
    nobody = User.objects.create_user(
        "nobody@example.org", "correct horse battery staple", name="No", roles=[]
    )
    client.force_login(nobody, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(address.format(1)).status_code == 403


def test_history_tells_an_operation_in_one_line(client_of: ClientOf, steward: User) -> None:
    master = factories.person("Ann", "Stone")
    child = factories.contact(*(factories.record({"last_name": "Rock"}) for _ in range(3)))
    earlier(days=3)
    operation = carry_out(
        actor=steward.actor, intent=Group(master=master.pk, children=(child.pk,)), reason="met <them>"
    )
    page = client_of(steward).get(f"/contacts/{master.pk}/history/").text
    assert page.count("3 System Refs came from") == 1
    assert shown(child.pk) in page
    assert escape("met <them>") in page
    assert steward.name in page
    assert "Contacts grouped" not in page
    undo = carry_out(actor=steward.actor, intent=Undo(operation=operation.pk))
    assert undo.undoes_id == operation.pk
    after = client_of(steward).get(f"/contacts/{master.pk}/history/").text
    assert f"Undone by {steward.name}" in after
    assert "3 System Refs left for" in after


def test_a_decision_without_a_move_stands_in_both_histories(browser: Client) -> None:
    one, other = factories.person("Ann", "Stone"), factories.person("Anna", "Rock")
    carry_out(actor=COMMAND_LINE, intent=KeepApart(contacts=(one.pk, other.pk)), reason="twins")
    for mine, theirs in ((one, other), (other, one)):
        page = browser.get(f"/contacts/{mine.pk}/history/").text
        assert "Kept apart" in page
        assert "twins" in page
        assert shown(theirs.pk) in page


def test_the_path_shows_each_groupid_and_each_step_in_words(browser: Client) -> None:
    master, child, operation = grouped()
    record = SourceRecord.objects.of_contact(master.pk).order_by("-pk")[0]
    carry_out(actor=COMMAND_LINE, intent=Undo(operation=operation.pk))
    page = browser.get(f"/system-refs/{record.pk}/path/").text
    assert "<svg" in page
    assert page.count('class="path-number"') == 3
    for group_id in (master.pk, child.pk):
        assert shown(group_id) in page
    assert "Undone" in page
    assert escape("the same <person>") in page
    assert "just before" in page
    tab = browser.get(f"/contacts/{child.pk}/system-refs/").text
    assert f"/system-refs/{record.pk}/path/" in tab


def test_a_system_ref_without_groupid_has_no_path_yet(browser: Client) -> None:
    record = factories.record({"last_name": "Lee"})
    answer = browser.get(f"/system-refs/{record.pk}/path/")
    assert answer.status_code == 200
    assert "no GroupID yet" in answer.text


def test_pages_ask_a_fixed_number_of_queries(browser: Client, steward: User) -> None:
    numbers = []
    for size in (2, 8):
        contact = factories.contact(*(factories.record({"last_name": f"Lee{n}"}) for n in range(size)))
        record = SourceRecord.objects.of_contact(contact.pk)[0]
        earlier(days=4)
        operation = carry_out(actor=COMMAND_LINE, intent=Ungroup(contact=contact.pk))
        for _ in range(size + 1):
            operation = carry_out(actor=COMMAND_LINE, intent=Undo(operation=operation.pk))
        counted = []
        for address in (
            f"/contacts/{contact.pk}/as-of/?at={day(2)}",
            f"/contacts/{contact.pk}/history/",
            f"/system-refs/{record.pk}/path/",
        ):
            browser.get(address)
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(address).status_code == 200
            counted.append(len(asked))
        numbers.append(counted)
    assert numbers[0] == numbers[1]


def test_a_long_path_is_drawn_in_part_and_told_whole(browser: Client) -> None:
    contact = factories.person()
    record = SourceRecord.objects.of_contact(contact.pk).get()
    other = factories.person()
    ends = [contact.pk, other.pk]
    for number in range(MOST_STAYS + 5):
        Move.objects.create(
            record_id=record.pk,
            from_contact_id=ends[number % 2],
            to_contact_id=ends[1 - number % 2],
            because=Move.Because.STEWARD,
        )
    stays = stays_of(record.pk)
    picture = path_picture(stays, retired=frozenset())
    assert picture.is_partial
    assert len(picture.marks) == MOST_STAYS
    spots = [mark.x for mark in picture.marks]
    assert spots == sorted(spots)
    assert max(spots) < picture.width
    page = browser.get(f"/system-refs/{record.pk}/path/").text
    assert page.count('class="path-number"') == len(stays)
