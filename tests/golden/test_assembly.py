from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kith.access.actors import COMMAND_LINE, NOBODY
from kith.contacts.models import Contact
from kith.golden import actions
from kith.golden.assembly import assemble
from kith.golden.rules import Attribute, Order, Rules, TieBreaker
from kith.kernel.errors import NotAllowed, Refused
from kith.sources.models import SourceRecord, SourceTransaction
from tests.claims import claim, place, source

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def contact_of(*records: SourceRecord, kind: str = "person") -> Contact:
    contact = Contact.objects.create(kind=kind)
    place(contact, *records)
    return contact


def assembled(contact: Contact, *, rules: Rules | None = None) -> Contact:
    assemble([contact.pk], rules=rules)
    contact.refresh_from_db()
    return contact


def by(field: str, *breakers: TieBreaker) -> Rules:
    return Rules({**Rules.shipped().by_field, field: breakers})


def test_the_name_comes_whole_from_the_claim_updated_last() -> None:
    old = claim("A", "1", first_name="Helen", last_name="Reid", claimed_at="2020-01-01")
    new = claim("B", "1", first_name="Eleni", last_name="Papadopoulou", claimed_at="2026-01-01")
    contact = assembled(contact_of(old, new))
    assert (contact.name, contact.provenance["name"]) == ("Eleni Papadopoulou", new.pk)
    assert contact.stale_at is None
    assert contact.record_count == 2


def test_k10_a_null_falls_through_to_the_next_source_in_order() -> None:
    source("ARCHTICS", priority=1)
    source("MAILCHIMP", priority=2)
    first = claim("ARCHTICS", "1", first_name="Eleni", last_name="Reid")
    second = claim("MAILCHIMP", "9", last_name="Reid", email_1="eleni@example.com")
    order = TieBreaker(Attribute.SOURCE, sources=("ARCHTICS", "MAILCHIMP"))
    contact = assembled(contact_of(first, second), rules=by("emails", order))
    assert [email.value for email in contact.emails.all()] == ["eleni@example.com"]


def test_k10_junk_never_wins_over_a_value() -> None:
    junk = claim("A", "1", last_name="Reid", gender="n/a", claimed_at="2026-01-01")
    real = claim("B", "1", last_name="Reid", gender="female", claimed_at="2020-01-01")
    assert assembled(contact_of(junk, real)).gender == "female"


def test_k10_a_full_tie_ends_in_the_same_order_on_every_run() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    later = claim("A", "2", received_at=at, first_name="Lena", last_name="Reid")
    lower = claim("A", "1", received_at=at, first_name="Helen", last_name="Reid")
    contact = contact_of(later, lower)
    names = {assembled(contact).name for _ in range(3)}
    assert names == {"Helen Reid"}


def test_the_most_frequent_birth_date_wins() -> None:
    records = [
        claim("A", str(n), last_name="Reid", birth_date=day)
        for n, day in enumerate(["14/03/1987", "14/03/1987", "15/03/1987"])
    ]
    assert assembled(contact_of(*records)).birth_date == date(1987, 3, 14)


def test_a_no_to_marketing_wins_over_a_newer_yes() -> None:
    no = claim("A", "1", last_name="Reid", direct_marketing="no", claimed_at="2020-01-01")
    yes = claim("B", "1", last_name="Reid", direct_marketing="yes", claimed_at="2026-01-01")
    assert assembled(contact_of(no, yes)).direct_marketing is False


def test_emails_stand_once_each_with_exactly_one_primary() -> None:
    first = claim("A", "1", last_name="Reid", email_1="one@example.com", email_2="two@example.com")
    second = claim("B", "1", last_name="Reid", email_1="TWO@example.com")
    contact = assembled(contact_of(first, second))
    rows = list(contact.emails.order_by("position").values_list("value", "is_primary"))
    assert sorted(value for value, _ in rows) == ["one@example.com", "two@example.com"]
    assert [primary for _, primary in rows] == [True, False]


