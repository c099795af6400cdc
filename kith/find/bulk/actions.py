"""Asking for a bulk change, making it slice by slice, taking it back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final

from django.db import connection, transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts.may.asking import restricted_among
from kith.contacts.rights.sight import sight_of
from kith.find.bulk import queries, rules
from kith.find.bulk.changes import Made, changing
from kith.find.bulk.models import BulkChange, ChangedContact
from kith.find.bulk.standing import standing
from kith.find.selecting import insert_chosen, selected
from kith.golden.one_field import assemble_field
from kith.golden.waiting import edits_wait
from kith.jobs import progress
from kith.jobs.progress import Cancelled, Tracker
from kith.kernel.clock import now
from kith.kernel.errors import Refused

State = BulkChange.State
_Row = ChangedContact.State
_LOCK: Final = 5_287_414_931


@transaction.atomic
def ask_bulk_change(*, actor: Actor, token: str, kind: BulkChange.Kind, value: str) -> BulkChange:
    """Whom the search finds now is written down: whoever comes later is not changed. See `execute`."""
    require(actor, Permission.CONTACT_BULK)
    _also(actor, kind)
    of = changing(kind)
    choices = {code for code, _ in of.choices()}
    rules.may_become(label=kind.label, value=value, choices=choices, may_clear=of.may_clear).or_raise()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    found = selected(token, actor=actor)
    live = BulkChange.objects.filter(state__in=queries.LIVE).count()
    change = BulkChange.objects.create(
        kind=kind, value=value, words=list(found.words), user_id=actor.user_id, actor=actor.name
    )
    change.total = insert_chosen(_INSERT, [change.pk], found.ids)
    rules.may_start(total=change.total, live=live).or_raise()
    change.save(update_fields=["total"])
    _journal("BulkChangeAsked", change, by=actor)
    return change


_INSERT: Final = (
    "INSERT INTO bulk_changes_changedcontact (bulk_change_id, contact_id) SELECT %s, x.id FROM ({chosen}) x"
)


def execute(*, actor: Actor, change_id: int, tracker: Tracker) -> BulkChange:
    """Make it, or go on making it: a slice of contacts with its entries of the journal at a time."""
    require(actor, Permission.CONTACT_BULK)
    change = BulkChange.objects.get(pk=change_id)
    _also(actor, change.kind)
    if change.state not in {State.WAITING, State.RUNNING}:
        return change
    BulkChange.objects.filter(pk=change_id).update(state=State.RUNNING)
    state = _through(change, _make_slice, over=_Row.WAITING, actor=actor, tracker=tracker)
    return _end(change, State.DONE if state is None else state, by=actor)


def execute_undo(*, actor: Actor, change_id: int, tracker: Tracker) -> BulkChange:
    """Take it back, or go on taking it back: where nobody changed it since."""
    require(actor, Permission.CONTACT_BULK)
    change = BulkChange.objects.get(pk=change_id)
    _also(actor, change.kind)
    if change.state != State.UNDOING:
        return change
    state = _through(change, _undo_slice, over=_Row.CHANGED, actor=actor, tracker=tracker)
    return _end(change, State.UNDONE if state is None else state, by=actor)


Slice = Callable[..., None]


def _through(
    change: BulkChange, do: Slice, *, over: ChangedContact.State, actor: Actor, tracker: Tracker
) -> BulkChange.State | None:
    """None: to its end."""
    left = ChangedContact.objects.filter(bulk_change=change, state=over).count()
    done = 0
    try:
        while ids := queries.next_ids(change, state=over):
            tracker.at(done, left, "Contacts")
            do(change, ids, actor=actor)
            done += len(ids)
    except Cancelled:
        return State.CANCELLED
    tracker.at(done, left, "Contacts", final=True)
    return None


@transaction.atomic
def _make_slice(change: BulkChange, contact_ids: Sequence[int], *, actor: Actor) -> None:
    of = changing(change.kind)
    _lock_contacts(contact_ids)
    found = standing(contact_ids, of=of, value=change.value, sight=sight_of(actor))
    due = [pk for pk, state in found.items() if state is _Row.CHANGED]
    made = of.make(actor, change, due) if due else []
    if made and of.field and not edits_wait():
        assemble_field([one.contact_id for one in made], field=of.field)
    changed = {one.contact_id for one in made}
    _note(
        change, {pk: state for pk, state in found.items() if pk not in changed and state is not _Row.CHANGED}
    )
    _note(change, dict.fromkeys(set(due) - changed, _Row.NOTHING))
    _note_made(change, made)
    _journal_each("BulkChangeMade", change, sorted(changed), by=actor)


@transaction.atomic
def _undo_slice(change: BulkChange, contact_ids: Sequence[int], *, actor: Actor) -> None:
    of = changing(change.kind)
    made = queries.made_of(change, list(contact_ids))
    _lock_contacts(_contacts_of([one.record_id for one in made]))
    held = restricted_among([one.record_id for one in made]) if of.field else {}
    made = [one for one in made if one.record_id not in held]
    back = of.take_back(actor, change, made)
    if back.assembled:
        assemble_field(sorted(back.assembled), field=of.field)
    _note(change, dict.fromkeys(back.undone, _Row.UNDONE))
    _note(change, dict.fromkeys(set(contact_ids) - back.undone, _Row.KEPT))
    there = _contacts_of([one.record_id for one in made if one.contact_id in back.undone])
    _journal_each("BulkChangeUndone", change, there, by=actor)


@transaction.atomic
def cancel(*, actor: Actor, change_id: int) -> BulkChange:
    """What is made already stays, and can be undone; what is left is not made."""
    require(actor, Permission.CONTACT_BULK)
    change = _locked(change_id, actor=actor)
    if change.state not in queries.LIVE:
        raise Refused("This bulk change has ended already.")
    progress.request_cancel(BulkChange.SUBJECT, change.pk)
    if change.state == State.WAITING:
        return _ended(change, State.CANCELLED, by=actor)
    return change


@transaction.atomic
def ask_undo(*, actor: Actor, change_id: int) -> BulkChange:
    """`execute_undo` takes it back."""
    require(actor, Permission.CONTACT_BULK)
    change = _locked(change_id, actor=actor)
    _also(actor, change.kind)
    if change.state not in queries.ENDED:
        raise Refused("Only a bulk change that has ended can be undone, and only once.")
    if not change.changed_count:
        raise Refused("This bulk change changed nobody.")
    change.state, change.undo_user_id, change.undo_actor = State.UNDOING, actor.user_id, actor.name
    change.save(update_fields=["state", "undo_user", "undo_actor"])
    progress.forget_cancel(BulkChange.SUBJECT, change.pk)
    _journal("BulkChangeUndoAsked", change, by=actor)
    return change


def forget_contacts(*, contact_ids: Sequence[int], record_ids: Sequence[int]) -> None:
    """It is neither changed nor changed back any more."""
    ChangedContact.objects.filter(contact_id__in=contact_ids).delete()
    ChangedContact.objects.filter(record_id__in=record_ids).delete()


def _also(actor: Actor, kind: str) -> None:
    require(actor, Permission.CONTACT_EDIT)
    also = changing(kind).also_needs
    if also is not None:
        require(actor, also)


def _locked(change_id: int, *, actor: Actor) -> BulkChange:
    queries.opened(change_id, actor=actor)
    return BulkChange.objects.select_for_update().get(pk=change_id)


def _lock_contacts(contact_ids: Collection[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM contacts_contact WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [sorted(contact_ids)]
        )


def _contacts_of(record_ids: Iterable[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT contact_id FROM sources_membership WHERE record_id = ANY(%s) ORDER BY 1",
            [list(record_ids)],
        )
        return [int(pk) for (pk,) in cursor.fetchall()]


def _note(change: BulkChange, states: dict[int, ChangedContact.State]) -> None:
    if not states:
        return
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [list(states), [str(state) for state in states.values()], change.pk])


_NOTE: Final = """
UPDATE bulk_changes_changedcontact r SET state = t.state
FROM unnest(%s::bigint[], %s::text[]) AS t(contact_id, state)
WHERE r.bulk_change_id = %s AND r.contact_id = t.contact_id
"""


def _note_made(change: BulkChange, made: Sequence[Made]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _NOTE_MADE,
            [
                [one.contact_id for one in made],
                [one.record_id for one in made],
                [one.override_id for one in made],
                [",".join(map(str, one.replaced)) for one in made],
                [one.before_team for one in made],
                [one.since for one in made],
                change.pk,
            ],
        )


_NOTE_MADE: Final = """
UPDATE bulk_changes_changedcontact r SET state = 'changed', record_id = t.record_id,
    override_id = t.override_id, before_team = t.before_team, since = t.since,
    replaced = CASE WHEN t.replaced <> '' THEN string_to_array(t.replaced, ',')::bigint[] END
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::timestamptz[])
    AS t(contact_id, record_id, override_id, replaced, before_team, since)
