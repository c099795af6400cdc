"""C60, C29, A14, A29: accounts and their states, what is posted, linked items, and the life cycle."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.accounts import actions, queries
from kith.accounts.addresses import address_in_use, addresses_of
from kith.accounts.life_cycle import IS_FINANCIAL, condition
from kith.accounts.models import Account, AccountTransaction, LinkedItem
from kith.accounts.rules import AccountDetails, ItemDetails, Posting, details_of_item
from kith.audit.models import Entry
from kith.contacts.actions import suppress
from kith.contacts.life_cycle import LifeCycle, life_cycles_of
from kith.contacts.models import Contact
from kith.kernel.errors import NotAllowed, Refused
from tests.contacts import factories

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def _account(contact: Contact, number: str = "A-1", **more: str) -> Account:
    return actions.add_account(
        actor=COMMAND_LINE, contact_id=contact.pk, details=AccountDetails(number=number, **more)
    )


def _move(account: Account, to: str) -> Account:
    return actions.move_account(actor=COMMAND_LINE, account_id=account.pk, to=to)


def _post(account: Account, amount: str, reference: str, **more: object) -> AccountTransaction:
    posting = Posting(reference=reference, date=date(2026, 11, 1), amount=Decimal(amount), **more)  # type: ignore[arg-type]
    return actions.post(actor=COMMAND_LINE, account_id=account.pk, posting=posting)


def _life_cycle(contact: Contact) -> LifeCycle:
    return life_cycles_of([contact.pk])[contact.pk]


# Life cycle


def test_c60_of_two_accounts_one_terminated_the_contact_is_still_financial() -> None:
    ann = factories.person("Ann", "Leeson")
    first, second = _account(ann, "A-1"), _account(ann, "A-2")
    _move(first, "terminated")
    assert _life_cycle(ann) is LifeCycle.FINANCIAL
    _move(second, "terminated")
    assert _life_cycle(ann) is LifeCycle.MARKETING


def test_c60_accounts_are_active_suspended_or_terminated_and_stay_terminated() -> None:
    account = _account(factories.person())
    _move(account, "suspended")
    _move(account, "active")
    assert _move(account, "terminated").terminated_at is not None
    for to in ("active", "suspended", "terminated"):
        with pytest.raises(Refused):
            _move(account, to)
    with pytest.raises(Refused):
        _move(_account(factories.person(), "A-2"), "closed")


def test_a14_a_contact_is_exactly_marketing_or_financial_and_nobody_sets_it() -> None:
    ann, bob, cid = (factories.person(name, "Leeson") for name in ("Ann", "Bob", "Cid"))
    _account(ann, "A-1")
    _move(_account(ann, "A-2"), "terminated")
    _move(_account(bob, "B-1"), "suspended")
    _move(_account(cid, "C-1"), "terminated")
    found = life_cycles_of([ann.pk, bob.pk, cid.pk])
    assert [found[one.pk].value for one in (ann, bob, cid)] == ["financial", "financial", "marketing"]
    for cycle, expected in ((LifeCycle.FINANCIAL, {ann.pk, bob.pk}), (LifeCycle.MARKETING, {cid.pk})):
        rows = Contact.objects.filter(condition(cycle), state="active")
        assert set(rows.values_list("pk", flat=True)) == expected
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT c.id FROM contacts_contact c WHERE {IS_FINANCIAL.format(contact='c.id')}")
        assert {pk for (pk,) in cursor.fetchall()} == {ann.pk, bob.pk}
    assert "life_cycle" not in {field.name for field in Contact._meta.get_fields()}


def test_c29_the_life_cycle_stands_next_to_the_name(agent: User, client_of: ClientOf) -> None:
    ann = factories.person("Ann", "Leeson")
    client, address = client_of(agent), reverse("contacts:detail", args=[ann.pk])
    assert ">Marketing</span>" in client.get(address).text
    account = _account(ann)
    page = client.get(address).text
    assert ">Financial</span>" in page
    assert ">Marketing</span>" not in page
    _move(account, "terminated")
    assert ">Marketing</span>" in client.get(address).text


# Accounts


@pytest.mark.parametrize(
    ("reason", "sentence"), [("deceased", "The person is deceased"), ("restricted", "been restricted")]
)
def test_a11_nothing_new_is_sold_to_who_is_deceased_and_what_there_is_can_be_settled(
    reason: str, sentence: str
) -> None:
    ann = factories.person("Ann", "Leeson")
    account, asleep = _account(ann), _move(_account(ann, "A-2"), "suspended")
    ended = _item(ann, kind="subscription", is_running=False)
    suppress(actor=COMMAND_LINE, contact_id=ann.pk, reason=reason, note="Her daughter wrote")
    for sells in (
        lambda: _account(ann, "A-3"),
        lambda: _move(asleep, "active"),
        lambda: _item(ann, kind="subscription"),
        lambda: _item(ann, kind="lead"),
        lambda: _edit_item(ended, is_running=True),
    ):
        with pytest.raises(Refused, match=sentence):
            sells()
    assert (Account.objects.count(), LinkedItem.objects.count()) == (2, 1)
    _post(account, "-12.00", "R-1")
    _item(ann, kind="service_request")
    _edit_item(ended, title="Season 2025, paid back")
    assert _move(account, "terminated").state == "terminated"


def _item(contact: Contact, **told: object) -> LinkedItem:
    details = ItemDetails(**{"title": "Season 2025", **told})  # type: ignore[arg-type]
    return actions.add_item(actor=COMMAND_LINE, contact_id=contact.pk, details=details)


def _edit_item(item: LinkedItem, **told: object) -> LinkedItem:
    details = replace(details_of_item(item), **told)  # type: ignore[arg-type]
    return actions.edit_item(actor=COMMAND_LINE, item_id=item.pk, details=details)


def test_a_number_is_taken_once_and_every_reason_is_said() -> None:
    ann = factories.person("Ann", "Leeson")
    _account(ann, "A-1")
    with pytest.raises(Refused, match="Another account has this number; the currency is a code"):
        _account(ann, "A-1", currency="euro")


def test_the_balance_is_the_sum_of_what_is_posted_and_the_wallet_stands_apart() -> None:
    account = _account(factories.person())
    _post(account, "100.00", "R1")
    _post(account, "-30.25", "R2", is_unbilled=True)
    _post(account, "5", "R3", kind="wallet")
    line = queries.account_line(account)
    assert (line.balance, line.wallet, line.unbilled, line.transactions) == (
        Decimal("69.75"),
        Decimal("5.00"),
        Decimal("-30.25"),
        3,
    )


def test_nothing_is_posted_twice_or_to_a_terminated_account() -> None:
    account = _account(factories.person())
    _post(account, "1", "R1")
    with pytest.raises(Refused, match="with this reference"):
        _post(account, "2", "R1")
    with pytest.raises(Refused, match="The amount is not nothing"):
        _post(account, "0", "R2")
    _move(account, "terminated")
    with pytest.raises(Refused, match="terminated"):
        _post(account, "2", "R2")


def test_what_holds_transactions_is_not_deleted_and_keeps_its_currency() -> None:
    account = _account(factories.person())
    actions.edit_account(
        actor=COMMAND_LINE, account_id=account.pk, details=AccountDetails(number="A-2", currency="GBP")
    )
    _post(account, "1", "R1")
    with pytest.raises(Refused, match="currency stays"):
        actions.edit_account(
            actor=COMMAND_LINE, account_id=account.pk, details=AccountDetails(number="A-2", currency="EUR")
        )
    with pytest.raises(Refused, match="holds 1 transaction: terminate it instead"):
        actions.delete_account(actor=COMMAND_LINE, account_id=account.pk)
    other = _account(factories.person(), "B-1")
    actions.delete_account(actor=COMMAND_LINE, account_id=other.pk)
    assert Account.objects.get() == account


def test_c43_there_is_one_suspense_account_and_it_stays_while_it_holds_entries(agent: User) -> None:
    made = actions.make_suspense_account(actor=COMMAND_LINE, details=AccountDetails(number="SUSPENSE"))
    with pytest.raises(Refused, match="already"):
        actions.make_suspense_account(actor=COMMAND_LINE, details=AccountDetails(number="OTHER"))
    with pytest.raises(NotAllowed):
        actions.delete_account(actor=agent.actor, account_id=made.pk)
    with pytest.raises(Refused, match="never suspended"):
        _move(made, "suspended")
    _post(made, "12", "stray")
    with pytest.raises(Refused, match="The Suspense Account holds 1 transaction"):
        actions.delete_account(actor=COMMAND_LINE, account_id=made.pk)
    _move(made, "terminated")
    assert _move(made, "active").terminated_at is None


def test_the_journal_names_accounts_by_id_and_holds_no_number() -> None:
    ann = factories.person("Ann", "Leeson")
    account = _account(ann, "SECRET-77")
    _post(account, "1", "R-SECRET")
    entries = Entry.objects.filter(subject_type="account")
    assert set(entries.values_list("event", "subject_id", "group_id")) == {
        ("AccountAdded", account.pk, ann.pk),
        ("AccountTransactionPosted", account.pk, ann.pk),
    }
    assert not any("SECRET" in str(entry.detail) for entry in entries)


def test_c24_an_address_is_in_use_while_bills_go_there() -> None:
    ann = factories.person(
        "Ann", "Leeson", address_1_line1="12 Harbour Walk", address_1_city="Limassol", address_1_country="CY"
    )
    [(key, words)] = addresses_of(ann.pk, actor=COMMAND_LINE)
    assert "12 Harbour Walk" in words
    account = _account(ann, "A-1", billing_address=key)
    same = {"line1": "12, harbour walk", "city": "LIMASSOL", "country": "CY"}
    other = {**same, "line1": "13 Harbour Walk"}
    assert address_in_use(ann.pk, same) == ("bills of account A-1 go there",)
    assert address_in_use(ann.pk, other) == address_in_use(ann.pk, {}) == ()
    _move(account, "terminated")
    assert address_in_use(ann.pk, same) == ()


# Linked items


def test_a29_an_item_has_kind_title_dates_amounts_and_notes_and_runs_or_ended() -> None:
    ann = factories.person("Ann", "Leeson")
    item = actions.add_item(
        actor=COMMAND_LINE,
        contact_id=ann.pk,
        details=ItemDetails(
            kind="subscription",
            title="Season ticket",
            reference="S-9",
            started_date=date(2026, 8, 1),
            amount=Decimal("250"),
            currency="EUR",
            is_unbilled=True,
            notes="Pays by card",
        ),
    )
    again = ItemDetails(kind="subscription", title="Another", reference="S-9")
    with pytest.raises(Refused, match="kind and reference"):
        actions.add_item(actor=COMMAND_LINE, contact_id=ann.pk, details=again)
    ended = ItemDetails(
        kind="subscription",
        title="Season ticket",
        is_running=False,
        started_date=date(2026, 8, 1),
        ended_date=date(2026, 7, 1),
        amount=Decimal(1),
    )
    with pytest.raises(Refused, match="ends before it starts; an amount has a currency"):
        actions.edit_item(actor=COMMAND_LINE, item_id=item.pk, details=ended)
    actions.remove_item(actor=COMMAND_LINE, item_id=item.pk)
    assert not LinkedItem.objects.exists()


# Pages


def test_accounts_and_items_are_kept_on_their_pages(agent: User, client_of: ClientOf) -> None:
    ann = factories.person("Ann", "Leeson", address_1_line1="12 Harbour Walk", address_1_city="Limassol")
    client = client_of(agent)
    tab = reverse("contacts:tab", args=[ann.pk, "accounts"])
    assert "No accounts" in client.get(tab).text
    add = reverse("accounts:add", args=[ann.pk])
    assert "12 Harbour Walk" in client.get(add).text
    bad = client.post(add, {"number": "A-1", "name": "Ann", "currency": "€"})
    assert bad.status_code == 422
    assert 'value="A-1"' in bad.text
    assert client.post(add, {"number": "A-1", "name": "Ann", "currency": "eur"}).status_code == 302
    twice = client.post(add, {"number": "A-1", "currency": "EUR"})
    assert twice.status_code == 422
    assert "Another account has this number" in twice.text
    account = Account.objects.get()
    detail = reverse("accounts:detail", args=[account.pk])
    post = reverse("accounts:post", args=[account.pk])
    assert client.get(post).status_code == 200
    sent = {
        "kind": "financial",
        "date": "2026-11-01",
        "amount": "12.50",
        "reference": "R1",
        "is_unbilled": "on",
    }
    assert client.post(post, sent).status_code == 302
    assert client.post(post, sent).status_code == 422
    assert "€12.50" in client.get(detail).text or "12.50" in client.get(detail).text
    posted = AccountTransaction.objects.get()
    client.post(reverse("accounts:set-billed", args=[posted.pk]), {"unbilled": "no"})
    posted.refresh_from_db()
    assert not posted.is_unbilled
    edit = reverse("accounts:edit", args=[account.pk])
    assert client.post(edit, {"number": "A-7", "currency": "GBP"}).status_code == 422
    assert client.post(edit, {"number": "A-7", "currency": "EUR"}).status_code == 302
    gone = client.post(reverse("accounts:delete", args=[account.pk]), follow=True)
    assert "terminate it instead" in gone.text
    client.post(reverse("accounts:move", args=[account.pk]), {"to": "terminated"})
    page = client.get(detail).text
    assert "stays terminated" in page
    again = client.post(reverse("accounts:move", args=[account.pk]), {"to": "active"}, follow=True)
    assert "A terminated account stays terminated" in again.text
    item = reverse("accounts:add-item", args=[ann.pk])
    assert client.post(item, {"kind": "lead"}).status_code == 422
    assert client.post(item, {"kind": "lead", "title": "Box", "is_running": "on"}).status_code == 302
    found = LinkedItem.objects.get()
    change = reverse("accounts:edit-item", args=[found.pk])
    assert 'value="Box"' in client.get(change).text
    assert client.post(change, {"kind": "lead", "title": "Box seats"}).status_code == 302
    shown = client.get(tab).text
    for words in ("A-7", "Terminated", "Box seats", "Ended", "R1"):
        assert words in shown
    assert client.post(reverse("accounts:remove-item", args=[found.pk])).status_code == 302
    assert not LinkedItem.objects.exists()


def test_two_who_edit_one_account_or_item_at_once_do_not_overwrite_each_other(
    agent: User, client_of: ClientOf
) -> None:
    ann, browser = factories.person("Ann", "Leeson"), client_of(agent)
    account = _account(ann, "A-1", name="Ann")
    item = actions.add_item(actor=COMMAND_LINE, contact_id=ann.pk, details=ItemDetails(kind="job", title="x"))
    for address, sent, field, theirs in (
        (reverse("accounts:edit", args=[account.pk]), {"number": "A-1", "currency": "EUR"}, "name", "Bob"),
        (reverse("accounts:edit-item", args=[item.pk]), {"kind": "job"}, "title", "y"),
    ):
        seen = browser.get(address).context["form"].initial["seen"]
        assert browser.post(address, {**sent, field: theirs, "seen": seen}).status_code == 302
        clash = browser.post(address, {**sent, field: "mine", "seen": seen})
        assert clash.status_code == 422
        assert "Somebody changed this meanwhile" in clash.text
        assert f"Saved meanwhile: {theirs}" in clash.text
        assert 'value="mine"' in clash.text
        again = clash.context["form"]["seen"].value()
        assert browser.post(address, {**sent, field: "mine", "seen": again}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_a_number_at_the_same_moment_the_second_is_told() -> None:
    contacts, said = [factories.person(), factories.person("Ann", "Lee")], []
    taken = threading.Barrier(2, timeout=20)

    def add(contact: Contact) -> None:
        try:
            with transaction.atomic():
                list(Account.objects.filter(number="A-1"))
                taken.wait()
                _account(contact)
            said.append("added")
        except Refused as refused:
            said.append(refused.message)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=add, args=(one,)) for one in contacts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said)[1] == "added"
    assert "number" in sorted(said)[0]


def test_the_suspense_account_is_made_by_whoever_may_change_settings(
    power_user: User, agent: User, client_of: ClientOf
) -> None:
    place = reverse("accounts:suspense")
    assert client_of(agent).get(place).status_code == 403
    client = client_of(power_user)
    assert "No Suspense Account" in client.get(place).text
    make = reverse("accounts:make-suspense")
    assert client.get(make).status_code == 200
    assert client.post(make, {"number": "", "currency": "EUR"}).status_code == 422
    assert client.post(make, {"number": "SUSPENSE", "currency": "EUR"}).status_code == 302
    account = Account.objects.get()
    assert client.get(place)["Location"] == reverse("accounts:detail", args=[account.pk])
    assert "Suspense Account" in client.get(reverse("accounts:detail", args=[account.pk])).text
    assert client_of(agent).post(reverse("accounts:delete", args=[account.pk])).status_code == 403
    assert client.post(reverse("accounts:delete", args=[account.pk]))["Location"] == place


def test_readers_and_strangers_change_no_accounts(viewer: User, client_of: ClientOf) -> None:
    ann = factories.person("Ann", "Leeson")
    account = _account(ann)
    item = actions.add_item(actor=COMMAND_LINE, contact_id=ann.pk, details=ItemDetails(kind="job", title="x"))
    reader = client_of(viewer)
    assert reader.get(reverse("accounts:detail", args=[account.pk])).status_code == 200
    tab = reader.get(reverse("contacts:tab", args=[ann.pk, "accounts"])).text
    assert "Add account" not in tab
    for name, pk in (
        ("add", ann.pk),
        ("edit", account.pk),
        ("post", account.pk),
        ("add-item", ann.pk),
        ("edit-item", item.pk),
    ):
        address = reverse(f"accounts:{name}", args=[pk])
        assert reader.get(address).status_code == 403, name
        assert Client().get(address).status_code == 302, name
    for name, pk in (("move", account.pk), ("delete", account.pk), ("remove-item", item.pk)):
        assert reader.post(reverse(f"accounts:{name}", args=[pk])).status_code == 403, name


@pytest.mark.parametrize(
    "path", ["of/999/add/", "999/", "999/edit/", "999/post/", "items/of/999/add/", "items/999/edit/", "0/"]
)
def test_an_account_that_is_not_there_is_a_404(agent: User, client_of: ClientOf, path: str) -> None:
    assert client_of(agent).get(f"/accounts/{path}").status_code == 404


def test_the_tab_costs_the_same_with_one_account_and_with_many(agent: User, client_of: ClientOf) -> None:
    ann = factories.person("Ann", "Leeson")
    client, tab = client_of(agent), reverse("contacts:tab", args=[ann.pk, "accounts"])

    def fill(number: int) -> None:
        account = _account(ann, f"A-{number}")
        _post(account, "1", "R1")
        details = ItemDetails(kind="job", title=f"Job {number}")
        actions.add_item(actor=COMMAND_LINE, contact_id=ann.pk, details=details)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(tab).status_code == 200
        return len(asked)

    fill(0)
    cost()
    few = cost()
    for number in range(1, 8):
        fill(number)
    assert cost() == few
