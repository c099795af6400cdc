"""Taking a suppression list: a draft to look at, applied as one, undone as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Final

from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts import local, rules
from kith.contacts.models import Suppression
from kith.contacts.suppressions import bodies, known
from kith.contacts.suppressions.actions import Because, lift_whole
from kith.contacts.suppressions.lists.finding import found_of, is_ref
from kith.contacts.suppressions.lists.reading import content_of, said_in
from kith.contacts.suppressions.models import SuppressedValue, SuppressionList
from kith.kernel.clock import now
from kith.kernel.errors import NotFound, Refused
from kith.sources.doors import lock

State = SuppressionList.State
_NOT_YET: Final = (State.DRAFT, State.WAITING)
"""One whose job failed can be applied again, or thrown away."""
TASK: Final = "contacts.apply_suppression_list"
AT_ONCE: Final = 5_000
"""Entries that are applied while the page waits; more are a job."""
KEPT: Final = timedelta(days=7)
"""How long a draft waits."""


@transaction.atomic
def draft_list(
    *, actor: Actor, file_name: str, content: Iterable[bytes], because: Because
) -> SuppressionList:
    """What the file says, to look at; nobody is suppressed yet."""
    require(actor, Permission.CONTACT_SUPPRESS)
    rules.may_suppress_value(
        reason=because.reason, is_there=False, ends_on=because.ends_on, today=now().date()
    ).or_raise()
    country = local.local_source().default_country
    found = found_of(said_in(content_of(content), country=country, is_ref=is_ref))
    if not found.body.size and not found.bad:
        raise Refused("The file names nobody.")
    made = SuppressionList.objects.create(
        file_name=file_name.replace("\\", "/").rpartition("/")[2][-200:],
        body=bodies.sealed(found.body),
        reason=because.reason,
        scope=because.scope,
        ends_on=because.ends_on,
        source=because.source.strip(),
        note=because.note.strip(),
        known=found.known,
        unknown=found.unknown,
        repeated=found.repeated,
        bad=found.bad,
        bad_rows=[asdict(one) for one in found.bad_shown],
        user_id=actor.user_id,
        actor=actor.name,
        made_at=now(),
    )
    _journal("SuppressionListDrafted", made, by=actor)
    return made


@transaction.atomic
def apply_list(*, actor: Actor, list_id: int, in_background: bool = True) -> SuppressionList:
    """Everybody in it is suppressed at once; of a long list, as soon as its job has run."""
    require(actor, Permission.CONTACT_SUPPRESS)
    waiting = _locked(list_id)
    if waiting.state not in _NOT_YET:
        raise Refused("This list was applied already.")
    body = bodies.body_of(waiting)
    if not body.size:
        raise Refused("No row of this list can be read; nothing would be suppressed.")
    if body.size <= AT_ONCE or not in_background:
        return _carry_out(waiting, body, by=actor)
    from kith.contacts.tasks import apply_suppression_list

    waiting.state = State.WAITING
    waiting.save(update_fields=["state"])
    apply_suppression_list.defer(list_id=waiting.pk)
    return waiting


@transaction.atomic
def carry_out(*, actor: Actor, list_id: int) -> SuppressionList:
    """What its job does. Done whole or not at all; once, however often it is started."""
    require(actor, Permission.CONTACT_SUPPRESS)
    waiting = _locked(list_id)
    if waiting.state != State.WAITING:
        return waiting
    return _carry_out(waiting, bodies.body_of(waiting), by=actor)


def _carry_out(waiting: SuppressionList, body: bodies.Body, *, by: Actor) -> SuppressionList:
    lock.alone()
    said = Suppression.objects.create(
        reason=waiting.reason,
        scope=waiting.scope,
        ends_on=waiting.ends_on,
        source=waiting.source,
        note=waiting.note,
        user_id=waiting.user_id,
        actor=waiting.actor,
        at=now(),
    )
    SuppressedValue.objects.bulk_create(
        (
            SuppressedValue(
                suppression=said, kind=one.kind, digest=bytes.fromhex(one.digest), value=one.value
            )
            for one in body.entries
        ),
        batch_size=5_000,
    )
    known.take_on(said.pk)
    with connection.cursor() as cursor:
        cursor.execute(_REFS, [said.pk, list(body.record_ids)])
    waiting.state, waiting.suppression, waiting.body = State.IN_FORCE, said, None
    waiting.applied_at = now()
    waiting.save(update_fields=["state", "suppression", "body", "applied_at"])
    _journal("SuppressionListTaken", waiting, by=by)
    return waiting


# The whole contact of each System Ref, as when it is suppressed by hand.
_REFS: Final = """
INSERT INTO contacts_suppressedrecord (suppression_id, record_id)
SELECT DISTINCT %s::bigint, b.record_id FROM sources_membership a
JOIN sources_membership b USING (contact_id) WHERE a.record_id = ANY(%s)
ON CONFLICT (record_id, suppression_id) WHERE lift_id IS NULL AND withdrawn_by IS NULL DO NOTHING
"""


@transaction.atomic
def undo_list(*, actor: Actor, list_id: int, note: str) -> SuppressionList:
    """Whoever it suppressed is no longer suppressed, unless by something else too."""
    require(actor, Permission.CONTACT_SUPPRESS)
    taken = _locked(list_id)
    if taken.state != State.IN_FORCE or taken.suppression_id is None:
        raise Refused("This list is not in force.")
    if not note.strip():
        raise Refused("Say in the note why it is undone.", fields={"note": "Say why it is undone."})
    lift_whole(actor=actor, suppression_ids=[taken.suppression_id], note=note)
    taken.state, taken.undone_at = State.UNDONE, now()
    taken.save(update_fields=["state", "undone_at"])
    _journal("SuppressionListUndone", taken, by=actor)
    return taken


@transaction.atomic
def discard_list(*, actor: Actor, list_id: int) -> None:
    """One that was not applied, with what it says; not while its job waits or works."""
    require(actor, Permission.CONTACT_SUPPRESS)
    draft = _locked(list_id)
    if draft.state not in _NOT_YET:
        raise Refused("Only a list that was not applied can be thrown away.")
    if _in_queue([draft.pk]):
        raise Refused("This list is being applied. Undo it once it is in force.")
    _journal("SuppressionListDiscarded", draft, by=actor)
    draft.delete()


@transaction.atomic
def discard_old(*, actor: Actor) -> int:
    """Drafts that nobody applied, and lists whose job failed (overnight)."""
    require(actor, Permission.CONTACT_SUPPRESS)
    old = SuppressionList.objects.select_for_update(skip_locked=True).filter(
        state__in=_NOT_YET, made_at__lt=now() - KEPT
    )
    ids = list(old.order_by("pk").values_list("pk", flat=True))
    return SuppressionList.objects.filter(pk__in=set(ids) - _in_queue(ids)).delete()[0]


def _in_queue(list_ids: Sequence[int]) -> frozenset[int]:
    """Those whose job waits, or is under way. Lock them first: then nobody asks for a job meanwhile."""
    jobs = ProcrastinateJob.objects.filter(
        task_name=TASK, status__in=("todo", "doing"), args__list_id__in=list(list_ids)
    )
    return frozenset(args["list_id"] for args in jobs.values_list("args", flat=True))


def _locked(list_id: int) -> SuppressionList:
    found = SuppressionList.objects.select_for_update(of=("self",)).filter(pk=list_id).first()
    if found is None:
        raise NotFound("There is no such list.")
    return found


def _journal(event: str, one: SuppressionList, *, by: Actor) -> None:
    journal.record(
        event,
        by=by,
        subject_type=SuppressionList.SUBJECT,
        subject_id=one.pk,
        detail={"reason": one.reason, "known": one.known, "unknown": one.unknown, "bad": one.bad},
    )