WHERE r.bulk_change_id = %s AND r.contact_id = t.contact_id
"""


@transaction.atomic
def _end(change: BulkChange, state: BulkChange.State, *, by: Actor) -> BulkChange:
    return _ended(BulkChange.objects.select_for_update().get(pk=change.pk), state, by=by)


def _ended(change: BulkChange, state: BulkChange.State, *, by: Actor) -> BulkChange:
    counts = queries.counts_of(change)
    refused = (_Row.NOTHING, _Row.MANDATORY, _Row.FORBIDDEN, _Row.RESTRICTED, _Row.GONE)
    change.changed_count = counts.get(_Row.CHANGED, 0)
    change.same_count = counts.get(_Row.SAME, 0)
    change.refused_count = sum(counts.get(one, 0) for one in refused)
    change.kept_count = counts.get(_Row.KEPT, 0)
    change.state, change.finished_at = state, now()
    change.save()
    _journal("BulkChangeEnded", change, by=by)
    return change


def _journal(event: str, change: BulkChange, *, by: Actor) -> None:
    journal.record(
        event,
        by=by,
        subject_type=BulkChange.SUBJECT,
        subject_id=change.pk,
        detail={
            "what": change.get_kind_display(),
            "state": change.get_state_display(),
            "total": change.total,
            "changed": change.changed_count,
            "kept": change.kept_count,
        },
    )


def _journal_each(event: str, change: BulkChange, group_ids: Sequence[int], *, by: Actor) -> None:
    journal.record_each(
        event,
        by=by,
        subject_type=BulkChange.SUBJECT,
        subject_id=change.pk,
        group_ids=group_ids,
        detail={"fields": [changing(change.kind).field or "owner"]},
    )
