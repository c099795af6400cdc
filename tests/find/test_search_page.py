"""C25: every criterion, orders, pages, columns, saved views; nothing personal in an address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from kith.access.models import User
from kith.accounts.models import Account
from kith.audit.models import Entry
from kith.contacts.asking import Value
from kith.contacts.models import Contact, SuppressedRecord, Suppression
from kith.contacts.rights.sight import sight_of
from kith.find import listing, searches
from kith.find.actions import forget_old_searches, keep_search
from kith.find.choosing import chosen, describe
from kith.find.listing import Place, listed
from kith.find.models import StoredSearch
from kith.find.searches import Search, Sort, SortKey
from kith.find.stored import search_of
from kith.kernel.errors import NotFound
from tests.contacts import factories

ClientOf = Callable[[User], Client]


def test_a_search_reads_as_it_was_written() -> None:
    asked = {
        "last_name": Value(text="Παππά"),
        "kind": Value(codes=("company", "person")),
        "created": Value(first=date(2026, 1, 1), last=date(2026, 2, 1)),
        "town": Value(),
    }
    search = Search.of(asked, sort=Sort(SortKey.UPDATED, descending=True), columns=("email", "phone"))
    assert searches.read(searches.written(search)) == search
    assert [one.key for one in search.asked] == ["created", "kind", "last_name"]
    assert Sort.read("-updated") == search.sort
    assert Sort.read("nonsense") == Sort()


def _account(contact: Contact, *, state: str = "active") -> None:
    Account.objects.create(
        record_id=contact.primary_record_id or contact.memberships.get().record_id,
        number=f"A-{contact.pk}",
        currency="EUR",
        state=state,
        terminated_at="2026-01-01T00:00Z" if state == "terminated" else None,
    )


def _suppress(contact: Contact) -> None:
    said = Suppression.objects.create(reason=Suppression.Reason.OPT_OUT, actor="x")
    SuppressedRecord.objects.create(suppression=said, record_id=contact.memberships.get().record_id)


@pytest.mark.django_db
def test_c25_surname_and_life_cycle_find_exactly_the_matching_contacts(
    client_of: ClientOf, viewer: User, agent: User
) -> None:
    wanted, closed, other, hushed = (factories.person(first, "Rossi") for first in ("A", "B", "C", "D"))
    stranger = factories.person("E", "Verdi")
    for contact in (wanted, stranger, hushed):
        _account(contact)
    _account(closed, state="terminated")
    _suppress(hushed)

    def found(client: Client, **given: object) -> set[int]:
        answer = client.post("/contacts/", given)
        address = answer["Content-Location"]
        assert "rossi" not in address.lower()
        listed = {row.pk for row in answer.context["contacts"]}
        assert listed == {row.pk for row in client.get(address).context["contacts"]}
        return listed

    browser = client_of(viewer)
    financial = {"last_name": "rossi", "life_cycle": "financial"}
    assert found(browser, **financial) == {wanted.pk, hushed.pk}
    assert found(browser, **financial, suppressed="no") == {wanted.pk}
    assert found(browser, last_name="rossi", suppressed="yes") == {hushed.pk}
    assert found(browser, last_name="rossi", life_cycle="marketing") == {closed.pk, other.pk}
    assert found(browser, account_number=f"A-{stranger.pk}") == {stranger.pk}
    address = browser.post("/contacts/", {"last_name": "rossi", "columns": "email,created"})[
        "Content-Location"
    ]
    shared = client_of(agent).get(address)
    assert len(shared.context["contacts"]) == 4
    assert [one.code for one in shared.context["columns"]] == ["email", "created"]
    plain = browser.post("/contacts/", {"kind": ["company", "person"], "updated_from": "2020-01-01"})[
        "Location"
    ]
    assert plain == "/contacts/?kind=company&kind=person&updated_from=2020-01-01"
    wrong = browser.post("/contacts/", {"created_from": "soon", "last_name": "rossi"})
    assert wrong.status_code == 422
    assert 'value="soon"' in wrong.text
    assert 'value="rossi"' in wrong.text
    gone = browser.get("/contacts/?s=none")
    assert gone.status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["name", "-name", "updated", "-group_id"])
def test_c25_every_contact_stands_on_one_page_in_order_both_ways(
    viewer: User, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    people = [factories.person(first, "Same") for first in "badcegf"]
    sight = sight_of(viewer)
    search = Search.of({"last_name": Value(text="same")}, sort=Sort.read(text))

    def walked() -> list[list[int]]:
        pages, place = [], Place()
        while True:
            page = listed(search, sight=sight, place=place, size=3)
            pages.append(list(page.ids))
            if not page.has_next:
                break
            place = Place(after=page.after)
        back = listed(search, sight=sight, place=Place(before=pages[1][0]), size=3)
        assert list(back.ids) == pages[0]
        assert page.counted.number == 7 or page.counted.is_more
        return pages

    few = walked()
    assert sorted(pk for page in few for pk in page) == sorted(one.pk for one in people)
    monkeypatch.setattr(listing, "LOOKED_AT", 2)
    assert walked() == few
    monkeypatch.setattr(listing, "COUNTED", 3)
    assert walked() == few
    cut = listed(Search.of({"last_name": Value(text="same")}), sight=sight)
    assert cut.is_cut
    assert len(cut.ids) == 2


@pytest.mark.django_db
def test_c25_a_view_is_saved_shared_and_deleted(client_of: ClientOf, viewer: User, agent: User) -> None:
    factories.person("Anna", "Rossi")
    mine, theirs = client_of(viewer), client_of(agent)
    token = mine.post("/contacts/", {"last_name": "rossi"}).context["token"]
    kept = {"s": token, "sort": "-name", "columns": "email", "name": "My Rossis"}
    saved = mine.post("/contacts/find/views/", kept)["Location"]
    view = StoredSearch.objects.exclude(name="").get()
    assert view.token in saved
    assert "My Rossis" in mine.get("/contacts/").text
    assert "My Rossis" not in theirs.get("/contacts/").text
    assert theirs.get(saved).status_code == 404
    mine.post("/contacts/find/views/", {**kept, "is_shared": "on"})
    assert StoredSearch.objects.exclude(name="").count() == 1
    assert "My Rossis" in theirs.get("/contacts/").text
    assert theirs.get(saved).status_code == 200
    assert theirs.post(f"/contacts/find/views/{view.token}/delete/").status_code == 403
    assert mine.post(f"/contacts/find/views/{view.token}/delete/").status_code == 302
    assert not StoredSearch.objects.exclude(name="").exists()
    assert not Entry.objects.filter(event__startswith="View", detail__icontains="rossi").exists()


@pytest.mark.django_db
def test_kept_searches_are_sealed_told_in_words_and_forgotten(viewer: User) -> None:
    search = Search.of({"email": Value(text="anna@example.org"), "kind": Value(codes=("person",))})
    token = keep_search(actor=viewer.actor, search=search)
    row = StoredSearch.objects.get()
    assert b"anna" not in bytes(row.body)
    assert search_of(token, actor=viewer.actor) == search
    assert describe(search) == ["E-mail (given)", "Type: Person"]
    assert not chosen(Search(), sight=sight_of(viewer)).exists()
    StoredSearch.objects.update(created_at="2020-01-01T00:00Z")
    assert forget_old_searches(actor=viewer.actor) == 1
    with pytest.raises(NotFound):
        search_of(token, actor=viewer.actor)
