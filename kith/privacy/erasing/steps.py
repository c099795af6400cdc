"""An erasure, step by step: each in a transaction of its own, known by its state, harmless when done again.

    ordered ▸ erased (needles kept; rows, keys, doors) ▸ files gone ▸ swept and proved ▸ done

The rows of a person and the doors behind them go in one transaction; files after it, for a file removed for a
transaction that does not stand would be lost, and its key is gone by then. Done is said after the proof only.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from psycopg import errors

from kith.access.actors import PRIVACY_ENGINE
from kith.attachments.store import store
from kith.audit import journal
from kith.contacts.deletion import registry
from kith.contacts.models import Contact
from kith.contacts.suppressions.emptying import values_of
from kith.contacts.suppressions.values import Kind
from kith.grouping import membership
from kith.jobs.progress import Tracker
from kith.kernel.clock import now
from kith.kernel.erasing import FilePlace
from kith.kernel.errors import Conflict
from kith.kernel.leaving import Leaving
from kith.privacy import ledger
from kith.privacy.elsewhere.actions import make_tasks
from kith.privacy.erasing.blockers import GONE, GROWN, blockers_of
from kith.privacy.erasing.progress import PROOFS, advance, locked, open_case
from kith.privacy.erasing.proving import prove_all
from kith.privacy.erasing.rows import erase_rows, files_of
from kith.privacy.models import ErasedFile, Erasure
from kith.privacy.proof import keeping
from kith.privacy.proof.needles import gather
from kith.sources import storage
from kith.sources.doors import closing, lock
from kith.sources.doors.closing import Reached
from kith.web.formats import group_id

log = logging.getLogger(__name__)
State = Erasure.State
_FOR_A_PERSON: Final = frozenset({GONE, GROWN})
"""Codes of what no night clears."""
_LET_PAST: Final = (errors.DeadlockDetected, errors.LockNotAvailable, errors.SerializationFailure)
_WAIT_SECONDS: Final = 10
NEEDLES_KEPT_SECONDS: Final = 3600
"""A file of needles without its key goes when it is older: until then whoever writes it may not have
committed the key."""


def carry_on(uids: Sequence[UUID], *, in_run: bool = False, tracker: Tracker | None = None) -> None:
    """Every step of all of them that can be done now; one look through everything proves many. `in_run`: the
    overnight run holds the lock that would keep runs away."""
    _forget_what_kills_left()
    ledger.reconcile()
    for done, uid in enumerate(uids):
        if tracker is not None:
            tracker.at(done, len(uids), "Contacts")
        try:
            _one_by_one(uid, in_run=in_run)
        except lock.Busy as busy:
            # Whoever writes meanwhile waits as long as this: the others are asked of later.
            log.info("erasures wait: %s", busy.message)
            break
        except Exception as error:
            if _is_of_the_database(error):
                raise
            _failed(uid, error)
    prove_all(uids, tracker=tracker)


def _one_by_one(uid: UUID, *, in_run: bool) -> None:
    while True:
        before = Erasure.objects.get(uid=uid).state
        step = _STEPS.get(State(before))
        if step is None:
            return
        try:
            step(uid, in_run=in_run)
        except lock.Busy:
            raise
        except Conflict as conflict:
            log.info("an erasure waits: %s", conflict.message)
            return
        except OperationalError as error:
            if not isinstance(error.__cause__, _LET_PAST):
                raise
            log.info("an erasure lets somebody else past: %s", type(error.__cause__).__name__)
            return
        if Erasure.objects.get(uid=uid).state in {before, State.BLOCKED}:
            return


def _is_of_the_database(error: Exception) -> bool:
    """It went away, or is full: nothing can be written now, of no erasure."""
    return isinstance(error, OperationalError | InterfaceError)


@transaction.atomic
def _failed(uid: UUID, error: Exception) -> None:
    """The others go on. It is tried again, and after so many times a person looks; the text of the error may
    quote a row and is told to nobody."""
    log.error("erasure %s failed: %s", uid, type(error).__name__)
    erasure = Erasure.objects.select_for_update(of=("self",)).get(uid=uid)
    erasure.attempts += 1
    erasure.trouble = type(error).__name__[:60]
    if erasure.attempts >= PROOFS:
        erasure.state = State.BLOCKED if erasure.erased_at is None else State.STUCK
        erasure.blocked = ["failed"] if erasure.erased_at is None else []
        open_case(erasure, f"The erasure of GroupID {group_id(erasure.contact_id)} failed again and again")
    erasure.save(update_fields=["attempts", "trouble", "state", "blocked"])


@transaction.atomic
def erase(uid: UUID, *, in_run: bool = False) -> None:
    """What the proof looks for lies on the disk before anything is gone; a kill leaves it without its key."""
    erasure = locked(uid, State.QUEUED, State.BLOCKED)
    _take_locks(registry.leaving_of(erasure.contact_id), in_run=in_run)
    # As everybody who changes a contact: its row first.
    found = Contact.objects.select_for_update().filter(pk=erasure.contact_id, state=Contact.State.ACTIVE)
    is_there = bool(found.values_list("pk"))
    lock.alone(seconds=_WAIT_SECONDS)
    leaving = registry.leaving_of(erasure.contact_id)
    blockers = blockers_of(leaving, route=erasure.route, months=erasure.months)
    codes = [one.code for one in blockers]
    codes += [code for code, is_so in ((GROWN, _has_grown(erasure, leaving)), (GONE, not is_there)) if is_so]
    if codes:
        _hold_up(erasure, codes)
        return
    erasure.needle_key = keeping.keep(uid, gather(leaving))
    ErasedFile.objects.bulk_create(
        (
            ErasedFile(erasure=erasure, place=one.place, key=one.key, what=one.what)
            for one in files_of(leaving)
        ),
        ignore_conflicts=True,
    )
    reached = _reached(leaving)
    _tell_ledger(uid, leaving, reached, is_replay=erasure.route == Erasure.Route.REPLAY)
    make_tasks(actor=PRIVACY_ENGINE, erasure=erasure, record_ids=leaving.record_ids)
    closing.close_doors(record_ids=leaving.record_ids, erasure=uid, reached=reached)
    erasure.counts = dict(erase_rows(leaving, erasure=uid))
    erasure.records = len(leaving.record_ids)
    erasure.erased_at, erasure.state, erasure.blocked, erasure.attempts = now(), State.ERASED, [], 0
    erasure.save(
        update_fields=["needle_key", "counts", "records", "erased_at", "state", "blocked", "attempts"]
    )
    journal.record(
        "ContactAnonymised",
        by=PRIVACY_ENGINE,
        subject_type=Erasure.SUBJECT,
        subject_id=erasure.pk,
        group_id=erasure.contact_id,
        detail={"system_refs": erasure.records, "asked_by": erasure.asked_as},
    )


def _reached(leaving: Leaving) -> Reached:
    values = sorted(values_of(leaving), key=lambda one: one.text)
    return Reached(
        emails=tuple(one.text for one in values if one.kind == Kind.EMAIL),
        phones=tuple(one.text for one in values if one.kind == Kind.PHONE),
    )


def _tell_ledger(uid: UUID, leaving: Leaving, reached: Reached, *, is_replay: bool) -> None:
    """Before the transaction can stand: an older backup never brings back whom the ledger does not know. It
    knows those that it was replayed for, and more of them than an older backup may hold."""
    transaction.on_commit(lambda: ledger.settle(uid, ledger.Kind.DONE), robust=True)
    if is_replay:
        return
    digests = closing.digests_of(leaving.record_ids, reached=reached)
    ledger.intend(
        ledger.LedgerEntry(
            uid=uid,
            contact_id=leaving.group_ids[0],
            record_ids=leaving.record_ids,
            refs=digests.refs,
            sources=digests.sources,
            identities=digests.identities,
        )
    )


def _remove_files(uid: UUID, *, in_run: bool) -> None:
    erasure = Erasure.objects.get(uid=uid)
    for file in erasure.files.filter(removed_at=None).order_by("pk"):
        _REMOVE[FilePlace(file.place)](file.key)
        ErasedFile.objects.filter(pk=file.pk).update(removed_at=now())
    advance(uid, State.ERASED, State.FILES_GONE)


class _Step(Protocol):
    def __call__(self, uid: UUID, *, in_run: bool) -> None: ...


_STEPS: Final[Mapping[Erasure.State, _Step]] = {
    State.QUEUED: erase,
    State.BLOCKED: erase,
    State.ERASED: _remove_files,
}
_REMOVE: Final[Mapping[FilePlace, Callable[[str], None]]] = {
    FilePlace.STORE: lambda key: store().remove(key),
    FilePlace.IMPORT: storage.remove,
    FilePlace.MAIL: lambda key: (Path(settings.EMAIL_FILE_PATH) / Path(key).name).unlink(missing_ok=True),
}


def _forget_what_kills_left() -> None:
    needed = Erasure.objects.exclude(needle_key=None).values_list("uid", flat=True)
    keeping.forget_others(set(needed), older_than=NEEDLES_KEPT_SECONDS)


def _take_locks(leaving: Leaving, *, in_run: bool) -> None:
    for room in registry.rooms():
        if in_run and room.room == "grouping":
            membership.lock(seconds=_WAIT_SECONDS)
        else:
            room.locks(leaving)


def _has_grown(erasure: Erasure, leaving: Leaving) -> bool:
    return bool(erasure.record_ids) and not set(leaving.record_ids) <= set(erasure.record_ids)


def _hold_up(erasure: Erasure, codes: list[str]) -> None:
    if erasure.route == Erasure.Route.RETENTION:
        _let_go(erasure, codes)
    else:
        _block(erasure, codes)


def _let_go(erasure: Erasure, codes: list[str]) -> None:
    """Its time is not over any more; the rule orders it again when it is."""
    erasure.state, erasure.blocked, erasure.ended_at = State.CANCELLED, sorted(set(codes)), now()
    erasure.save(update_fields=["state", "blocked", "ended_at"])
    journal.record(
        "ErasureCancelled",
        by=PRIVACY_ENGINE,
        subject_type=Erasure.SUBJECT,
        subject_id=erasure.pk,
        group_id=erasure.contact_id,
        detail={"route": erasure.route, "blocked": list(erasure.blocked)},
    )


def _block(erasure: Erasure, codes: list[str]) -> None:
    """Nobody looks at an order any more once it is given: what comes up against it is told by a case."""
    is_new = erasure.state != State.BLOCKED or _FOR_A_PERSON & set(codes) - set(erasure.blocked)
    if is_new and (erasure.route != Erasure.Route.BATCH or _FOR_A_PERSON & set(codes)):
        open_case(erasure, f"GroupID {group_id(erasure.contact_id)} is to be anonymised, and may not be now")
    erasure.state, erasure.blocked = State.BLOCKED, sorted(set(codes))
    erasure.save(update_fields=["state", "blocked"])
