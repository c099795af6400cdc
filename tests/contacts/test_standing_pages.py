from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kith.access.models import User
from kith.contacts import actions
from kith.contacts.models import Contact, Suppression
from kith.contacts.standing import standing_of
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def suppressed(user: User, *, reason: str = "manual", note: str = "Asked at the desk") -> tuple[Contact, int]:
    contact = factories.eleni()
    made = actions.suppress(actor=user.actor, contact_id=contact.pk, reason=reason, note=note)
    return contact, made.pk


def test_k19_the_word_stands_by_the_name_and_the_reason_under_suppressions(
    client_of: ClientOf, privacy_officer: User, viewer: User
) -> None:
    contact, _ = suppressed(privacy_officer)
    page = client_of(viewer).get(f"/contacts/{contact.pk}/").text
    heading = page[page.index("<h1") : page.index("</h1>")]
    assert "Suppressed" in heading
    for word in ("Manual", "Asked at the desk", privacy_officer.name):
        assert word in page[page.index('id="suppressions"') :]
    assert "Unflag" not in page


def test_k19_a_restriction_stands_by_the_name_and_who_may_not_change_it_is_offered_nothing(
    client_of: ClientOf, privacy_officer: User, agent: User
) -> None:
    contact, _ = suppressed(privacy_officer, reason="restricted", note="Contested on 3 May")
    page = client_of(agent).get(f"/contacts/{contact.pk}/").text
    heading = page[page.index("<h1") : page.index("</h1>")]
    assert "Suppressed" in heading
    assert "Processing restricted" in heading
    assert "Contested on 3 May" in page[page.index('id="suppressions"') :]
    assert "Add a value" not in page
    assert "Photo…" not in page
    theirs = client_of(privacy_officer).get(f"/contacts/{contact.pk}/").text
    assert "Add a value" in theirs
    assert "Photo…" in theirs


def test_k19_restrictions_are_filtered_and_counted_and_offered_by_the_form(
    client_of: ClientOf, privacy_officer: User
) -> None:
    browser, contact = client_of(privacy_officer), factories.eleni()
    address = f"/contacts/{contact.pk}/suppress/"
    form = {"reason": "restricted", "scope": "all", "note": "Contested"}
    assert browser.post(address, {**form, "scope": "post"}).status_code == 422
    assert browser.post(address, {**form, "ends_on": "2030-01-01"}).status_code == 422
    answer = browser.post(address, form, follow=True)
    assert "used for nothing from now on" in answer.text
    page = browser.get("/suppressions/?reason=restricted").text
    assert "Contested" in page
    assert page.count("Processing restricted") >= 3, "in the filter, in the row, in the counts"
    assert "Contested" not in browser.get("/suppressions/?reason=manual").text


def test_a_free_contact_says_nothing_by_the_name(client_of: ClientOf, viewer: User) -> None:
    page = client_of(viewer).get(f"/contacts/{factories.eleni().pk}/").text
    assert "Suppressed" not in page
    assert "Suppress…" not in page


def test_k21_the_menu_offers_suppressing_to_privacy_users_only(
    client_of: ClientOf, privacy_officer: User, viewer: User
) -> None:
    contact = factories.eleni()
    menu = client_of(privacy_officer).get(f"/contacts/{contact.pk}/").context["head"].menu
    said = {link.label: link.unavailable for link in menu}
    assert said["Suppress…"] == ""
    assert said["Unflag Suppression"] == "Not suppressed"
    actions.suppress(actor=privacy_officer.actor, contact_id=contact.pk, reason="manual", note="")
    menu = client_of(privacy_officer).get(f"/contacts/{contact.pk}/").context["head"].menu
    assert {link.label: link.unavailable for link in menu}["Unflag Suppression"] == ""
    menu = client_of(viewer).get(f"/contacts/{contact.pk}/").context["head"].menu
    assert "Suppress…" not in {link.label for link in menu}