def test_the_same_address_written_twice_stands_once() -> None:
    one = claim("A", "1", last_name="Reid", address_1_line1="12 Harbour Walk", address_1_postcode="3042")
    two = claim("B", "1", last_name="Reid", address_1_line1="12, HARBOUR WALK", address_1_postcode="3042 ")
    assert assembled(contact_of(one, two)).addresses.count() == 1


def test_the_latest_purchase_breaks_a_tie() -> None:
    idle = claim("A", "1", first_name="Helen", last_name="Reid")
    buyer = claim("A", "2", first_name="Eleni", last_name="Reid")
    SourceTransaction.objects.create(
        source=buyer.source, record=buyer, reference="t1", date=date(2026, 5, 1), amount=10, currency="EUR"
    )
    rules = by("name", TieBreaker(Attribute.LATEST_PURCHASE))
    assert assembled(contact_of(idle, buyer), rules=rules).first_name == "Eleni"


def test_oldest_first_is_an_order_too() -> None:
    old = claim("A", "1", first_name="Helen", last_name="Reid", claimed_at="2020-01-01")
    new = claim("B", "1", first_name="Eleni", last_name="Reid", claimed_at="2026-01-01")
    rules = by("name", TieBreaker(Attribute.CLAIMED_AT, Order.FIRST))
    assert assembled(contact_of(old, new), rules=rules).first_name == "Helen"


def test_every_value_of_every_claim_can_be_searched() -> None:
    one = claim("A", "Ref-7", first_name="Γιώργος", last_name="Παπαδόπουλος", phone_1="99123456")
    two = claim("B", "1", last_name="Papadopoulos", email_1="g@example.com", birth_date="14/03/1987")
    contact = assembled(contact_of(one, two))
    lexemes = str(contact.search)
    for word in (
        "'p:35799123456'",
        "'p:99123456'",
        "'e:g@example.com'",
        "'r:ref-7'",
        "'b:1987-03-14'",
        "'d:example.com'",
    ):
        assert word in lexemes
    assert "'l:papadopoulos'" in lexemes


def test_each_word_of_a_double_name_is_found_by_itself() -> None:
    lexemes = str(
        assembled(contact_of(claim("A", "1", first_name="Anna Maria", last_name="Papadopoulou-Reid"))).search
    )
    for word in ("'f:maria'", "'l:reid'", "'l:papadopouloureid'"):
        assert word in lexemes


def test_a_contact_without_a_name_is_called_by_what_there_is() -> None:
    assert assembled(contact_of(claim("A", "1", email_1="x@example.com"))).name == "x@example.com"
    assert assembled(contact_of(claim("A", "77", gender="n/a"))).name == "77"


def test_k9_the_first_received_is_primary_until_a_person_chooses_another() -> None:
    first = claim(
        "A", "2001", received_at=datetime(2026, 1, 1, tzinfo=UTC), first_name="Helen", last_name="Reid"
    )
    later = claim("A", "3004", first_name="Eleni", last_name="Reid", claimed_at="2010-01-01")
    contact = assembled(contact_of(first, later))
    assert contact.primary_record_id == first.pk
    before = SourceRecord.objects.values_list("claim", "content_hash").get(pk=later.pk)

    contact = actions.make_primary(actor=COMMAND_LINE, contact_id=contact.pk, record_id=later.pk)
    assert (contact.primary_record_id, contact.first_name) == (later.pk, "Eleni")
    assert SourceRecord.objects.values_list("claim", "content_hash").get(pk=later.pk) == before
    assert assembled(contact).primary_record_id == later.pk


def test_choosing_a_primary_is_refused_for_a_strange_system_ref_and_without_permission() -> None:
    mine, strange = claim("A", "1", last_name="Reid"), claim("A", "2", last_name="Other")
    contact = assembled(contact_of(mine))
    with pytest.raises(Refused, match="does not belong"):
        actions.make_primary(actor=COMMAND_LINE, contact_id=contact.pk, record_id=strange.pk)
    with pytest.raises(NotAllowed):
        actions.make_primary(actor=NOBODY, contact_id=contact.pk, record_id=mine.pk)
    contact.refresh_from_db()
    assert contact.primary_chosen is False
