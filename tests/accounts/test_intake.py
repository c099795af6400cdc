"""C60, A29 by import: accounts, transactions, linked items; deleted System Refs stay away (A15)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.accounts.models import Account, AccountTransaction, LinkedItem
from kith.contacts.deletion.actions import delete_contact
from kith.contacts.life_cycle import LifeCycle, life_cycles_of
from kith.contacts.models import Contact
from kith.jobs.progress import Cancelled
from kith.kernel.errors import Refused
from kith.sources import actions
from kith.sources.importing import run_import
from kith.sources.models import Import, SourceRecord, SourceSystem, Tombstone
from kith.sources.trying import try_out
from tests.claims import place

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
Importer = Callable[..., Import]


@pytest.fixture(autouse=True)
def import_folder(tmp_path: Path, settings: LazySettings) -> Path:
    settings.IMPORT_FOLDER = tmp_path / "imports"
    return tmp_path / "imports"


@pytest.fixture
def source(db: None) -> SourceSystem:
    details = actions.SourceDetails(name="Billing", kind="billing", default_country="CY")
    return actions.add_source(actor=COMMAND_LINE, code="BILLING", details=details)


@pytest.fixture
def draft(source: SourceSystem) -> Callable[..., Import]:
    def add(text: str, kind: str) -> Import:
        return actions.add_import(
            actor=COMMAND_LINE, source=source, kind=kind, file_name="file.csv", content=[text.encode()]
        )

    return add


@pytest.fixture
def take_in(draft: Callable[..., Import]) -> Importer:
    def run(text: str, kind: str) -> Import:
        job = draft(text, kind)
        actions.start_import(actor=COMMAND_LINE, import_id=job.pk, in_background=False)
        return run_import(job.pk)

    return run


@pytest.fixture
def clients(take_in: Importer) -> dict[str, int]:
    """GroupID by System Ref."""
    take_in("Client ID,First name\n1,Ann\n2,Bob\n", "contacts")
    found = {}
    for record in SourceRecord.objects.order_by("pk"):
        contact = Contact.objects.create(kind="person", name=f"Person {record.system_ref}")
        place(contact, record)
        found[record.system_ref] = contact.pk
    return found


def _counts(job: Import) -> tuple[int, int, int, int]:
    assert job.state == Import.State.DONE, job.error
    return job.new_count, job.changed_count, job.unchanged_count, job.rejected_count


def _reasons(job: Import) -> list[tuple[int, str, str]]:
    rows = job.rejected_rows.order_by("row_number")
    return [(row.row_number, row.column, row.reason) for row in rows]


ACCOUNTS = "Client ID,Account number,Name,Status,Currency\n"


def test_c60_a_file_of_accounts_makes_contacts_financial(take_in: Importer, clients: dict[str, int]) -> None:
    text = ACCOUNTS + "1,A-1,Ann Leeson,Active,EUR\n2,B-1,,closed,\n"
    assert _counts(take_in(text, "accounts")) == (2, 0, 0, 0)
    assert _counts(take_in(text, "accounts")) == (0, 0, 2, 0)
    ann, bob = Account.objects.order_by("number")
    assert (ann.name, ann.state, ann.currency) == ("Ann Leeson", "active", "EUR")
    assert (bob.state, bob.currency, bob.terminated_at is None) == ("terminated", "EUR", False)
    found = life_cycles_of(list(clients.values()))
    assert [found[clients[ref]] for ref in "12"] == [LifeCycle.FINANCIAL, LifeCycle.MARKETING]


def test_a_file_leaves_what_it_does_not_say_and_corrects_what_it_does(
    take_in: Importer, clients: dict[str, int]
) -> None:
    take_in(ACCOUNTS + "1,A-1,Ann,suspended,GBP\n", "accounts")
    again = take_in("Client ID,Account number,Classification\n1,A-1,VIP\n", "accounts")
    assert _counts(again) == (0, 1, 0, 0)
    account = Account.objects.get()
    assert (account.name, account.state, account.currency, account.classification) == (
        "Ann",
        "suspended",
        "GBP",
        "VIP",
    )


def test_accounts_that_do_not_fit_are_rejected_with_their_reasons(
    take_in: Importer, clients: dict[str, int]
) -> None:
    take_in(ACCOUNTS + "1,A-1,Ann,terminated,EUR\n1,C-1,Ann,,EUR\n", "accounts")
    job = take_in(
        ACCOUNTS + "9,N-1,,,\n1,,,,\n1,N-2,,sleeping,\n1,N-3,,,€\n2,C-1,,,\n1,A-1,,active,\n,N-4,,,\n",
        "accounts",
    )
    assert _counts(job) == (0, 0, 0, 7)
    assert _reasons(job) == [
        (2, "Client ID", "The source has no such System Ref."),
        (3, "Account number", "The row has no account number."),
        (4, "Status", "The state is not active, suspended or terminated."),
        (5, "Currency", "The currency is not a code of three letters."),
        (6, "Client ID", "This account hangs on another System Ref."),
        (7, "Status", "A terminated account stays terminated."),
        (8, "Client ID", "The row has no System Ref."),
    ]


POSTINGS = "Account number,Date,Amount,Reference,Type,Unbilled\n"


def test_a_file_of_account_transactions_is_posted_once(take_in: Importer, clients: dict[str, int]) -> None:
    take_in(ACCOUNTS + "1,A-1,Ann,,EUR\n2,B-1,Bob,terminated,EUR\n", "accounts")
    text = (
        POSTINGS
        + '1x,31/12/2025,5,R0,,\nA-1,31/12/2025,"1,234.50",R1,financial,yes\nA-1,01/01/2026,-5,R2,wallet,\n'
    )
    text += (
        "A-1,31/02/2026,5,R3,,\nA-1,01/01/2026,much,R4,,\nB-1,01/01/2026,5,R5,,\nA-1,01/01/2026,5,R6,cash,\n"
    )
    job = take_in(text, "account_transactions")
    assert _counts(job) == (2, 0, 0, 5)
    assert [(row, reason) for row, _, reason in _reasons(job)] == [
        (2, "There is no account with this number."),
        (5, "The date is missing or cannot be read."),
        (6, "The amount is missing or cannot be read."),
        (7, "The account is terminated."),
        (8, "A transaction is financial or of the wallet."),
    ]
    first = AccountTransaction.objects.get(reference="R1")
    assert (first.date, first.amount, first.currency, first.is_unbilled) == (
        date(2025, 12, 31),
        Decimal("1234.50"),
        "EUR",
        True,
    )
    again = take_in(POSTINGS + "A-1,31/12/2025,1234.50,R1,,no\n", "account_transactions")
    assert _counts(again) == (0, 1, 0, 0)
    unnamed = "Account number,Date,Amount\nA-1,02/01/2026,7\n"
    assert _counts(take_in(unnamed, "account_transactions")) == (1, 0, 0, 0)
    assert _counts(take_in(unnamed, "account_transactions")) == (0, 0, 1, 0)


def test_a29_a_file_of_linked_items_is_found_again_by_kind_and_reference(
    take_in: Importer, clients: dict[str, int]
) -> None:
    header = "Client ID,Kind,Reference,Title,Status,Start date,End date,Amount,Currency,Notes\n"
    text = header + "1,Subscription,S-1,Season ticket,running,01/08/2026,,250,EUR,by card\n"
    text += "2,service request,Q-7,Lost card,closed,,,,,\n1,ufo,X,Landing,,,,,,\n"
    text += "1,lead,L,Box,,02/08/2026,01/08/2026,,,\n"
    job = take_in(text, "linked_items")
    assert _counts(job) == (2, 0, 0, 2)
    ticket = LinkedItem.objects.get(reference="S-1")
    assert (ticket.kind, ticket.is_running, ticket.started_date, ticket.amount, ticket.currency) == (
        "subscription",
        True,
        date(2026, 8, 1),
        Decimal(250),
        "EUR",
    )
    request = LinkedItem.objects.get(reference="Q-7")
    assert (request.kind, request.is_running, request.amount, request.currency) == (
        "service_request",
        False,
        None,
        "",
    )
    ended = header + "1,subscription,S-1,Season ticket,ended,01/08/2026,31/05/2027,250,EUR,by card\n"
    assert _counts(take_in(ended, "linked_items")) == (0, 1, 0, 0)
    ticket.refresh_from_db()
    assert (ticket.is_running, ticket.ended_date) == (False, date(2027, 5, 31))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("accounts", ACCOUNTS + "1,A-1,Ann,,EUR\n9,N,,,\n"),
        ("linked_items", "Client ID,Title,Reference\n1,Box,1\n9,Box,2\n"),
    ],
)
def test_a_dry_run_says_what_would_happen_and_keeps_nothing(
    draft: Callable[..., Import], clients: dict[str, int], kind: str, text: str
) -> None:
    tried = try_out(draft(text, kind))
    assert (tried.counts.new, tried.counts.rejected, len(tried.understood)) == (1, 1, 2)
    assert not Account.objects.exists()
    assert not LinkedItem.objects.exists()


def test_columns_that_are_needed_have_to_be_mapped(
    draft: Callable[..., Import], clients: dict[str, int]
) -> None:
    job = draft("Client ID,Something\n1,x\n", "accounts")
    with pytest.raises(Refused, match="No column is mapped to Account number"):
        actions.start_import(actor=COMMAND_LINE, import_id=job.pk, in_background=False)
    with pytest.raises(Refused, match="There is no field called planet"):
        actions.save_mapping(actor=COMMAND_LINE, import_id=job.pk, mapping={"Something": "planet"})


def test_an_import_of_accounts_that_was_stopped_goes_on_and_ends_the_same(
    draft: Callable[..., Import], clients: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of contacts: chunk by chunk, each settled with its place."""
    from kith.accounts.intake.rows import TableIn
    from kith.sources.reading import table

    monkeypatch.setattr(table, "CHUNK_ROWS", 10)
    rows = "".join(f"{1 + n % 2},A-{n},,,\n" for n in range(60))
    job = draft(ACCOUNTS + rows, "accounts")
    actions.start_import(actor=COMMAND_LINE, import_id=job.pk, in_background=False)
    settle, calls = TableIn.settle, []

    def once(self: TableIn, prepared: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            raise Cancelled
        return settle(self, prepared)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(TableIn, "settle", once)
    stopped = run_import(job.pk)
    assert (stopped.state, stopped.rows_done, Account.objects.count()) == ("cancelled", 10, 10)
    actions.start_import(actor=COMMAND_LINE, import_id=job.pk, in_background=False)
    stopped = run_import(job.pk)
    assert _counts(stopped) == (60, 0, 0, 0)
    assert Account.objects.count() == 60


def test_the_pages_of_an_import_know_the_new_kinds(
    steward: User, client_of: ClientOf, draft: Callable[..., Import], clients: dict[str, int]
) -> None:
    client = client_of(steward)
    assert "Linked items" in client.get(reverse("imports:add")).text
    job = draft(ACCOUNTS + "1,A-1,Ann,,EUR\n", "accounts")
    page = client.get(reverse("imports:mapping", args=[job.pk])).text
    assert "Account number" in page
    preview = client.get(reverse("imports:preview", args=[job.pk])).text
    assert "A-1" in preview
    assert "Accounts" in client.get(reverse("imports:list")).text


# What was deleted does not come back


def test_a15_a_deleted_system_ref_is_rejected_with_a_reason_and_nothing_of_it_is_stored(
    take_in: Importer, draft: Callable[..., Import], clients: dict[str, int]
) -> None:
    assert delete_contact(actor=COMMAND_LINE, contact_id=clients["1"]) == 1
    assert Tombstone.objects.count() == 1
    text = "Client ID,First name\n1,Quetzalcoatl\n2,Bob\n3,Cid\n"
    tried = try_out(draft(text, "contacts"))
    assert (tried.counts.new, tried.counts.rejected) == (1, 1)
    job = take_in(text, "contacts")
    assert _counts(job) == (1, 0, 1, 1)
    [row] = job.rejected_rows.all()
    assert (row.row_number, row.column) == (2, "Client ID")
    assert "deleted in Kith" in row.reason
    assert row.values == {}
    assert set(SourceRecord.objects.values_list("system_ref", flat=True)) == {"2", "3"}


def test_the_tombstone_tells_nothing_without_its_key(
    clients: dict[str, int], settings: LazySettings, source: SourceSystem
) -> None:
    from kith.sources.tombstones import deleted_among

    delete_contact(actor=COMMAND_LINE, contact_id=clients["1"])
    assert deleted_among(source, ["1", "2"]) == {"1"}
    other = SourceSystem.objects.create(code="OTHER", name="Other")
    assert deleted_among(other, ["1"]) == frozenset()
    settings.TOMBSTONE_KEY = "another"
    assert deleted_among(source, ["1"]) == frozenset()
