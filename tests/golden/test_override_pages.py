"""Editing golden values on the contact's page, and telling the sources."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.contacts.models import Contact
from kith.golden import actions
from kith.golden.corrections import Task, Tasks
from kith.golden.models import GoldenOverride, ToldSource
from kith.golden.overrides import state_of
from kith.sources.models import SourceRecord
from tests.claims import claim
from tests.golden.test_overrides import EDITS_WAIT, PINNED, UNTIL_CHANGED, again, contact_of, emails, say

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ClientOf = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(agent: User, client_of: ClientOf) -> Client:
    return client_of(agent)


@pytest.fixture
def contact() -> Contact:
    one = claim("TICKETING", "T1", first_name="Eleni", last_name="Reid", email_1="eleni@example.com",
                phone_1="99111111", claimed_at="2026-01-01")  # fmt: skip
    two = claim("SHOP", "S1", first_name="Helen", last_name="Reid", email_1="helen@example.com",
                claimed_at="2020-01-01")  # fmt: skip
    return contact_of(one, two)


def edit_url(contact: Contact, field: str) -> str:
    return f"/golden-values/{contact.pk}/{field}/"


def test_an_edit_is_saved_and_the_page_says_who_when_and_how_long(browser: Client, contact: Contact) -> None:
    form = browser.get(edit_url(contact, "name"))
    assert form.status_code == 200
    assert 'value="Eleni"' in form.text
    answer = browser.post(
        edit_url(contact, "name"),
        {"first_name": "Lena", "last_name": "Reid", "mode": "pinned", "note": "She rang",
         "seen": state_of(contact, "name")},
    )  # fmt: skip
    assert answer.status_code == 302
    page = browser.get(f"/contacts/{contact.pk}/").text
    for words in ("Lena Reid", "Pinned by Agent", "She rang", "Unpin", "Ticketing says", "Shop says"):
        assert words in page
    history = browser.get(f"/contacts/{contact.pk}/history/").text
    assert "A golden value was edited" in history


def test_x4_the_page_says_until_the_source_changes_and_withdraw_brings_the_computed_value_back(
    browser: Client, contact: Contact
) -> None:
    made = say(contact, "name", UNTIL_CHANGED, first_name="Lena", last_name="Reid")
    page = browser.get(f"/contacts/{contact.pk}/").text
    assert "Until the source changes" in page
    assert "Withdraw" in page
    assert browser.post(f"/golden-values/edits/{made.pk}/withdraw/").status_code == 302
    page = browser.get(f"/contacts/{contact.pk}/").text
    assert "Until the source changes" not in page
    assert Contact.objects.get(pk=contact.pk).name == "Eleni Reid"
    assert browser.post(f"/golden-values/edits/{made.pk}/withdraw/").status_code == 409
    assert browser.post("/golden-values/edits/999999/withdraw/").status_code == 404


def test_the_history_says_that_a_source_ended_an_edit(browser: Client, contact: Contact) -> None:
    say(contact, "emails", UNTIL_CHANGED, email_1="typed@example.com")
    claim("TICKETING", "T1", first_name="Eleni", last_name="Reid", email_1="new@example.com")
    again(contact)
    history = browser.get(f"/contacts/{contact.pk}/history/").text
    assert "E-mail: another value came, and the edit by Command line ended" in history


@EDITS_WAIT
def test_k5_a39_a_pending_edit_stands_beside_the_current_value_and_can_be_cancelled(
    browser: Client, contact: Contact
) -> None:
    data = {"phone_1": "+357 99 222222", "mode": "pinned", "leads": "on"}
    assert browser.post(edit_url(contact, "phones"), data).status_code == 302
    page = browser.get(f"/contacts/{contact.pk}/").text
    assert "+357 99 111111" in page.replace("\xa0", " ")
    assert "+357 99 222222" in page.replace("\xa0", " ")
    assert "Pending" in page
    made = GoldenOverride.objects.get()
    browser.post(f"/golden-values/edits/{made.pk}/withdraw/")
    page = browser.get(f"/contacts/{contact.pk}/").text
    assert "Pending" not in page


def test_what_was_typed_is_kept_when_it_cannot_be_saved(browser: Client, contact: Contact) -> None:
    answer = browser.post(edit_url(contact, "birth_date"), {"birth_date": "31/02/1990", "mode": "pinned"})
    assert answer.status_code == 422
    assert 'value="31/02/1990"' in answer.text
    answer = browser.post(edit_url(contact, "emails"), {"email_1": "nobody", "mode": "pinned"}, headers=HTMX)
    assert answer.status_code == 422
    assert 'value="nobody"' in answer.text
    assert "<html" not in answer.text
    assert not GoldenOverride.objects.exists()


def test_in_a_row_the_form_comes_alone_and_leads_back_by_itself(browser: Client, contact: Contact) -> None:
    form = browser.get(edit_url(contact, "gender"), headers=HTMX)
    assert "<html" not in form.text
    assert "HX-Request" in form["Vary"]
    answer = browser.post(edit_url(contact, "gender"), {"gender": "female", "mode": "pinned"}, headers=HTMX)
    assert answer["HX-Redirect"] == f"/contacts/{contact.pk}/"


def test_a_stale_form_shows_what_came_meanwhile_and_saves_when_sent_again(
    browser: Client, contact: Contact
) -> None:
    seen = state_of(contact, "gender")
    say(contact, "gender", gender="male")
    data = {"gender": "other", "mode": "pinned", "seen": seen}
    answer = browser.post(edit_url(contact, "gender"), data)
    assert answer.status_code == 422
    assert "It reads now" in answer.text
    assert "Male" in answer.text
    assert Contact.objects.get(pk=contact.pk).gender == "male"
    fresh = answer.context["form"]["seen"].value()
    assert browser.post(edit_url(contact, "gender"), data | {"seen": fresh}).status_code == 302
    assert Contact.objects.get(pk=contact.pk).gender == "other"


def test_another_email_is_made_primary_and_taken_back(browser: Client, contact: Contact) -> None:
    assert emails(contact) == ["eleni@example.com", "helen@example.com"]
    url = f"{edit_url(contact, 'emails')}make-primary/"
    assert browser.post(url, {"row": "1", "key": "eleni@example.com"}).status_code == 409
    assert browser.post(url, {"row": "1", "key": "helen@example.com"}).status_code == 302
    assert emails(contact) == ["helen@example.com", "eleni@example.com"]
    made = GoldenOverride.objects.get()
    assert (made.mode, made.record.system_ref) == ("pinned", "T1")
    browser.post(f"/golden-values/edits/{made.pk}/withdraw/", {"key": "helen@example.com"})
    assert emails(contact) == ["eleni@example.com", "helen@example.com"]


def test_every_field_has_a_form(browser: Client, contact: Contact) -> None:
    from kith.golden.pieces import editable_fields

    for field in editable_fields(contact.kind):
        assert browser.get(edit_url(contact, field)).status_code == 200
    assert browser.get(f"{edit_url(contact, 'emails')}?row=1").context["form"]["email_1"].value() == (
        "helen@example.com"
    )
    assert browser.get(f"{edit_url(contact, 'emails')}?row=x").status_code == 200
    assert browser.get(f"{edit_url(contact, 'phones')}?row=77").status_code == 200


def test_whoever_only_reads_sees_no_controls_and_may_not_edit(
    viewer: User, client_of: ClientOf, contact: Contact
) -> None:
    made = say(contact, "gender", gender="male")
    reader = client_of(viewer)
    page = reader.get(f"/contacts/{contact.pk}/").text
    assert "Pinned by Command line" in page
    assert "/golden-values/" not in page
    assert reader.get(edit_url(contact, "gender")).status_code == 403
    assert reader.post(edit_url(contact, "gender"), {"gender": "male"}).status_code == 403
    assert reader.post(f"{edit_url(contact, 'emails')}make-primary/").status_code == 403
    assert reader.post(f"/golden-values/edits/{made.pk}/withdraw/").status_code == 403
    assert reader.get("/tell-the-source/").status_code == 403
    assert reader.post("/tell-the-source/told/").status_code == 403


def test_a_stranger_is_sent_to_sign_in_and_a_strange_address_leads_nowhere(
    client: Client, browser: Client, contact: Contact
) -> None:
    for url in (edit_url(contact, "gender"), "/tell-the-source/", "/tell-the-source/1/csv/"):
        assert client.get(url).status_code == 302
    assert browser.get(edit_url(contact, "shoe_size")).status_code == 404
    assert browser.get("/golden-values/999999/gender/").status_code == 404
    assert browser.get("/tell-the-source/999999/csv/").status_code == 404
    assert browser.get("/golden-values/edits/1/withdraw/").status_code == 405


def test_an_edit_that_is_outranked_is_shown_so_that_it_can_be_withdrawn(
    browser: Client, contact: Contact
) -> None:
    made = say(contact, "direct_marketing", PINNED, direct_marketing="yes")
    claim("SHOP", "S1", first_name="Helen", last_name="Reid", email_1="helen@example.com",
          direct_marketing="no", claimed_at="2020-01-01")  # fmt: skip
    assert again(contact).direct_marketing is False
    page = browser.get(f"/contacts/{contact.pk}/").text
    assert "Edits that do not count now" in page
    assert f"/golden-values/edits/{made.pk}/withdraw/" in page


def test_a_yes_pinned_in_the_face_of_a_no_is_said_on_the_page(browser: Client) -> None:
    contact = contact_of(claim("TICKETING", "1", last_name="Reid", direct_marketing="no"))
    say(contact, "direct_marketing", PINNED, direct_marketing="yes")
    assert "A source says no" in browser.get(f"/contacts/{contact.pk}/").text


def tasks(**which: bool) -> list[tuple[str, str, str]]:
    return [(one.system_ref, one.says, one.right) for one in Tasks(actor=COMMAND_LINE, **which)[0:50]]


def test_a_correction_is_told_to_every_source_that_says_otherwise(contact: Contact) -> None:
    say(contact, "name", PINNED, first_name="Lena", last_name="Reid")
    assert tasks() == [("T1", "Eleni Reid", "Lena Reid"), ("S1", "Helen Reid", "Lena Reid")]
    claim("TICKETING", "T1", first_name="Lena", last_name="Reid", email_1="eleni@example.com")
    again(contact)
    assert tasks() == [("S1", "Helen Reid", "Lena Reid")], "who mended it is told nothing"


def test_choosing_among_what_sources_say_corrects_nobody(contact: Contact) -> None:
    say(contact, "emails", PINNED, email_1="helen@example.com")
    assert tasks() == []
    say(contact, "emails", PINNED, email_1="new@example.com")
    assert [one[0] for one in tasks()] == ["T1", "S1"]


def test_a_missing_value_is_told_to_the_system_ref_it_hangs_on_only(contact: Contact) -> None:
    say(contact, "birth_date", PINNED, birth_date="14/03/1987")
    assert len(tasks()) == 1
    assert tasks()[0][1:] == ("", "14 Mar 1987")


def test_a_typed_address_is_told_until_the_source_has_it(contact: Contact) -> None:
    say(contact, "addresses", PINNED, address_1_line1="12 Harbour Walk", address_1_city="Limassol")
    assert [one[0] for one in tasks()] == ["T1"]
    claim("TICKETING", "T1", last_name="Reid", address_1_line1="12 HARBOUR WALK", address_1_city="Limassol")
    again(contact)
    assert tasks() == []


def test_told_is_marked_with_who_and_opens_again_when_either_side_says_another_thing(
    browser: Client, contact: Contact
) -> None:
    made = say(contact, "gender", PINNED, gender="female")
    ticket = SourceRecord.objects.get(system_ref="T1")
    anchor = made.record_id
    answer = browser.post("/tell-the-source/told/", {"task": f"{made.pk}-{anchor}"})
    assert answer.status_code == 302
    assert tasks() == []
    assert tasks(told=True) == [(made.record.system_ref, "", "Female")]
    assert "Told by Agent" in browser.get("/tell-the-source/?told=yes").text

    claim("TICKETING", "T1", first_name="Eleni", last_name="Reid", gender="male", email_1="eleni@example.com")
    again(contact)
    assert ("T1", "Male", "Female") in tasks()
    actions.mark_told(actor=COMMAND_LINE, tasks=[Task(made.pk, ticket.pk)])
    assert "T1" not in [one[0] for one in tasks()]
    say(contact, "gender", PINNED, gender="other")
    assert ("T1", "Male", "Other") in tasks()


def test_told_needs_a_correction(browser: Client, contact: Contact) -> None:
    assert browser.post("/tell-the-source/told/").status_code == 422
    assert browser.post("/tell-the-source/told/", {"task": "x-1"}).status_code == 404
    assert browser.post("/tell-the-source/told/", {"task": "1-1"}).status_code == 302
    assert not ToldSource.objects.exists()


def test_corrections_of_one_source_are_downloaded_and_inert_in_a_spreadsheet(browser: Client) -> None:
    record = claim("TICKETING", "=1+1", first_name="Eleni", last_name="Reid")
    contact = contact_of(record)
    say(contact, "name", PINNED, first_name="=cmd", last_name="Reid")
    contact_of(claim("SHOP", "S9", first_name="Other", last_name="Person"))
    answer = browser.get(f"/tell-the-source/{record.source_id}/csv/")
    assert answer["Content-Type"].startswith("text/csv")
    header, line = csv.reader(io.StringIO(answer.text))
    assert dict(zip(header, line, strict=True))["System Ref"] == "'=1+1"
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in line)


def test_the_list_and_the_contact_ask_the_same_number_of_queries_for_one_as_for_many(
    browser: Client, contact: Contact
) -> None:
    say(contact, "gender", gender="female")
    counts: dict[str, list[int]] = {}
    for size in (1, 12):
        for n in range(size - 1):
            other = contact_of(claim("TICKETING", f"X{n}", first_name="A", last_name="B"))
            say(other, "name", first_name="C", last_name="D")
        if size > 1:
            for field, text in (("language", "el"), ("residence_country", "CY"), ("birth_date", "1/2/1990")):
                say(contact, field, **{field: text})
        for url in ("/tell-the-source/", f"/contacts/{contact.pk}/"):
            browser.get(url)
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(url).status_code == 200
            counts.setdefault(url, []).append(len(asked))
    assert all(few == many for few, many in counts.values()), counts
