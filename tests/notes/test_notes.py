from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.audit.models import Entry
from kith.contacts.models import Contact
from kith.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from kith.notes import actions, queries
from kith.notes.models import Note, NoteEdit
from kith.vault.details import changes_of
from tests.contacts import factories

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def write(contact: Contact, text: str = "Call after six") -> Note:
    return actions.add_note(actor=COMMAND_LINE, contact_id=contact.pk, text=text)


def test_a_note_has_an_author_and_a_time_and_hangs_on_the_primary_system_ref(agent: User) -> None:
    contact = factories.eleni()
    note = actions.add_note(actor=agent.actor, contact_id=contact.pk, text="  Likes\r\nto be called Lena ")
    note.refresh_from_db()
    assert (note.record_id, note.actor, note.text) == (
        contact.primary_record_id,
        agent.name,
        "Likes\nto be called Lena",
    )
    entry = Entry.objects.get(event="NoteAdded")
    assert (entry.group_id, entry.detail) == (contact.pk, {})


def test_each_edit_is_stamped_and_keeps_what_it_said_before(agent: User, steward: User) -> None:
    note = write(factories.person(), "first")
    actions.edit_note(actor=agent.actor, note_id=note.pk, text="second", seen=0)
    actions.edit_note(actor=steward.actor, note_id=note.pk, text="third", seen=1)
    actions.edit_note(actor=steward.actor, note_id=note.pk, text="third", seen=2)
    (row,) = queries.with_edits(list(Note.objects.all()))
    assert row.note.text == "third"
    assert [(one.text, one.actor) for one in row.edits] == [("second", steward.name), ("first", agent.name)]


def test_who_edits_what_somebody_else_edited_meanwhile_is_told(agent: User) -> None:
    note = write(factories.person())
    actions.edit_note(actor=agent.actor, note_id=note.pk, text="theirs", seen=0)
    with pytest.raises(Conflict):
        actions.edit_note(actor=agent.actor, note_id=note.pk, text="mine", seen=0)
    note.refresh_from_db()
    assert note.text == "theirs"


@pytest.mark.parametrize("text", ["", "   \n ", "x" * 10_001])
def test_a_note_says_something_and_not_too_much(text: str) -> None:
    with pytest.raises(Refused):
        write(factories.person(), text)


def test_who_may_not_edit_contacts_writes_no_note(viewer: User) -> None:
    contact = factories.person()
    note = write(contact)
    for attempt in (
        lambda: actions.add_note(actor=viewer.actor, contact_id=contact.pk, text="x"),
        lambda: actions.edit_note(actor=viewer.actor, note_id=note.pk, text="x", seen=0),
        lambda: actions.remove_note(actor=viewer.actor, note_id=note.pk),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_a_removed_note_stays_sealed_in_the_history(agent: User) -> None:
    contact = factories.person()
    note = write(contact)
    actions.edit_note(actor=agent.actor, note_id=note.pk, text="On the wrong contact", seen=0)
    assert actions.remove_note(actor=agent.actor, note_id=note.pk) == contact.pk
    assert not Note.objects.exists()
    assert not NoteEdit.objects.exists()
    entry = Entry.objects.get(event="NoteRemoved")
    assert [one.before for one in changes_of([entry.pk])[entry.pk]] == ["On the wrong contact"]
    with pytest.raises(NotFound):
        actions.remove_note(actor=agent.actor, note_id=note.pk)


def test_c30_notes_and_log_is_the_last_section(client_of: ClientOf, agent: User) -> None:
    contact, browser = factories.eleni(), client_of(agent)
    answer = browser.post(f"/notes/of/{contact.pk}/add/", {"text": "Call <b>after</b> six"})
    assert (answer.status_code, answer.url) == (302, f"/contacts/{contact.pk}/#notes")
    page = browser.get(f"/contacts/{contact.pk}/")
    last = page.context["bottom"][-1]
    assert (last.panel.key, last.label) == ("notes", "Notes and log")
    assert last.content["log"].updated_by == agent.name
    section = page.text[page.text.index('id="notes"') :]
    assert "Call &lt;b&gt;after&lt;/b&gt; six" in section
    assert "Created" in section
    assert "Last changed" in section


def test_a_refused_note_keeps_what_was_typed(client_of: ClientOf, agent: User) -> None:
    contact, browser = factories.person(), client_of(agent)
    answer = browser.post(f"/notes/of/{contact.pk}/add/", {"text": "typed" + "x" * 10_000})
    assert answer.status_code == 422
    assert "typedxxx" in answer.text
    assert browser.post(f"/notes/of/{contact.pk}/add/", {"text": " "}).status_code == 422


def test_editing_by_the_form_and_meeting_somebody_else(client_of: ClientOf, agent: User) -> None:
    contact, browser = factories.person(), client_of(agent)
    note = write(contact)
    page = f"/notes/{note.pk}/edit/"
    assert "Call after six" in browser.get(page).text
    assert browser.post(page, {"text": "New", "seen": 0}).status_code == 302
    clash = browser.post(page, {"text": "Mine", "seen": 0})
    assert clash.status_code == 409
    assert "It says now:" in clash.text
    assert "Mine" in clash.text
    assert 'name="seen" value="1"' in clash.text
    assert browser.post(page, {"text": "Mine", "seen": 1}).status_code == 302
    listed = browser.get(f"/notes/of/{contact.pk}/").text
    assert "Mine" in listed
    assert "Before" in listed
    assert browser.post(f"/notes/{note.pk}/remove/").status_code == 302
    assert not Note.objects.exists()


def test_strangers_readers_and_bad_ids(client_of: ClientOf, viewer: User, agent: User) -> None:
    contact = factories.person()
    note = write(contact)
    assert client_of(viewer).get(f"/notes/of/{contact.pk}/").status_code == 200
    assert "Save note" not in client_of(viewer).get(f"/notes/of/{contact.pk}/").text
    assert client_of(viewer).get(f"/notes/{note.pk}/edit/").status_code == 403
    assert client_of(viewer).post(f"/notes/of/{contact.pk}/add/", {"text": "x"}).status_code == 403
    assert Client().get(f"/notes/of/{contact.pk}/").status_code == 302
    for path in ("/notes/of/999/", "/notes/999/edit/", f"/notes/{10**30}/edit/"):
        assert client_of(agent).get(path).status_code == 404


def test_the_number_of_queries_does_not_grow_with_notes(client_of: ClientOf, agent: User) -> None:
    few, many, browser = factories.person(), factories.person("Ann", "Lee"), client_of(agent)
    actions.edit_note(actor=COMMAND_LINE, note_id=write(few).pk, text="edited", seen=0)
    for number in range(20):
        note = write(many, f"note {number}")
        actions.edit_note(actor=COMMAND_LINE, note_id=note.pk, text=f"edited {number}", seen=0)
    for path in ("/contacts/{}/", "/notes/of/{}/"):
        counts = []
        for contact in (few, many):
            browser.get(path.format(contact.pk))
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(path.format(contact.pk)).status_code == 200
            counts.append(len(asked))
        assert counts[0] == counts[1]
