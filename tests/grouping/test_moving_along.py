"""A preview says what goes along with the System Refs that move (KITH_MOVES_WITH)."""

from __future__ import annotations

import pytest

from kith.access.actors import COMMAND_LINE
from kith.grouping.intents import Group
from kith.grouping.outcome import Along
from kith.grouping.previewing import preview
from kith.notes.actions import add_note
from tests.grouping.acting import group_id, overnight
from tests.grouping.test_operations import two_people

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_x8_a_preview_counts_what_goes_along_and_leaves_out_what_stays() -> None:
    ann, petros = two_people()
    overnight()
    intent = Group(master=group_id(ann), children=(group_id(petros),))
    add_note(actor=COMMAND_LINE, contact_id=group_id(ann), text="stays where it is")
    assert preview(actor=COMMAND_LINE, intent=intent).moved.along == ()
    add_note(actor=COMMAND_LINE, contact_id=group_id(petros), text="goes along")
    assert preview(actor=COMMAND_LINE, intent=intent).moved.along == (Along("note", 1),)
    add_note(actor=COMMAND_LINE, contact_id=group_id(petros), text="this too")
    assert preview(actor=COMMAND_LINE, intent=intent).moved.along == (Along("notes", 2),)
