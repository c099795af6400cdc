"""Attachments, photos and notes hang on System Refs: grouping takes them along, undoing gives them back."""

from __future__ import annotations

from pathlib import Path

import pytest

from kith.access.actors import COMMAND_LINE
from kith.attachments import actions, queries
from kith.attachments.actions import Filing
from kith.attachments.models import Attachment, Photo, StoredFile
from kith.attachments.photos import photo_of
from kith.contacts.deletion import actions as deletion
from kith.contacts.deletion import registry
from kith.contacts.models import Contact
from kith.grouping.intents import Group, Undo, Ungroup
from kith.notes import actions as notes
from kith.notes import queries as note_queries
from kith.notes.models import Note
from tests.attachments import files
from tests.contacts import factories
from tests.grouping.acting import do, group_id, overnight
from tests.grouping.test_operations import two_people

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def names(contact: Contact) -> list[str]:
    return sorted(one.name for one in queries.attachments_of(contact.pk, actor=COMMAND_LINE))


def said(contact: Contact) -> list[str]:
    return sorted(one.text for one in note_queries.notes_of(contact.pk, actor=COMMAND_LINE))


def equip(contact: Contact, word: str) -> None:
    actions.attach_file(
        actor=COMMAND_LINE,
        contact_id=contact.pk,
        given=files.given(f"{word}.txt", word.encode()),
        filing=Filing(),
    )
    notes.add_note(actor=COMMAND_LINE, contact_id=contact.pk, text=word)
    actions.set_photo(
        actor=COMMAND_LINE, contact_id=contact.pk, given=files.given("me.png", files.image(side=40))
    )


def test_x8_what_hangs_on_a_contact_goes_back_with_the_system_ref_it_came_with() -> None:
    ann, petros = two_people()
    overnight()
    survivor, retired = group_id(ann), group_id(petros)
    equip(Contact.objects.get(pk=survivor), "ann")
    equip(Contact.objects.get(pk=retired), "petros")
    photos = photo_of(survivor), photo_of(retired)
    done = do(Group(master=survivor, children=(retired,)))
    together = Contact.objects.get(pk=survivor)
    assert names(together) == ["ann.txt", "petros.txt"]
    assert said(together) == ["ann", "petros"]
    assert photo_of(survivor) == photos[0]
    do(Undo(operation=done.pk))
    assert names(Contact.objects.get(pk=survivor)) == ["ann.txt"]
    assert said(Contact.objects.get(pk=retired)) == ["petros"]
    assert (photo_of(survivor), photo_of(retired)) == photos


def test_x8_ungrouping_gives_each_its_own_and_what_was_added_since_stays_with_the_primary() -> None:
    ann, petros = two_people()
    overnight()
    survivor, retired = group_id(ann), group_id(petros)
    equip(Contact.objects.get(pk=retired), "petros")
    do(Group(master=survivor, children=(retired,)))
    notes.add_note(actor=COMMAND_LINE, contact_id=survivor, text="added together")
    leads = Contact.objects.get(pk=survivor).primary_record_id
    do(Ungroup(contact=survivor), lift=True)
    mine = {one.pk: said(Contact.objects.get(pk=group_id(one))) for one in (ann, petros)}
    assert mine[petros.pk].count("petros") == 1
    assert "added together" in mine[leads or 0]
    assert sum(len(texts) for texts in mine.values()) == 2
    assert names(Contact.objects.get(pk=group_id(petros))) == ["petros.txt"]


@pytest.mark.django_db(transaction=True)
def test_c28_what_hangs_on_a_contact_is_deleted_with_it(attachment_folder: Path) -> None:
    gone, stays = factories.person(), factories.person("Ann", "Lee")
    equip(gone, "gone")
    equip(stays, "stays")
    said_of = {going.label: going.number for going in registry.what_goes(registry.leaving_of(gone.pk))}
    assert (said_of["attachments"], said_of["notes"]) == (1, 1)
    deletion.delete_contact(actor=COMMAND_LINE, contact_id=gone.pk)
    assert names(stays) == ["stays.txt"]
    assert said(stays) == ["stays"]
    assert Attachment.objects.count() == Note.objects.count() == Photo.objects.count() == 1
    keys = {path.name for path in attachment_folder.rglob("*") if path.is_file()}
    assert keys == set(StoredFile.objects.values_list("key", flat=True))
    assert len(keys) == 2
