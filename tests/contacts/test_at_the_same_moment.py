"""Somebody edits a typed System Ref while somebody else works on its contact."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from kith.access.actors import COMMAND_LINE
from kith.contacts import actions
from kith.contacts.models import Contact
from kith.golden import actions as golden
from kith.grouping.actions import carry_out
from kith.grouping.intents import Group
from kith.sources import changes
from kith.sources.models import LOCAL, SourceRecord, SourceSystem
from tests.contacts import factories
from tests.locks import wait_until_somebody_waits

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ANN = {"first_name": "Ann", "last_name": "Lee"}


@pytest.fixture
def typed(transactional_db: None) -> SourceRecord:
    SourceSystem.objects.get_or_create(
        code=LOCAL, defaults={"name": "Kith", "kind": "local", "priority": 1, "default_country": "CY"}
    )
    group_id = actions.add_contact(actor=COMMAND_LINE, kind="person", claim=ANN)
    return SourceRecord.objects.of_contact(group_id).get()


def edit_while(record: SourceRecord, others: Callable[[], object]) -> None:
    """Ann becomes Anna; the edit has locked the System Ref, and waits while the others do their work."""

    def edit() -> None:
        try:
            actions.edit_local(
                actor=COMMAND_LINE,
                contact_id=record.group_id or 0,
                record_id=record.pk,
                claim={**ANN, "first_name": "Anna"},
                version=record.content_hash.hex,
            )
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            changes.note(record.pk, old_keys=())
            asked = threads.submit(edit)
            wait_until_somebody_waits(of="transactionid")
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '3s'")
            others()
        asked.result()


def test_a_golden_value_edited_at_the_same_moment_does_not_wait_for_it(typed: SourceRecord) -> None:
    contact_id = typed.group_id or 0

    def say_gender() -> None:
        golden.override(
            actor=COMMAND_LINE,
            contact_id=contact_id,
            field="gender",
            value={"gender": "female"},
            mode="pinned",
        )

    edit_while(typed, say_gender)
    contact = Contact.objects.get(pk=contact_id)
    assert (contact.name, contact.gender) == ("Anna Lee", "female")


def test_grouped_at_the_same_moment_it_shows_where_it_went(typed: SourceRecord) -> None:
    master = factories.contact(factories.record({"email_1": "ann@example.org"}))
    intent = Group(master=master.pk, children=(typed.group_id or 0,))
    edit_while(typed, lambda: carry_out(actor=COMMAND_LINE, intent=intent))
    assert Contact.objects.get(pk=master.pk).name == "Anna Lee"
