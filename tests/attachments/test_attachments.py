"""Attaching, filing, deleting; sealed in the store, with a row or swept; and going along with System Refs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import Settings
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from kith.access.actors import COMMAND_LINE, NOBODY
from kith.access.models import User
from kith.attachments import actions, queries, stored, sweeping
from kith.attachments.actions import Filing
from kith.attachments.models import Attachment, LibraryEntry, Photo, StoredFile
from kith.attachments.photos import photo_of
from kith.attachments.rules import DeleteReason
from kith.attachments.sections import ATTACHMENT_LIMITS, AttachmentLimits
from kith.attachments.store import FolderStore, Missing
from kith.audit.models import Entry
from kith.contacts.models import Contact
from kith.contacts.settings.attachment_classes import ATTACHMENT_CLASSES, attachment_classes_in_force
from kith.kernel.clock import now
from kith.kernel.errors import NotAllowed, NotFound, Refused
from kith.settings import actions as settings_actions
from kith.vault.details import changes_of
from kith.vault.keys import destroy
from kith.vault.sealing import Destroyed, NotOpened
from tests.attachments import files
from tests.contacts import factories

pytestmark = pytest.mark.django_db


def attach(
    contact: Contact, name: str = "contract.txt", content: bytes = b"Between Ann and us"
) -> Attachment:
    return actions.attach_file(
        actor=COMMAND_LINE,
        contact_id=contact.pk,
        given=files.given(name, content),
        filing=Filing(class_code="CONTRACT", note="Signed"),
    )


def read(file: StoredFile | None) -> bytes:
    assert file is not None
    return b"".join(stored.opened(file))


def in_store(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_c30_a_file_is_attached_sealed_under_the_key_of_the_primary_system_ref(
    agent: User, attachment_folder: Path
) -> None:
    contact = factories.eleni()
    made = actions.attach_file(
        actor=agent.actor,
        contact_id=contact.pk,
        given=files.given("../Ελένη passport.txt", b"AB123456"),
        filing=Filing(class_code="IDENTITY"),
    )
    assert (made.record_id, made.name, made.actor) == (
        contact.primary_record_id,
        "Ελένη passport.txt",
        agent.name,
    )
    assert read(made.file) == b"AB123456"
    (path,) = in_store(attachment_folder)
    assert b"AB123456" not in path.read_bytes()
    assert "passport" not in str(path)
    assert path.stat().st_mode & 0o077 == 0
    entry = Entry.objects.get(event="AttachmentAdded")
    assert entry.group_id == contact.pk
    assert "passport" not in str(entry.detail)


def test_a_name_and_a_note_of_its_own() -> None:
    made = actions.attach_file(
        actor=COMMAND_LINE,
        contact_id=factories.person().pk,
        given=files.given("scan0001.txt", b"x"),
        filing=Filing(name="Letter of June", note=" Came by post "),
    )
    assert (made.name, made.note) == ("Letter of June", "Came by post")


@pytest.mark.parametrize("code", ["NONSENSE", "OTHER"])
def test_a_classification_is_one_of_the_settings_and_active(code: str) -> None:
    now_classes = attachment_classes_in_force()
    inactive = tuple(
        type(one)(one.code, one.label, active=one.code != "OTHER") for one in now_classes.classes
    )
    settings_actions.save_section(
        actor=COMMAND_LINE, section=ATTACHMENT_CLASSES, value=type(now_classes)(inactive)
    )
    with pytest.raises(Refused, match="no such classification"):
        actions.attach_file(
            actor=COMMAND_LINE,
            contact_id=factories.person().pk,
            given=files.given("a.txt", b"x"),
            filing=Filing(class_code=code),
        )


def test_c14_a_classification_in_use_cannot_be_removed() -> None:
    attach(factories.person())
    before = attachment_classes_in_force()
    without = type(before)(tuple(one for one in before.classes if one.code != "CONTRACT"))
    with pytest.raises(Refused):
        settings_actions.save_section(actor=COMMAND_LINE, section=ATTACHMENT_CLASSES, value=without)


def test_the_size_limit_is_a_setting(attachment_folder: Path) -> None:
    settings_actions.save_section(actor=COMMAND_LINE, section=ATTACHMENT_LIMITS, value=AttachmentLimits(1))
    with pytest.raises(Refused, match="larger than 1 MB"):
        attach(factories.person(), content=b"x" * (1024 * 1024 + 1))
    assert not in_store(attachment_folder)


def test_a_contact_that_is_not_there_gets_nothing(attachment_folder: Path) -> None:
    retired = factories.person()
    factories.retire(retired, successor=factories.person())
    for contact_id in (999, retired.pk):
        with pytest.raises(NotFound):
            actions.attach_file(
                actor=COMMAND_LINE, contact_id=contact_id, given=files.given("a.txt", b"x"), filing=Filing()
            )
    assert not in_store(attachment_folder)


def test_who_may_not_edit_contacts_attaches_and_deletes_nothing(viewer: User) -> None:
    made = attach(factories.person())
    with pytest.raises(NotAllowed):
        actions.attach_file(
            actor=viewer.actor, contact_id=1, given=files.given("a.txt", b"x"), filing=Filing()
        )
    with pytest.raises(NotAllowed):
        actions.delete_attachment(actor=viewer.actor, attachment_id=made.pk, reason=DeleteReason.WRONG_FILE)
    with pytest.raises(NotAllowed):
        queries.opened(made.pk, actor=NOBODY)


def test_refiling_keeps_what_was_in_the_history_and_out_of_the_journal(agent: User) -> None:
    made = attach(factories.person())
    actions.refile(actor=agent.actor, attachment_id=made.pk, filing=Filing(name="New name", note="Signed"))
    entry = Entry.objects.get(event="AttachmentEdited")
    assert entry.detail == {"fields": ["name", "classification"]}
    values = {one.field: (one.before, one.after) for one in changes_of([entry.pk])[entry.pk]}
    assert values == {"name": ("contract.txt", "New name"), "classification": ("CONTRACT", "")}
    actions.refile(actor=agent.actor, attachment_id=made.pk, filing=Filing(name="New name", note="Signed"))
    assert Entry.objects.filter(event="AttachmentEdited").count() == 1


def test_deleting_takes_row_and_file_and_says_why(
    attachment_folder: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    made = attach(factories.person(), "a.png", files.image(side=40))
    assert len(in_store(attachment_folder)) == 2
    with django_capture_on_commit_callbacks(execute=True):
        actions.delete_attachment(
            actor=COMMAND_LINE, attachment_id=made.pk, reason=DeleteReason.ASKED_FOR, note="By phone"
        )
    assert not in_store(attachment_folder)
    assert not StoredFile.objects.exists()
    entry = Entry.objects.get(event="AttachmentDeleted")
    assert (entry.subject_id, entry.detail) == (made.pk, {"reason": "asked_for"})
    values = {one.field: (one.before, one.after) for one in changes_of([entry.pk])[entry.pk]}
    assert values == {"name": ("a.png", ""), "why": ("", "By phone")}
    with pytest.raises(NotFound):
        actions.delete_attachment(actor=COMMAND_LINE, attachment_id=made.pk, reason=DeleteReason.ASKED_FOR)


def test_a_deletion_that_is_rolled_back_leaves_the_file(attachment_folder: Path) -> None:
    made = attach(factories.person())
    with transaction.atomic():
        actions.delete_attachment(actor=COMMAND_LINE, attachment_id=made.pk, reason=DeleteReason.WRONG_FILE)
        transaction.set_rollback(True)
    assert read(queries.opened(made.pk, actor=COMMAND_LINE).file) == b"Between Ann and us"


def test_a_file_changed_in_the_store_or_put_in_anothers_place_does_not_open(attachment_folder: Path) -> None:
    contact = factories.person()
    one, other = attach(contact), attach(contact, content=b"other")
    assert one.file is not None
    assert other.file is not None
    path = attachment_folder / one.file.key[:2] / one.file.key
    whole = path.read_bytes()
    path.write_bytes((attachment_folder / other.file.key[:2] / other.file.key).read_bytes())
    with pytest.raises(NotOpened):
        read(one.file)
    path.write_bytes(whole[:-1])
    with pytest.raises(NotOpened):
        read(one.file)
    path.unlink()
    with pytest.raises(Missing):
        read(one.file)


def test_destroying_the_key_destroys_the_files_a_backup_of_the_folder_too(attachment_folder: Path) -> None:
    contact = factories.person()
    made = attach(contact)
    destroy([made.record_id])
    assert in_store(attachment_folder)
    with pytest.raises(Destroyed):
        read(made.file)
    with pytest.raises(Destroyed):
        attach(contact)


def test_a_file_without_a_row_is_swept_and_one_with_a_row_is_not(attachment_folder: Path) -> None:
    kept = attach(factories.person(), "a.png", files.image(side=40))
    keep = FolderStore()
    keep.put("ab" * 16, [b"orphan"])
    (attachment_folder / "ab" / ("ab" + "cd" * 15 + ".coming")).write_bytes(b"cut off")
    assert len(in_store(attachment_folder)) == 4
    assert sweeping.sweep(before=now() - sweeping.AGE) == 0
    assert sweeping.sweep(before=now() + timedelta(minutes=1)) == 2
    assert len(in_store(attachment_folder)) == 2
    assert read(kept.file)


def test_an_upload_that_breaks_leaves_nothing_behind_its_name(attachment_folder: Path) -> None:
    def breaks() -> Iterator[bytes]:
        yield b"begun"
        raise OSError("the connection was lost")

    with pytest.raises(OSError, match="was lost"):
        FolderStore().put("ab" * 16, breaks())
    assert not in_store(attachment_folder)


# The library.


def form(name: str = "Consent form") -> LibraryEntry:
    return actions.add_library_file(
        actor=COMMAND_LINE,
        given=files.given("form.pdf", files.pdf()),
        filing=Filing(name=name, class_code="CONSENT_FORM"),
    )


def test_c14_a_url_entry_is_attachable_like_a_file() -> None:
    url = actions.add_library_url(
        actor=COMMAND_LINE, url="https://example.org/terms", filing=Filing(name="Terms")
    )
    contact = factories.person()
    made = [
        actions.attach_entry(
            actor=COMMAND_LINE, contact_id=contact.pk, entry_id=entry.pk, filing=Filing(note="As agreed")
        )
        for entry in (url, form())
    ]
    listed = list(queries.attachments_of(contact.pk, actor=COMMAND_LINE))
    assert [one.pk for one in listed] == [one.pk for one in reversed(made)]
    assert [(one.name, one.note, queries.file_of(one) is None) for one in made] == [
        ("Terms", "As agreed", True),
        ("Consent form", "As agreed", False),
    ]
    assert made[1].class_code == "CONSENT_FORM"


def test_c14_a_library_entry_in_use_cannot_be_deleted(
    settings: Settings,
    attachment_folder: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    """On a contact, or as whatever a room above uses it: a consent form, say."""
    entry, contact = form(), factories.person()
    made = actions.attach_entry(actor=COMMAND_LINE, contact_id=contact.pk, entry_id=entry.pk, filing=Filing())
    with pytest.raises(Refused, match=r"in use as an attachment \(1 time\)"):
        actions.delete_library_entry(actor=COMMAND_LINE, entry_id=entry.pk)
    actions.delete_attachment(actor=COMMAND_LINE, attachment_id=made.pk, reason=DeleteReason.WRONG_FILE)
    settings.KITH_LIBRARY_USES = "tests.attachments.uses.AS_CONSENT_FORM"
    with pytest.raises(Refused, match="in use as a consent form"):
        actions.delete_library_entry(actor=COMMAND_LINE, entry_id=entry.pk)
    settings.KITH_LIBRARY_USES = "tests.attachments.uses.NONE"
    assert len(in_store(attachment_folder)) == 2
    with django_capture_on_commit_callbacks(execute=True):
        actions.delete_library_entry(actor=COMMAND_LINE, entry_id=entry.pk)
    assert not in_store(attachment_folder)


def test_an_inactive_entry_is_not_offered_and_stays_where_it_hangs() -> None:
    entry, contact = form(), factories.person()
    actions.attach_entry(actor=COMMAND_LINE, contact_id=contact.pk, entry_id=entry.pk, filing=Filing())
    actions.edit_library_entry(
        actor=COMMAND_LINE, entry_id=entry.pk, filing=Filing(name="Old form"), is_active=False
    )
    assert not queries.offered(actor=COMMAND_LINE).exists()
    with pytest.raises(NotFound):
        actions.attach_entry(actor=COMMAND_LINE, contact_id=contact.pk, entry_id=entry.pk, filing=Filing())
    (made,) = queries.attachments_of(contact.pk, actor=COMMAND_LINE)
    assert read(queries.file_of(made)) == files.pdf()


def test_library_names_are_there_once(agent: User) -> None:
    form("Consent form")
    with pytest.raises(Refused, match="of this name already"):
        form("consent FORM")
    with pytest.raises(NotAllowed):
        actions.add_library_url(actor=agent.actor, url="https://example.org", filing=Filing(name="Mine"))


# Photos.


def set_photo(contact: Contact, content: bytes = b"") -> Photo:
    return actions.set_photo(
        actor=COMMAND_LINE,
        contact_id=contact.pk,
        given=files.given("me.jpg", content or files.photo_with_place()),
    )


def test_c21_a_contact_has_one_photo(
    attachment_folder: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    contact = factories.person()
    with django_capture_on_commit_callbacks(execute=True):
        set_photo(contact)
        newer = set_photo(contact, files.image(side=100))
    assert photo_of(contact.pk) == newer
    assert len(in_store(attachment_folder)) == 1
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_photo(actor=COMMAND_LINE, contact_id=contact.pk)
    assert photo_of(contact.pk) is None
    assert not in_store(attachment_folder)
    with pytest.raises(NotFound):
        actions.remove_photo(actor=COMMAND_LINE, contact_id=contact.pk)


def test_a_photo_is_an_image_that_can_be_read() -> None:
    contact = factories.person()
    with pytest.raises(Refused, match="A photo is an image"):
        set_photo(contact, files.pdf())
    with pytest.raises(Refused, match="cannot read this image"):
        set_photo(contact, files.image()[:900])
