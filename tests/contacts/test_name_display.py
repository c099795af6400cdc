"""C1: one rule says how names show, in lists, searches, on pages, in the API and everywhere else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.contacts.models import Contact
from kith.contacts.names import record_name
from kith.contacts.settings.name_display import NAME_DISPLAY, NameDisplay, NameOrder
from kith.contacts.settings.renaming import rename
from kith.golden.assembly import assemble
from kith.jobs.models import Progress
from kith.settings import actions
from kith.sources.models import SourceRecord
from tests.contacts import factories

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
READS = {
    NameOrder.FIRST_LAST: "John Smith",
    NameOrder.LAST_FIRST: "Smith John",
    NameOrder.FIRST_MIDDLE_LAST: "John Q Smith",
    NameOrder.LAST_FIRST_MIDDLE: "Smith John Q",
    NameOrder.LAST_COMMA_FIRST: "Smith, John",
}


def choose(order: NameOrder) -> None:
    actions.save_section(actor=COMMAND_LINE, section=NAME_DISPLAY, value=NameDisplay(order))


def john() -> Contact:
    return factories.person("John", "Smith", middle_name="Q", ref="M-1")


@pytest.mark.parametrize("order", list(NameOrder))
def test_c1_a_name_reads_by_the_rule_when_it_is_assembled_and_when_it_is_renamed(order: NameOrder) -> None:
    contact = john()
    nameless = factories.contact(factories.record({"email_1": "someone@example.org"}))
    company = factories.company("Smith & Sons Ltd")
    choose(order)
    rename()
    contact.refresh_from_db()
    assert contact.name == READS[order]
    assemble([contact.pk, nameless.pk, company.pk])
    names = dict(Contact.objects.values_list("pk", "name"))
    assert names == {
        contact.pk: READS[order],
        nameless.pk: "someone@example.org",
        company.pk: "Smith & Sons Ltd",
    }
    assert record_name(SourceRecord.objects.get(system_ref="M-1")) == READS[order]


def test_c1_last_first_in_lists_searches_record_pages_and_the_api(agent: User, client_of: ClientOf) -> None:
    contact = john()
    browser = client_of(agent)
    assert "John Q Smith" in browser.get(f"/contacts/{contact.pk}/").text
    choose(NameOrder.LAST_FIRST)
    rename()
    for address in (
        f"/contacts/{contact.pk}/",
        f"/contacts/{contact.pk}/system-refs/",
        "/contacts/?last_name=smith",
        "/contacts/suggest/?q=smith+john",
    ):
        page = browser.get(address).text
        assert "Smith John" in page, address
        assert "John Q Smith" not in page, address


def test_c1_a_changed_rule_renames_everybody_in_the_background_with_progress(
    power_user: User, client_of: ClientOf, run_jobs: Callable[[], None]
) -> None:
    contact = john()
    page = client_of(power_user).post(
        "/settings/contacts/names/save/", {"persons": "last_comma_first", "based_on": ""}, follow=True
    )
    assert "being renamed" in page.text
    run_jobs()
    contact.refresh_from_db()
    assert contact.name == "Smith, John"
    assert contact.stale_at is None
    progress = Progress.objects.get(subject_type="names")
    assert (progress.done, progress.finished_at is not None) == (progress.total, True)
    assert not ProcrastinateJob.objects.exclude(status__in=("succeeded", "cancelled")).exists()


def test_c1_renaming_touches_only_names_that_read_otherwise() -> None:
    john()
    factories.person("Madonna", "")
    factories.company()
    choose(NameOrder.LAST_FIRST)
    assert rename() == 1
    assert rename() == 0


Part = st.none() | st.sampled_from(["Ann", "Μαρία", "van der Berg", "O'Neill"])


@given(order=st.sampled_from(NameOrder), first=Part, middle=Part, last=Part)
def test_c1_python_and_postgresql_join_names_alike(
    order: NameOrder, first: str | None, middle: str | None, last: str | None
) -> None:
    display = NameDisplay(order)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce({display.sql}, '')"
            " FROM (SELECT %s::text AS first_name, %s::text AS middle_name, %s::text AS last_name) n",
            [first, middle, last],
        )
        assert cursor.fetchall()[0][0] == display.shown(first, middle, last)
