"""C43, X10: money that still arrives for somebody who was anonymised."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.accounts import actions as accounts
from kith.accounts.models import Account, AccountTransaction, LinkedItem
from kith.audit.models import Entry
from kith.contacts.models import Contact
from kith.kernel.clock import now
from kith.kernel.errors import Refused
from kith.privacy.erasing import steps
from kith.privacy.sections import ANONYMISATION, Anonymisation
from kith.settings.actions import save_section
from kith.sources import actions, importing
from kith.sources.models import Import, SourceRecord, SourceSystem, SourceTransaction, Stopped
from tests.claims import place
from tests.privacy.erasing.test_erasures import allow, order

pytestmark = pytest.mark.django_db
POSTINGS = "Account number,Date,Amount,Currency,Reference,Text\n"
OLD = "A-1,2024-01-05,10,EUR,R-1,Ticket of Ann Leeson\n"
TEXT = "Transfer by Ann Leeson"


@pytest.fixture
def take_in() -> Callable[..., Import]:
    details = actions.SourceDetails(name="Billing", kind="billing", default_country="CY")
    source = actions.add_source(actor=COMMAND_LINE, code="BILLING", details=details)

    def run(text: str, kind: str) -> Import:
        job = actions.add_import(
            actor=COMMAND_LINE, source=source, kind=kind, file_name="file.csv", content=[text.encode()]
        )
        actions.start_import(actor=COMMAND_LINE, import_id=job.pk, in_background=False)
        done = importing.run_import(job.pk)
        assert done.state == Import.State.DONE, done.error
        return done

    return run


@pytest.fixture
def ann(take_in: Callable[..., Import]) -> Account:
    """Of somebody who was anonymised, with what was posted before; Bob's account is another."""
    allow()
    take_in("Client ID,First name,Last name\n1,Ann,Leeson\n2,Bob,Stone\n", "contacts")
    for record in SourceRecord.objects.order_by("pk"):
        place(Contact.objects.create(kind="person", name=record.system_ref), record)
    take_in("Client ID,Account number,Currency\n1,A-1,EUR\n2,B-1,EUR\n", "accounts")
    take_in(POSTINGS + OLD, "account_transactions")
    take_in("Client ID,Account number,Status\n1,A-1,terminated\n", "accounts")
    erasure = order(Contact.objects.get(name="1"))
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert erasure.state == "done", erasure.trouble
    return Account.objects.get(number="A-1")


def counts(job: Import) -> tuple[int, int, int, int]:
    return job.new_count, job.changed_count, job.unchanged_count, job.rejected_count


def test_c43_what_a_bank_file_brings_for_an_anonymised_account_goes_to_the_suspense_account(
    take_in: Callable[..., Import], ann: Account
) -> None:
    text = f"{POSTINGS}A-1,2026-03-01,25.50,EUR,R-2,{TEXT}\nB-1,2026-03-01,7,EUR,R-2,Seat\n"
    job = take_in(text, "account_transactions")
    assert counts(job) == (2, 0, 0, 0)
    stray = AccountTransaction.objects.get(account__is_suspense=True)
    assert (stray.reference, stray.amount, stray.currency) == ("A-1 / R-2", Decimal("25.50"), "EUR")
    assert stray.description == ""
    assert ann.transactions.count() == 1
    assert AccountTransaction.objects.get(account__number="B-1").description == "Seat"
    assert Entry.objects.get(event="StrayMoneyCaught").detail == {"transactions": 1}
    assert counts(take_in(text, "account_transactions")) == (0, 0, 2, 0)
    assert counts(take_in(text.replace("25.50", "26.00"), "account_transactions")) == (0, 1, 1, 0)


def test_c43_what_was_posted_before_is_neither_posted_again_nor_changed(
    take_in: Callable[..., Import], ann: Account
) -> None:
    assert counts(take_in(POSTINGS + OLD, "account_transactions")) == (0, 0, 1, 0)
    job = take_in(POSTINGS + OLD.replace(",10,", ",11,"), "account_transactions")
    assert counts(job) == (0, 0, 0, 1)
    row = job.rejected_rows.get()
    assert "stays as it was" in row.reason
    assert row.values == {}
    only = AccountTransaction.objects.get()
    assert (only.account_id, only.amount, only.description) == (ann.pk, Decimal(10), "")