def test_k21_a_privacy_user_sees_the_five_of_the_row_and_a_viewer_none_of_them(
    client_of: ClientOf, privacy_officer: User, viewer: User
) -> None:
    allow()
    contact = factories.eleni()
    five = {"Ungroup…", "Flag Deceased…", "Suppress…", "Anonymise…", "Request Information…"}
    menus = {
        user: {
            link.label: link.unavailable
            for link in client_of(user).get(f"/contacts/{contact.pk}/").context["head"].menu
        }
        for user in (privacy_officer, viewer)
    }
    assert {label: menus[privacy_officer].get(label) for label in five} == dict.fromkeys(five, "")
    assert five.isdisjoint(menus[viewer])


def test_k23_suppressing_by_the_form(client_of: ClientOf, privacy_officer: User) -> None:
    contact = factories.eleni()
    browser = client_of(privacy_officer)
    assert "Suppress…" in browser.get(f"/contacts/{contact.pk}/").text
    address = f"/contacts/{contact.pk}/suppress/"
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"reason": "", "note": ""}).status_code == 422
    assert browser.post(address, {"reason": "manual", "note": "Asked"}).status_code == 302
    assert [one.note for one in standing_of([contact.pk])[contact.pk]] == ["Asked"]
    again = browser.post(address, {"reason": "manual", "note": "Asked"})
    assert again.status_code == 422
    assert "already" in again.text


def test_k20_one_confirmation_is_not_enough(client_of: ClientOf, privacy_officer: User) -> None:
    contact, suppression = suppressed(privacy_officer)
    browser = client_of(privacy_officer)
    address = f"/contacts/{contact.pk}/suppressions/{suppression}/lift/"
    assert "Unflag Suppression" in browser.get(address).text
    assert browser.post(address, {"note": "He wrote"}).status_code == 422
    assert browser.post(address, {"sure": "on"}).status_code == 422
    assert standing_of([contact.pk])[contact.pk]
    assert browser.post(address, {"note": "He wrote", "sure": "on"}).status_code == 302
    assert not standing_of([contact.pk])[contact.pk]


def test_k20_an_anonymised_one_offers_no_unflag(client_of: ClientOf, administrator: User) -> None:
    contact, suppression = suppressed(administrator)
    Suppression.objects.filter(pk=suppression).update(reason="anonymised")
    browser = client_of(administrator)
    page = browser.get(f"/contacts/{contact.pk}/").text
    assert "/lift/" not in page
    address = f"/contacts/{contact.pk}/suppressions/{suppression}/lift/"
    assert "cannot be unflagged" in browser.get(address).text
    assert browser.post(address, {"note": "No", "sure": "on"}).status_code == 422


def test_who_may_not_is_refused_and_a_stranger_signs_in(
    client: Client, client_of: ClientOf, steward: User, privacy_officer: User
) -> None:
    contact, suppression = suppressed(privacy_officer)
    paths = ("suppress/", f"suppressions/{suppression}/lift/")
    for path in paths:
        address = f"/contacts/{contact.pk}/{path}"
        assert client.get(address).status_code == 302
        assert client_of(steward).get(address).status_code == 403
        assert client_of(steward).post(address).status_code == 403


def test_what_is_unknown_is_404(client_of: ClientOf, privacy_officer: User) -> None:
    contact = factories.eleni()
    gone = factories.person()
    factories.retire(gone, successor=contact)
    browser = client_of(privacy_officer)
    for path in ("1/suppress/", f"{gone.pk}/suppress/", f"{contact.pk}/suppressions/{2**70}/lift/"):
        assert browser.get(f"/contacts/{path}").status_code == 404


def test_the_card_asks_as_much_for_one_suppression_as_for_four(
    client_of: ClientOf, privacy_officer: User
) -> None:
    contact, _ = suppressed(privacy_officer)
    browser = client_of(privacy_officer)
    browser.get(f"/contacts/{contact.pk}/")
    counts = []
    for more in ((), ("opt_out", "bounced", "deceased")):
        for reason in more:
            actions.suppress(actor=privacy_officer.actor, contact_id=contact.pk, reason=reason, note="")
        with CaptureQueriesContext(connection) as asked:
            browser.get(f"/contacts/{contact.pk}/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
