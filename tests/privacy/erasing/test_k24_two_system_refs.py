"""K24: somebody of two System Refs and five transactions, from the files that brought them to the files that
bring them again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from kith.access.models import User
from kith.accounts.models import Account, AccountTransaction
from kith.contacts.models import Contact
from kith.kernel.clock import now
from kith.privacy.elsewhere.models import ElsewhereTask
from kith.privacy.erasing import steps
from kith.sources.models import Import, RejectedRow, SourceRecord, SourceTransaction, Tombstone
from tests.contacts import factories
from tests.privacy.erasing.test_doors import run, take_in
from tests.privacy.erasing.test_erasures import allow, order
from tests.privacy.test_rows import dump

pytestmark = pytest.mark.django_db
ZOE = "{ref},Zoefrieda,Quillmarch,zoe.quillmarch@example.org,+35799127766,1984-03-02,\n"
PAUL = "T-2002,Paul,Other,paul.other@example.org,+35799654321,1979-05-06,2003\n"
REFS = {"TICKETING": "TKT-770014", "SHOP": "SHP-990027"}
NAMES = ("zoefrieda", "quillmarch", "99127766", *(ref.lower() for ref in REFS.values()))
ClientOf = Callable[[User], Client]
Booked = list[tuple[Decimal, date, str]]


def send(code: str, *, more: str = "") -> Import:
    return take_in(ZOE.format(ref=REFS[code]) + more, code=code)


def reported() -> Booked:
    found = SourceTransaction.objects.order_by("pk")
    return list(found.values_list("amount", "date", "currency"))


def posted() -> Booked:
    return list(AccountTransaction.objects.order_by("pk").values_list("amount", "date", "currency"))


@pytest.fixture
def zoe() -> Contact:
    """Three transactions that her sources reported, two of an account that is terminated."""
    allow()
    send("TICKETING", more=PAUL)
    send("SHOP")
    run()
    contact = Contact.objects.get(first_name="Zoefrieda")
    first, second = SourceRecord.objects.of_contact(contact.pk).order_by("pk")
    factories.transaction(first, "12.50", day=date(2024, 1, 2))
    factories.transaction(first, "-3.00", day=date(2024, 2, 29))
    factories.transaction(second, "80.10", day=date(2025, 6, 7))
    SourceTransaction.objects.update(description="Seat of Zoefrieda Quillmarch")
    account = Account.objects.create(
        record_id=second.pk,
        number="A-1",
        currency="EUR",
        name="Zoefrieda Quillmarch",
        state="terminated",
        terminated_at=now(),
    )
    for number, (kind, amount) in enumerate((("financial", "40.00"), ("wallet", "7.77"))):
        AccountTransaction.objects.create(
            account=account,
            kind=kind,
            reference=f"B-{number}",
            date=date(2025, 3, 4 + number),
            amount=Decimal(amount),
            currency="EUR",
            description="For Zoefrieda",
        )
    return contact


def anonymise(contact: Contact) -> None:
    erasure = order(contact)
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert (erasure.state, erasure.trouble, erasure.records) == (erasure.State.DONE, "", 2)


def test_k24_x3_amounts_dates_and_counts_stay_and_no_name_does(zoe: Contact) -> None:
    before = (reported(), posted())
    assert [len(one) for one in before] == [3, 2]
    assert all(name in dump().lower() for name in NAMES)
    anonymise(zoe)
    assert (reported(), posted()) == before
    said = dump().lower()
    assert [name for name in NAMES if name in said] == []
    assert "paul.other@example.org" in said
    assert set(SourceTransaction.objects.values_list("description", flat=True)) == {""}
    assert set(AccountTransaction.objects.values_list("description", flat=True)) == {""}
    assert list(AccountTransaction.objects.order_by("pk").values_list("kind", "reference")) == [
        ("financial", "B-0"),
        ("wallet", "B-1"),
    ]
    assert Account.objects.filter(number="A-1", name="Anonymised").count() == 1


def test_k24_neither_system_ref_comes_in_again(zoe: Contact) -> None:
    anonymise(zoe)
    refused = Tombstone.objects.filter(kind=Tombstone.Kind.REF, source__code__in=REFS)
    assert set(refused.values_list("source__code", flat=True)) == set(REFS)
    for code in REFS:
        done = send(code)
        assert (done.new_count, done.rejected_count) == (0, 1), code
        assert RejectedRow.objects.get(import_file=done).values == {}
    assert not Contact.objects.filter(last_name="Quillmarch").exists()
    assert SourceRecord.objects.filter(erased_at=None).count() == 1


def test_k24_the_user_is_reminded_of_both_source_systems_before_and_after(
    zoe: Contact, privacy_officer: User, client_of: ClientOf
) -> None:
    client = client_of(privacy_officer)
    asked = client.get(reverse("privacy:anonymise", args=(zoe.pk,))).text
    assert "Anonymise the person in the source systems too" in asked
    anonymise(zoe)
    tasks = ElsewhereTask.objects.filter(erasure__contact_id=zoe.pk, state=ElsewhereTask.State.OPEN)
    assert set(tasks.values_list("source__code", flat=True)) == set(REFS)
    listed = client.get(reverse("elsewhere:list")).text
    for task in tasks:
        assert reverse("elsewhere:task", args=(task.pk,)) in listed
