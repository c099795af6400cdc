"""The contact page: K1, K2, K3, K9, and what must not break it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.module_loading import import_string

from kith.access.models import User
from kith.contacts.models import Contact
from kith.contacts.refs import claim_lines
from kith.contacts.tally import tally_of
from kith.kernel.clock import now, today
from kith.sources.models import SourceRecord
from tests.contacts import factories

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
TABS = ("", "system-refs/", "transactions/", "history/")


@pytest.fixture
def browser(client_of: ClientOf, viewer: User) -> Client:
    return client_of(viewer)


def test_k1_both_sources_are_listed_with_their_system_refs_and_received_dates(browser: Client) -> None:
    records = [
        factories.record({"first_name": "Ann", "last_name": "Lee"}, ref="A-1"),
        factories.record({"first_name": "Ann", "last_name": "Lee"}, code="SHOP", ref="B-2"),
    ]
    contact = factories.contact(*records)
    page = browser.get(f"/contacts/{contact.pk}/").text
    for word in ("Tickets", "Shop", "A-1", "B-2"):
        assert word in page
    assert page.count("received <time") == 2


def test_k3_three_system_refs_show_three_rows_and_one_ref_lives_in_two_sources(browser: Client) -> None:
    records = [
        factories.record({"last_name": "Lee"}, code=code, ref="SAME-1")
        for code in ("TICKETS", "SHOP", "NEWS")
    ]
    contact = factories.contact(*records)
    page = browser.get(f"/contacts/{contact.pk}/system-refs/").text
    assert page.count("SAME-1") == 3


def test_golden_values_carry_their_source_and_the_values_that_lost(browser: Client) -> None:
    contact = factories.eleni()
    page = browser.get(f"/contacts/{contact.pk}/?values=all").text
    assert "Helen Reid" in page
    assert "14 Mar 1987" in page
    assert "+44 7400 123456" in page
    assert "12 Harbour Walk, Limassol 3042, Cyprus" in page
    assert "Members · <time" in page
    assert '<details class="others" open>' in page


def test_the_claim_as_received_stands_beside_the_cleaned_one_with_its_remark(browser: Client) -> None:
    claim = factories.record(
        {"last_name": "LEE", "email_1": "n/a", "birth_date": "31/02/1980"}, extra={"Seat": "N12"}
    )
    page = browser.get(f"/contacts/{factories.contact(claim).pk}/system-refs/").text
    for word in ("LEE", "Lee", "31/02/1980", "a date that does not exist", "Seat", "N12"):
        assert word in page


def test_transactions_show_totals_per_currency_and_value_counts_24_months(browser: Client) -> None:
    claim = factories.record({"last_name": "Lee"})
    contact = factories.contact(claim)
    factories.transaction(claim, "10.50")
    factories.transaction(claim, "5.00", currency="GBP")
    factories.transaction(claim, "99.00", day=today() - timedelta(days=1000))
    page = browser.get(f"/contacts/{contact.pk}/transactions/").text
    assert "€\u00a0109.50" in page
    assert "£\u00a05.00" in page
    assert "€\u00a010.50" in browser.get(f"/contacts/{contact.pk}/").text


def test_history_tells_lineage_and_journal_in_words(client_of: ClientOf, steward: User) -> None:
    contact = factories.eleni()
    second = SourceRecord.objects.of_contact(contact.pk).order_by("-pk")[0]
    browser = client_of(steward)
    browser.post("/golden-rules/make-primary/", {"contact": contact.pk, "record": second.pk})
    page = browser.get(f"/contacts/{contact.pk}/history/").text
    assert "System Refs got this GroupID" in page
    assert "Another System Ref was made primary" in page
    assert steward.name in page


def test_k9_a_steward_makes_another_system_ref_primary_and_the_claim_stays(
    client_of: ClientOf, steward: User
) -> None:
    contact = factories.eleni()
    chosen = SourceRecord.objects.get(system_ref="nl_88121")
    browser = client_of(steward)
    assert "Make primary" in browser.get(f"/contacts/{contact.pk}/system-refs/").text
    answer = browser.post("/golden-rules/make-primary/", {"contact": contact.pk, "record": chosen.pk})
    assert answer.status_code == 302
    contact.refresh_from_db()
    assert contact.primary_record_id == chosen.pk
    assert SourceRecord.objects.get(pk=chosen.pk).claim == chosen.claim


def test_k9_a_viewer_may_not_choose_the_primary(browser: Client) -> None:
    contact = factories.eleni()
    assert "Make primary" not in browser.get(f"/contacts/{contact.pk}/system-refs/").text
    record = SourceRecord.objects.of_contact(contact.pk)[0]
    answer = browser.post("/golden-rules/make-primary/", {"contact": contact.pk, "record": record.pk})
    assert answer.status_code == 403


@pytest.mark.parametrize("text", ["", "abc", "-1", "9" * 30, "0" * 5_000, "²"])
def test_k9_a_malformed_id_is_harmless(client_of: ClientOf, steward: User, text: str) -> None:
    answer = client_of(steward).post("/golden-rules/make-primary/", {"contact": text, "record": text})
    assert answer.status_code == 404


def test_a_company_shows_its_profile(browser: Client) -> None:
    contact = factories.company(vat_number="CY10259033P")
    page = browser.get(f"/contacts/{contact.pk}/").text
    assert "CY10259033P" in page
    assert "VAT number" in page
    assert "Date of birth" not in page


@pytest.mark.parametrize("tab", TABS)
def test_a_stranger_is_sent_to_sign_in(client: Client, tab: str) -> None:
    assert client.get(f"/contacts/1000001/{tab}").status_code == 302


@pytest.mark.parametrize("address", ["1/", "99999999999999999/", f"{2**70}/", "1/nonsense/", "abc/"])
def test_what_is_unknown_is_404(browser: Client, address: str) -> None:
    assert browser.get(f"/contacts/{address}").status_code == 404


def test_an_unknown_tab_of_a_known_contact_is_404(browser: Client) -> None:
    assert browser.get(f"/contacts/{factories.person().pk}/nonsense/").status_code == 404


def test_a_retired_contact_without_successor_is_404(browser: Client) -> None:
    gone = factories.person()
    gone.state, gone.retired_at = Contact.State.RETIRED, now()
    gone.save()
    assert browser.get(f"/contacts/{gone.pk}/").status_code == 404


def test_a_tab_asked_for_by_htmx_is_the_region_only(browser: Client) -> None:
    contact = factories.eleni()
    answer = browser.get(f"/contacts/{contact.pk}/system-refs/", headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert 'aria-current="page">System Refs' in answer.text


@pytest.mark.parametrize("name", ["محمد الفايد", "😀 Zoë", "W" * 199, "<script>alert(1)</script>", "{{ x }}"])
def test_names_of_any_script_and_length_do_not_break_the_page(browser: Client, name: str) -> None:
    contact = factories.person(name, name)
    Contact.objects.filter(pk=contact.pk).update(name=name)
    for tab in TABS:
        page = browser.get(f"/contacts/{contact.pk}/{tab}")
        assert page.status_code == 200
        assert "<script>alert" not in page.text


@pytest.mark.parametrize("tab", TABS)
def test_the_number_of_queries_does_not_grow_with_system_refs(browser: Client, tab: str) -> None:
    few = factories.contact(*(factories.record({"last_name": "Few"}) for _ in range(2)))
    many = factories.contact(
        *(factories.record({"last_name": "Many", "email_1": f"m{n}@example.org"}) for n in range(50))
    )
    counts = []
    for contact in (few, many):
        browser.get(f"/contacts/{contact.pk}/{tab}")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert browser.get(f"/contacts/{contact.pk}/{tab}").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_everything_a_room_tallies_is_found_by_an_index() -> None:
    """A page asks for it each time; a table read whole would show on a large hub only."""
    contact = factories.eleni()
    tallied = import_string(settings.KITH_CONTACT_TALLY)
    assert set(tally_of(contact.pk)) == set(tallied)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for key, rest in tallied.items():
            cursor.execute(
                "EXPLAIN WITH mine AS MATERIALIZED"
                " (SELECT record_id FROM sources_membership WHERE contact_id = %(contact)s)"
                f" SELECT count(*) {rest}",
                {"contact": contact.pk},
            )
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Seq Scan" not in plan, (key, plan)


def test_a_dropped_e_mail_does_not_push_the_next_one_into_its_row() -> None:
    claim = factories.record({"last_name": "Lee", "email_1": "n/a", "email_2": "lee@example.org"})
    shown = {line.label: (line.received, line.cleaned) for line in claim_lines(claim)}
    assert shown["E-mail 1"] == ("n/a", "")
    assert shown["E-mail 2"] == ("lee@example.org", "lee@example.org")
    assert next(iter(shown)) == "Last name"
