"""Attachments, the library and photos: what is stored, named, filed and deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import IO, Final

from django.db import transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.attachments import kinds, previews, rules, stored
from kith.attachments.kinds import FileKind
from kith.attachments.library_uses import uses_of
from kith.attachments.models import Attachment, LibraryEntry, Photo, StoredFile
from kith.attachments.photos import photo_of
from kith.attachments.rules import DeleteReason
from kith.attachments.sections import limits_in_force
from kith.audit import journal
from kith.audit.models import Entry
from kith.audit.taken_once import taken_once
from kith.contacts.belongings import anchor_of, locked_anchor_of
from kith.contacts.may.asking import hold_to_changing
from kith.contacts.settings.attachment_classes import attachment_classes_in_force
from kith.kernel.decision import Decision
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.kernel.seen import unless_changed
from kith.sources.doors import lock
from kith.sources.doors.holding import unless_erased
from kith.sources.models import Membership
from kith.vault import details
from kith.vault.details import ValueChange
from kith.vault.sealing import INSTALLATION

_TAKEN: Final = "Another entry of the library took this name at this moment."


@dataclass(frozen=True, slots=True)
class GivenFile:
    content: IO[bytes]
    name: str
    """As whoever sends it calls it."""
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """How an attachment is filed; an empty name is that of the file or the entry."""

    name: str = ""
    class_code: str = ""
    note: str = ""

    @classmethod
    def of(cls, attachment: Attachment) -> Filing:
        return Filing(name=attachment.name, class_code=attachment.class_code, note=attachment.note)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDetails(Filing):
    """What can be edited of an entry of the library."""

    url: str = ""
    is_active: bool = True

    @classmethod
    def of_entry(cls, entry: LibraryEntry) -> EntryDetails:
        return EntryDetails(
            name=entry.name,
            class_code=entry.class_code,
            note=entry.note,
            url=entry.url,
            is_active=entry.is_active,
        )


def attach_file(*, actor: Actor, contact_id: int, given: GivenFile, filing: Filing) -> Attachment:
    """Sealed into the store first, then its row: what never gets a row is swept."""
    require(actor, Permission.CONTACT_EDIT)
    _check(filing)
    kind = _taken(given)
    record_id = anchor_of(contact_id)
    file = _laid_down(given, kind, record_id=record_id)
    return _attach(actor, contact_id, record_id=record_id, file=file, name=given.name, filing=filing)


@transaction.atomic
def _attach(
    actor: Actor, contact_id: int, *, record_id: int, file: StoredFile, name: str, filing: Filing
) -> Attachment:
    _still_of(contact_id, record_id=record_id, actor=actor)
    file.save()
    made = Attachment.objects.create(
        record_id=record_id,
        name=kinds.plain_name(filing.name) or kinds.plain_name(name),
        class_code=filing.class_code,
        note=filing.note.strip(),
        file=file,
        user_id=actor.user_id,
        actor=actor.name,
    )
    _journal("AttachmentAdded", actor, made, contact_id=contact_id, type=file.media_type, bytes=file.size)
    return made


@transaction.atomic
def attach_entry(*, actor: Actor, contact_id: int, entry_id: int, filing: Filing) -> Attachment:
    """An active entry of the library, file or web address; it is not copied."""
    require(actor, Permission.CONTACT_EDIT)
    _check(filing)
    record_id = _anchor_to_change(contact_id, actor=actor)
    # Held, so that it is not deleted while it is being attached.
    held = LibraryEntry.objects.select_for_update(no_key=True)
    entry = held.filter(pk=entry_id, is_active=True).first()
    if entry is None:
        raise NotFound("There is no such entry in the library.")
    made = Attachment.objects.create(
        record_id=record_id,
        name=kinds.plain_name(filing.name) or entry.name,
        class_code=filing.class_code or entry.class_code,
        note=filing.note.strip(),
        entry=entry,
        user_id=actor.user_id,
        actor=actor.name,
    )
    _journal("AttachmentAdded", actor, made, contact_id=contact_id, library_entry=entry.pk)
    return made


@transaction.atomic
def refile(*, actor: Actor, attachment_id: int, filing: Filing, seen: str = "") -> Attachment:
    """Another name, classification or note. `seen`: `state_of` of the Filing that the person looked at;
    Conflict when it is another by now.
    """
    require(actor, Permission.CONTACT_EDIT)
    attachment, contact_id = _locked(attachment_id, actor=actor)
    before = Filing.of(attachment)
    unless_changed(before, seen=seen, wanted=replace(filing, name=filing.name or before.name))
    _check(filing, present=attachment.class_code)
    attachment.name = kinds.plain_name(filing.name) or attachment.name
    attachment.class_code, attachment.note = filing.class_code, filing.note.strip()
    changes = [
        ValueChange("name", before.name, attachment.name),
        ValueChange("classification", before.class_code, attachment.class_code),
        ValueChange("note", before.note, attachment.note),
    ]
    changed = [one.field for one in changes if one.before != one.after]
    if not changed:
        return attachment
    attachment.save(update_fields=["name", "class_code", "note"])
    entry = _journal("AttachmentEdited", actor, attachment, contact_id=contact_id, fields=changed)
    details.keep(entry, record_id=attachment.record_id, changes=changes)
    return attachment


@transaction.atomic
def delete_attachment(
    *, actor: Actor, attachment_id: int, reason: DeleteReason, note: str = "", seen: str = ""
) -> None:
    """For good. Its name and the note stay sealed beside the journal entry, as long as the key of its System
    Ref does. `seen`: as for `refile`.
    """
    require(actor, Permission.CONTACT_EDIT)
    attachment, contact_id = _locked(attachment_id, actor=actor)
    unless_changed(Filing.of(attachment), seen=seen)
    Attachment.objects.filter(pk=attachment_id).delete()
    if attachment.file is not None:
        _delete_file(attachment.file)
    entry = _journal("AttachmentDeleted", actor, attachment, contact_id=contact_id, reason=reason.value)
    changes = [ValueChange("name", attachment.name, ""), ValueChange("why", "", note.strip())]
    details.keep(entry, record_id=attachment.record_id, changes=changes)


def set_photo(*, actor: Actor, contact_id: int, given: GivenFile) -> Photo:
    """The photo that the contact shows from now on. Kept as Kith draws it anew, not as it was sent."""
    require(actor, Permission.CONTACT_EDIT)
    limits = limits_in_force()
    kind = kinds.kind_of(given.content, name=given.name)
    rules.may_be_photo(kind=kind, size=given.size, limits=limits).or_raise()
    picture = previews.photo_of(given.content, size=given.size)
    if picture is None:
        raise Refused("Kith cannot read this image. Save it as JPEG or PNG and try again.")
    record_id = anchor_of(contact_id)
    file = stored.lay_down_picture(picture, record_id=record_id)
    return _hang_photo(actor, contact_id, record_id=record_id, file=file)


@transaction.atomic
def _hang_photo(actor: Actor, contact_id: int, *, record_id: int, file: StoredFile) -> Photo:
    _still_of(contact_id, record_id=record_id, actor=actor)
    before = Photo.objects.select_related("file").filter(record_id=record_id).first()
    if before is not None:
        before.delete()
        _delete_file(before.file)
    file.save()
    made = Photo.objects.create(record_id=record_id, file=file, user_id=actor.user_id, actor=actor.name)
    journal.record("PhotoSet", by=actor, subject_type="photo", subject_id=made.pk, group_id=contact_id)
    return made


@transaction.atomic
def remove_photo(*, actor: Actor, contact_id: int) -> None:
    """The one that is shown. Where another System Ref of the contact has one, that is shown instead."""
    require(actor, Permission.CONTACT_EDIT)
    _anchor_to_change(contact_id, actor=actor)
    photo = photo_of(contact_id)
    if photo is None:
        raise NotFound("This contact has no photo.")
    Photo.objects.filter(pk=photo.pk).delete()
    _delete_file(photo.file)
    journal.record("PhotoRemoved", by=actor, subject_type="photo", subject_id=photo.pk, group_id=contact_id)


def forget_attachments(*, record_ids: Sequence[int]) -> None:
    """All of these System Refs, photos too; part of an action that asked for the permission. The files go
    when its transaction is committed.
    """
    Attachment.objects.filter(record_id__in=record_ids).delete()
    Photo.objects.filter(record_id__in=record_ids).delete()
    for file in StoredFile.objects.filter(record_id__in=record_ids):
        _delete_file(file)


def add_library_file(*, actor: Actor, given: GivenFile, filing: Filing) -> LibraryEntry:
    require(actor, Permission.SETTINGS_EDIT)
    _check(filing)
    name = _free_name(filing.name or given.name)
    kind = _taken(given)
    file = _laid_down(given, kind, record_id=INSTALLATION)
    with transaction.atomic():
        file.save()
        return _add_entry(actor, LibraryEntry(kind=LibraryEntry.Kind.FILE, name=name, file=file), filing)


@transaction.atomic
def add_library_url(*, actor: Actor, url: str, filing: Filing) -> LibraryEntry:
    require(actor, Permission.SETTINGS_EDIT)
    _check(filing)
    rules.may_be_address(url).or_raise()
    name = _free_name(filing.name)
    return _add_entry(actor, LibraryEntry(kind=LibraryEntry.Kind.URL, name=name, url=url), filing)


@transaction.atomic
def edit_library_entry(
    *, actor: Actor, entry_id: int, filing: Filing, is_active: bool, url: str = "", seen: str = ""
) -> LibraryEntry:
    """Of a web address the address too; the file of an entry never changes: add another entry. `seen`:
    `state_of` of its EntryDetails, as for attachments.
    """
    require(actor, Permission.SETTINGS_EDIT)
    entry = _locked_entry(entry_id)
    wanted = EntryDetails(**asdict(filing), url=url or entry.url, is_active=is_active)
    unless_changed(EntryDetails.of_entry(entry), seen=seen, wanted=wanted)
    _check(filing, present=entry.class_code)
    if entry.kind == LibraryEntry.Kind.URL:
        rules.may_be_address(url).or_raise()
        entry.url = url
    entry.name = _free_name(filing.name, but=entry.pk)
    entry.class_code, entry.note, entry.is_active = filing.class_code, filing.note.strip(), is_active
    with taken_once(_TAKEN, field="name"):
        entry.save()
    _journal_entry("LibraryEntryEdited", actor, entry)
    return entry


@transaction.atomic
def delete_library_entry(*, actor: Actor, entry_id: int, seen: str = "") -> None:
    """Refused while it is in use anywhere (C14)."""
    require(actor, Permission.SETTINGS_EDIT)
    entry = _locked_entry(entry_id)
    unless_changed(EntryDetails.of_entry(entry), seen=seen)
    rules.may_delete_entry(uses=uses_of(entry.pk)).or_raise()
    _journal_entry("LibraryEntryDeleted", actor, entry)
    entry.delete()
    if entry.file is not None:
        _delete_file(entry.file)


def _taken(given: GivenFile) -> FileKind:
    kind = kinds.kind_of(given.content, name=given.name)
    name = kinds.plain_name(given.name)
    rules.may_take(name, kind=kind, size=given.size, limits=limits_in_force()).or_raise()
    return kind


def _laid_down(given: GivenFile, kind: FileKind, *, record_id: int) -> StoredFile:
    preview = previews.preview_of(given.content, kind, size=given.size)
    return stored.lay_down(given.content, kind, record_id=record_id, size=given.size, preview=preview)


def _check(filing: Filing, *, present: str = "") -> None:
    known = {code for code, _ in attachment_classes_in_force().choices(present=present)}
    reasons = []
    if filing.class_code and filing.class_code not in known:
        reasons.append("there is no such classification")
    if len(filing.note.strip()) > 500:
        reasons.append("a note has at most 500 characters")
    Decision(tuple(reasons)).or_raise()


def _still_of(contact_id: int, *, record_id: int, actor: Actor) -> None:
    """The contact may have come apart while its file was stored."""
    _anchor_to_change(contact_id, actor=actor)
    if not Membership.objects.filter(contact_id=contact_id, record_id=record_id).exists():
        raise Conflict("Somebody changed this contact meanwhile. Look at it again, then try once more.")


def _anchor_to_change(contact_id: int, *, actor: Actor) -> int:
    record_id = locked_anchor_of(contact_id)
    hold_to_changing([contact_id], actor=actor)
    return record_id


def _locked(attachment_id: int, *, actor: Actor) -> tuple[Attachment, int]:
    """With the contact it hangs on now, who is nobody who was anonymised (C42)."""
    lock.shared()
    attachment = (
        Attachment.objects.select_for_update(of=("self",))
        .select_related("file", "entry")
        .filter(pk=attachment_id)
        .first()
    )
    member = (
        Membership.objects.filter(record_id=attachment.record_id).first() if attachment is not None else None
    )
    if attachment is None or member is None:
        raise NotFound("There is no such attachment.")
    unless_erased(attachment.record_id)
    hold_to_changing([member.contact_id], actor=actor)
    return attachment, member.contact_id


def _locked_entry(entry_id: int) -> LibraryEntry:
    rows = LibraryEntry.objects.select_for_update(of=("self",)).select_related("file")
    entry = rows.filter(pk=entry_id).first()
    if entry is None:
        raise NotFound("There is no such entry in the library.")
    return entry


def _free_name(given: str, *, but: int = 0) -> str:
    name = kinds.plain_name(given)[:120]
    if not name:
        raise Refused("Give it a name.", fields={"name": "Give it a name."})
    if LibraryEntry.objects.filter(name__iexact=name).exclude(pk=but).exists():
        sentence = "There is an entry of this name already."
        raise Refused(sentence, fields={"name": sentence})
    return name


def _add_entry(actor: Actor, entry: LibraryEntry, filing: Filing) -> LibraryEntry:
    entry.class_code, entry.note = filing.class_code, filing.note.strip()
    entry.user_id, entry.actor = actor.user_id, actor.name
    with taken_once(_TAKEN, field="name"):
        entry.save()
    _journal_entry("LibraryEntryAdded", actor, entry)
    return entry


def _delete_file(file: StoredFile) -> None:
    file.delete()
    transaction.on_commit(partial(stored.remove, file))


def _journal(
    event: str,
    actor: Actor,
    attachment: Attachment,
    *,
    contact_id: int,
    **detail: str | int | list[str],
) -> Entry:
    """No names of files: they are personal."""
    return journal.record(
        event,
        by=actor,
        subject_type="attachment",
        subject_id=attachment.pk,
        group_id=contact_id,
        detail=detail,
    )


def _journal_entry(event: str, actor: Actor, entry: LibraryEntry) -> None:
    journal.record(
        event, by=actor, subject_type="library_entry", subject_id=entry.pk, detail={"kind": entry.kind}
    )
