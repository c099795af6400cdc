"""Whose details lead (A7), after undoings of undoings."""

from __future__ import annotations

import pytest

from kith.access.actors import COMMAND_LINE
from kith.contacts.models import Contact
from kith.golden.assembly import assemble
from kith.grouping.actions import carry_out
from kith.grouping.intents import Intent, MoveRef, Undo
from kith.grouping.models import Operation
from kith.sources.models import SourceRecord
from tests.claims import claim, place

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def contact_of(*records: SourceRecord) -> Contact:
    contact = Contact.objects.create(kind="company")
    place(contact, *records)
    assemble([contact.pk])
    return contact


def do(intent: Intent) -> Operation:
    return carry_out(actor=COMMAND_LINE, intent=intent, lift=True)


def test_what_was_done_and_taken_back_since_does_not_keep_the_leading_from_coming_back() -> None:
    stays = claim("TICKETS", "1", kind="company", company_name="Harbour Freight Ltd")
    rest = claim("TICKETS", "2", kind="company", company_name="Harbour Freight")
    moves = claim("TICKETS", "3", kind="company", company_name="Harbour Freight")
    target, _home = contact_of(stays), contact_of(rest, moves)
    move = MoveRef(record=moves.pk, to=target.pk)
    undoing = do(Undo(operation=do(move).pk))
    do(Undo(operation=do(move).pk))
    do(Undo(operation=undoing.pk))
    target.refresh_from_db()
    assert target.leading_record_ids == [stays.pk, 0]
    assert target.name == "Harbour Freight Ltd"


def test_who_was_moved_out_by_a_run_leads_again_after_an_undoing_in_between() -> None:
    """A run leaves the leading ones as they are; so does the undoing of what was done after it."""
    first, second = (claim("TICKETS", ref, kind="company", company_name="Harbour Freight") for ref in "12")
    other = claim("TICKETS", "3", kind="company", company_name="Harbour Freight Ltd")
    whole, target = contact_of(first, second), contact_of(other)
    Contact.objects.filter(pk=whole.pk).update(leading_record_ids=[first.pk, target.pk + 1_000, 0, second.pk])
    do(Undo(operation=do(MoveRef(record=second.pk, to=target.pk)).pk))
    whole.refresh_from_db()
    assert whole.leading_record_ids == [first.pk, target.pk + 1_000, 0, second.pk]
