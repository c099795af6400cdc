"""Tasks to erase elsewhere: made with the erasure, taken on, confirmed with a note."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db import transaction

from kith.access.actors import Actor, require
from kith.access.cases import open_case
from kith.access.permissions import Permission
from kith.audit import journal
from kith.kernel.clock import now, today
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.privacy.elsewhere.models import ElsewhereTask
from kith.privacy.elsewhere.sealing import opened, sealed
from kith.privacy.models import Erasure
from kith.sources.models import LOCAL, SourceRecord
from kith.sso import actions as sign_on
from kith.sso.queries import is_configured
from kith.sso.refs import linked_refs
from kith.vault.own_key import SealedAlone
from kith.web.formats import day, group_id

DUE_IN: Final = timedelta(days=30)
REMIND: Final = timedelta(days=7)
"""Before one is due."""
State, Target = ElsewhereTask.State, ElsewhereTask.Target


def make_tasks(*, actor: Actor, erasure: Erasure, record_ids: Sequence[int]) -> int:
    """One for each System Ref that a source knows, in the erasing transaction, while its number is there."""
    require(actor, Permission.CONTACT_ANONYMISE)
    accounts = {one.record_id for one in linked_refs(record_ids)}
    records = SourceRecord.objects.filter(pk__in=record_ids).exclude(source__code=LOCAL).order_by("pk")
    made = [
        _task(erasure, record, Target.SSO if record.pk in accounts else Target.SOURCE)
        for record in records.only("source_id", "system_ref")
    ]
    ElsewhereTask.objects.bulk_create(made)
    return len(made)


@transaction.atomic
def reveal_ref(*, actor: Actor, task_id: int) -> str:
    """Which System Ref, or SSO ID, to erase there; it is written who looked."""
    require(actor, Permission.PRIVACY_EDIT)
    task = _locked(task_id)
    _journal("ErasureTaskRevealed", task, by=actor)
    return _ref_of(task)


@transaction.atomic
def take_task(*, actor: Actor, task_id: int) -> ElsewhereTask:
    require(actor, Permission.PRIVACY_EDIT)
    task = _locked(task_id)
    task.owner_id = actor.user_id
    task.save(update_fields=["owner"])
    _journal("ErasureTaskTaken", task, by=actor)
    return task


@transaction.atomic
def close_task(*, actor: Actor, task_id: int, is_erased: bool, note: str) -> ElsewhereTask:
    """Its number is destroyed: from now on nobody here can tell which it was."""
    require(actor, Permission.PRIVACY_EDIT)
    if not note.strip():
        raise Refused("Say in the note how it was erased there, or why it was not.")
    task = _locked(task_id)
    task.state = State.CONFIRMED if is_erased else State.REFUSED
    task.sealed_ref = task.sealed_key = None
    task.note, task.closed_at = note.strip(), now()
    task.closed_by_id, task.closed_as = actor.user_id, actor.name
    task.save(
        update_fields=["state", "sealed_ref", "sealed_key", "note", "closed_at", "closed_by", "closed_as"]
    )
    _journal("ErasureTaskClosed", task, by=actor)
    return task


def delete_sso_account(*, actor: Actor, task_id: int) -> ElsewhereTask:
    """At the provider first, which cannot be taken back; then the task is closed."""
    require(actor, Permission.SSO_EDIT)
    require(actor, Permission.PRIVACY_EDIT)
    task = ElsewhereTask.objects.filter(pk=task_id, state=State.OPEN, target=Target.SSO).first()
    if task is None or not is_configured():
        raise NotFound("There is no such task, or no identity provider is connected.")
    sign_on.delete_account(actor=actor, sso_id=_ref_of(task))
    return close_task(
        actor=actor, task_id=task_id, is_erased=True, note="Deleted at the identity provider by Kith."
    )


def open_cases_of_due() -> int:
    """Of tasks that are due soon or overdue, once each. Returns how many."""
    soon = today() + REMIND
    due = ElsewhereTask.objects.filter(state=State.OPEN, due_on__lte=soon, case_opened_at=None)
    return sum(_open_case(pk) for pk in due.order_by("due_on", "pk").values_list("pk", flat=True))


@transaction.atomic
def _open_case(task_id: int) -> bool:
    rows = ElsewhereTask.objects.select_for_update(of=("self",)).select_related("erasure", "source")
    task = rows.filter(pk=task_id, state=State.OPEN, case_opened_at=None).first()
    if task is None:
        return False
    contact_id = task.erasure.contact_id
    title = f"GroupID {group_id(contact_id)} is to be erased in {task.source.code} too, by {day(task.due_on)}"
    open_case(kind="erasure", title=title, contact_id=contact_id)
    task.case_opened_at = now()
    task.save(update_fields=["case_opened_at"])
    return True


def _task(erasure: Erasure, record: SourceRecord, target: str) -> ElsewhereTask:
    alone = sealed(record.system_ref, erasure=erasure.uid)
    return ElsewhereTask(
        erasure=erasure,
        target=target,
        source_id=record.source_id,
        due_on=today() + DUE_IN,
        sealed_ref=alone.body,
        sealed_key=alone.key,
    )


def _ref_of(task: ElsewhereTask) -> str:
    alone = SealedAlone(bytes(task.sealed_ref or b""), bytes(task.sealed_key or b""))
    return opened(alone, erasure=task.erasure.uid)


def _locked(task_id: int) -> ElsewhereTask:
    task = (
        ElsewhereTask.objects.select_for_update(of=("self",))
        .select_related("erasure", "source")
        .filter(pk=task_id)
        .first()
    )
    if task is None:
        raise NotFound("There is no such task.")
    if task.state != State.OPEN:
        raise Conflict("This task is closed already.")
    return task


def _journal(event: str, task: ElsewhereTask, *, by: Actor) -> None:
    journal.record(
        event,
        by=by,
        subject_type="erasure_task",
        subject_id=task.pk,
        group_id=task.erasure.contact_id,
        detail={"source": task.source.code, "state": task.state},
    )
