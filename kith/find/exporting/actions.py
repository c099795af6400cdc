"""Asking for an export, writing it, taking it out, removing it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from django.db import connection, transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts import trail
from kith.contacts.rights.sight import sight_of
from kith.find.actions import keep_search
from kith.find.exporting import files, formats, queries, rules
from kith.find.exporting.columns import USUAL, columns, in_order
from kith.find.exporting.contacting import Contacting, allowed_of, forbidden_among
from kith.find.exporting.models import Export, ExportedContact
from kith.find.eyes import Eyes
from kith.find.selecting import insert_chosen, selected
from kith.jobs import progress
from kith.jobs.progress import Cancelled, Tracker
from kith.kernel.clock import now
from kith.kernel.errors import DomainError, Refused
from kith.sources.doors import lock

State = Export.State


@transaction.atomic
def ask_export(
    *,
    actor: Actor,
    token: str,
    kind: Export.Kind,
    codes: Sequence[str] = (),
    contacting: Contacting | None = None,
) -> Export:
    """`write_export` writes it. `codes`: columns; none: those of the view, else the usual ones. `contacting`:
    the file is to write to them, so whoever must not be reached so is not in it; None: it is to look at.
    """
    require(actor, Permission.CONTACT_EXPORT)
    found = selected(token, actor=actor)
    known = {one.code for one in columns()}
    is_card = kind == Export.Kind.VCARD
    wanted = tuple(codes) or tuple(one for one in found.search.columns if one in known) or USUAL
    rules.may_ask(
        unknown=[one for one in wanted if one not in known],
        live=queries.exports(actor=actor).filter(state__in=queries.LIVE).count(),
        columns=wanted,
        is_card=is_card,
    ).or_raise()
    export = Export.objects.create(
        kind=kind,
        columns=[] if is_card else [one.code for one in in_order(wanted)],
        channel=contacting.channel if contacting else "",
        message=contacting.message if contacting else "",
        search_token=keep_search(actor=actor, search=found.search),
        words=[*found.words, *([contacting.words] if contacting else [])],
        user_id=actor.user_id,
        actor=actor.name,
    )
    _journal("ExportAsked", export, by=actor)
    return export


def write_export(*, actor: Actor, export_id: int, tracker: Tracker) -> Export:
    """From the beginning, also after it was cut off: a file is offered whole or not at all."""
    require(actor, Permission.CONTACT_EXPORT)
    export = Export.objects.get(pk=export_id)
    if export.state not in queries.LIVE:
        return export
    try:
        total = _choose(export, actor=actor)
        written = _Written()
        blocks = _blocks(export, actor=actor, tracker=tracker, total=total, written=written)
        laid = files.lay_down(export.pk, blocks)
    except Cancelled:
        return _end(export, State.CANCELLED, by=actor)
    except DomainError as error:
        return _end(export, State.FAILED, by=actor, failure=error.message)
    return _offer(export, laid, contacts=written.contacts, by=actor)


@transaction.atomic
def _choose(export: Export, *, actor: Actor) -> int:
    """Once: an export that goes on holds whom it was asked to hold."""
    locked = Export.objects.select_for_update().get(pk=export.pk)
    if locked.state not in queries.LIVE:
        raise Cancelled
    if locked.total is not None:
        return locked.total
    ids = allowed_of(locked, selected(locked.search_token, actor=actor).ids)
    total = insert_chosen(_INSERT, [locked.pk], ids)
    Export.objects.filter(pk=locked.pk).update(state=State.RUNNING, total=total)
    return total


_INSERT = "INSERT INTO exporting_exportedcontact (export_id, contact_id) SELECT %s, x.id FROM ({chosen}) x"


@dataclass(slots=True)
class _Written:
    contacts: int = 0


def _blocks(
    export: Export, *, actor: Actor, tracker: Tracker, total: int, written: _Written
) -> Iterator[bytes]:
    def slices() -> Iterator[Sequence[int]]:
        done = 0
        for ids in queries.slices(export):
            tracker.at(done, total, "Contacts")
            allowed = _still_allowed(export, ids)
            written.contacts += len(allowed)
            yield allowed
            done += len(ids)

    eyes = Eyes(sight_of(actor))
    return formats.blocks_of(export.kind, slices(), columns=in_order(export.columns), eyes=eyes)


def _still_allowed(export: Export, ids: Sequence[int]) -> Sequence[int]:
    """Whoever was suppressed since they were chosen is left out, and their History tells of no export."""
    gone = forbidden_among(export, ids)
    if gone:
        ExportedContact.objects.filter(export=export, contact_id__in=gone).delete()
    return [pk for pk in ids if pk not in gone]


@transaction.atomic
def _offer(export: Export, laid: files.Laid, *, contacts: int, by: Actor) -> Export:
    """The file, and that each contact's History tells of it: both or neither. `contacts`: as many as it
    holds; whoever was anonymised or deleted since is no longer among those that were chosen."""
    lock.shared()
    locked = Export.objects.select_for_update().get(pk=export.pk)
    if locked.state != State.RUNNING:
        transaction.on_commit(partial(files.remove, laid.file_key))
        return locked
    failure = _gone_since(locked, contacts)
    if failure:
        transaction.on_commit(partial(files.remove, laid.file_key))
        return _end(locked, State.FAILED, by=by, failure=failure)
    for ids in queries.slices(locked):
        trail.exported(ids, by=by, kind=locked.get_kind_display(), export_id=locked.pk)
    locked.state, locked.ready_at, locked.expires_at = State.READY, now(), now() + rules.KEPT
    locked.file_key, locked.sealed_key, locked.size = laid.file_key, laid.sealed_key, laid.size
    locked.save()
    _forget_chosen(locked.pk)
    _journal("ExportMade", locked, by=by)
    return locked


def _gone_since(export: Export, contacts: int) -> str:
    """Why the file may not be given to anybody; '' where it may."""
    if ExportedContact.objects.filter(export=export).count() != contacts:
        return _LEFT_SINCE
    return _SUPPRESSED_SINCE if any(forbidden_among(export, ids) for ids in queries.slices(export)) else ""


_LEFT_SINCE: Final = "Somebody in it was anonymised or deleted while it was written. Ask for it again."
_SUPPRESSED_SINCE: Final = "Somebody in it may not be reached any more, since a moment ago."


@transaction.atomic
def _end(export: Export, state: Export.State, *, by: Actor, failure: str = "") -> Export:
    locked = Export.objects.select_for_update().get(pk=export.pk)
    if locked.state not in queries.LIVE:
        return locked
    locked.state, locked.failure = state, failure[:300]
    locked.save(update_fields=["state", "failure"])
    _forget_chosen(locked.pk)
    _journal("ExportCancelled" if state == State.CANCELLED else "ExportFailed", locked, by=by)
    return locked


@transaction.atomic
def cancel_export(*, actor: Actor, export_id: int) -> Export:
    """Whatever its job is doing: nothing is offered any more."""
    require(actor, Permission.CONTACT_EXPORT)
    export = queries.opened(export_id, actor=actor)
    if export.state not in queries.LIVE:
        raise Refused("This export has ended already.")
    progress.request_cancel(Export.SUBJECT, export.pk)
    return _end(export, State.CANCELLED, by=actor)


def note_failure(*, actor: Actor, export_id: int) -> None:
    """Something broke that nobody foresaw; its job says what."""
    require(actor, Permission.CONTACT_EXPORT)
    _end(Export.objects.get(pk=export_id), State.FAILED, by=actor, failure="It could not be written.")


@transaction.atomic
def note_download(*, actor: Actor, export_id: int) -> Export:
    """Before the first byte goes out."""
    require(actor, Permission.CONTACT_EXPORT)
    export = queries.ready(export_id, actor=actor)
    _journal("ExportDownloaded", export, by=actor)
    return export


@transaction.atomic
def remove_export(*, actor: Actor, export_id: int) -> None:
    """Its file, at once."""
    require(actor, Permission.CONTACT_EXPORT)
    export = queries.opened(export_id, actor=actor)
    if export.state != State.READY:
        raise Refused("This export has no file.")
    _remove(export.pk)
    _journal("ExportRemoved", export, by=actor)


def remove_expired() -> int:
    """Housekeeping. Returns how many files went."""
    due = Export.objects.filter(state=State.READY, expires_at__lte=now()).values_list("pk", flat=True)
    return sum(_remove(pk) for pk in list(due))


@transaction.atomic
def _remove(export_id: int) -> bool:
    export = Export.objects.select_for_update().get(pk=export_id)
    if export.state != State.READY:
        return False
    transaction.on_commit(partial(files.remove, export.file_key))
    export.state, export.file_key, export.sealed_key = State.REMOVED, "", None
    export.save(update_fields=["state", "file_key", "sealed_key"])
    return True


def forget_contacts(*, contact_ids: Sequence[int]) -> None:
    """From exports under way."""
    ExportedContact.objects.filter(contact_id__in=contact_ids).delete()


def _forget_chosen(export_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM exporting_exportedcontact WHERE export_id = %s", [export_id])


def _journal(event: str, export: Export, *, by: Actor) -> None:
    journal.record(
        event,
        by=by,
        subject_type=Export.SUBJECT,
        subject_id=export.pk,
        detail={"kind": export.get_kind_display(), "contacts": export.total, "columns": len(export.columns)},
    )