def suspense_is(**said: object) -> None:
    """What no action does while anonymising is switched on."""
    Account.objects.filter(is_suspense=True).update(**said)


def test_c43_the_suspense_account_is_needed_while_anonymising_is_switched_on(ann: Account) -> None:
    suspense = Account.objects.get(is_suspense=True)
    with pytest.raises(Refused, match="needed"):
        accounts.delete_account(actor=COMMAND_LINE, account_id=suspense.pk)
    with pytest.raises(Refused, match="needed"):
        accounts.move_account(actor=COMMAND_LINE, account_id=suspense.pk, to="terminated")
    save_section(actor=COMMAND_LINE, section=ANONYMISATION, value=Anonymisation())
    accounts.move_account(actor=COMMAND_LINE, account_id=suspense.pk, to="terminated")
    with pytest.raises(Refused, match="no Suspense Account"):
        save_section(actor=COMMAND_LINE, section=ANONYMISATION, value=Anonymisation(is_enabled=True))
    accounts.delete_account(actor=COMMAND_LINE, account_id=suspense.pk)
    assert not Account.objects.filter(is_suspense=True).exists()


def test_c43_without_an_active_suspense_account_nothing_of_the_row_is_kept(
    take_in: Callable[..., Import], ann: Account
) -> None:
    suspense = Account.objects.get(is_suspense=True)
    suspense_is(state="terminated", terminated_at=now())
    job = take_in(f"{POSTINGS}A-1,2026-03-01,25.50,EUR,R-2,{TEXT}\n", "account_transactions")
    row = job.rejected_rows.get()
    assert "no active Suspense Account" in row.reason
    assert row.values == {}
    accounts.move_account(actor=COMMAND_LINE, account_id=suspense.pk, to="active")
    suspense_is(currency="USD")
    job = take_in(f"{POSTINGS}A-1,2026-03-01,25.50,EUR,R-2,{TEXT}\n", "account_transactions")
    assert "another currency" in job.rejected_rows.get().reason
    assert job.rejected_rows.get().values == {}


def test_x10_accounts_items_and_transactions_of_her_system_ref_are_refused_and_nothing_of_them_is_kept(
    take_in: Callable[..., Import], ann: Account
) -> None:
    for text, kind in (
        ("Client ID,Account number,Name\n1,A-9,Ann Leeson\n", "accounts"),
        ("Client ID,Title,Notes\n1,Season ticket of Ann,Ann Leeson\n", "linked_items"),
        ("Client ID,Date,Amount,Order ID,Product\n1,01/03/2026,5,O-1,Ticket of Ann\n", "transactions"),
        ("Client ID,Date,Amount,Order ID,Product\n1,never,5,O-1,Ticket of Ann\n", "transactions"),
    ):
        job = take_in(text, kind)
        assert (job.new_count, job.rejected_count) == (0, 1), kind
        row = job.rejected_rows.get()
        assert "anonymised" in row.reason
        assert row.values == {}, kind
    assert not Account.objects.filter(number="A-9").exists()
    assert not LinkedItem.objects.exists()
    assert not SourceTransaction.objects.exists()
    assert Stopped.objects.get(source=SourceSystem.objects.get(code="BILLING")).times == 4


def test_c43_the_suspense_account_stays_while_it_holds_what_it_caught(
    take_in: Callable[..., Import], ann: Account
) -> None:
    take_in(f"{POSTINGS}A-1,2026-03-01,25.50,EUR,R-2,{TEXT}\n", "account_transactions")
    suspense = Account.objects.get(is_suspense=True)
    with pytest.raises(Refused):
        accounts.delete_account(actor=COMMAND_LINE, account_id=suspense.pk)


def test_c42_the_page_of_an_account_offers_nothing(
    ann: Account, administrator: User, client_of: Callable[[User], Client]
) -> None:
    page = client_of(administrator).get(reverse("accounts:detail", args=(ann.pk,)))
    assert page.status_code == 200
    for name in ("edit", "post", "move", "delete"):
        assert reverse(f"accounts:{name}", args=(ann.pk,)) not in page.text, name
    tried = client_of(administrator).post(reverse("accounts:delete", args=(ann.pk,)))
    assert tried.status_code == 409
    assert Account.objects.filter(pk=ann.pk).exists()
