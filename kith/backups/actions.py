"""Making a backup, and what a restore writes."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import connection, transaction

from kith.access.actors import Actor, require
from kith.access.cases import open_case
from kith.access.permissions import Permission
from kith.audit import journal
from kith.audit.chain import sealing
from kith.audit.chain.keys import installation
from kith.backups import replaying, shedding, writing
from kith.backups.alone import alone
from kith.backups.format import COMING, Header
from kith.backups.postgres import RESTORING_TABLE, has_restoring_table
from kith.backups.reading import Verified, verified
from kith.backups.snapshots import one_moment
from kith.backups.writing import Heard, unheard
from kith.grouping.actions import carry_out
from kith.grouping.intents import Split
from kith.grouping.placing import place_new
from kith.kernel.clock import now
from kith.kernel.errors import Refused
from kith.privacy.information.actions import withdraw_all
from kith.privacy.ledger import Standing
from kith.privacy.models import Erasure
from kith.sources.doors import closing
from kith.sources.models import Membership, SourceSystem, Tombstone
from kith.vault.master_keys import master_keys

SUBJECT: Final = "backup"
State = Erasure.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    path: Path
    bytes: int
    verified: Verified
    shed: int = 0
    """Older backups beside it that lost their keys."""
    removed: int = 0


def make_backup(
    *,
    actor: Actor,
    path: Path,
    beside: bool = False,
    keep_days: int | None = None,
    wait_seconds: float = 60,
    heard: Heard = unheard,
) -> Made:
    """A file that was read through before it has its name. Outside every transaction, and one at a time.

    `beside`: it stands in a folder of backups, where the older ones lose their keys, and those older than
    `keep_days` go.
    """
    require(actor, Permission.BACKUP_RUN)
    with alone():
        made, header = _made(path, beside=beside, keep_days=keep_days, wait_seconds=wait_seconds, heard=heard)
        _tell(made, header, by=actor)
    return made


def _made(
    path: Path, *, beside: bool, keep_days: int | None, wait_seconds: float, heard: Heard
) -> tuple[Made, Header]:
    if path.exists():
        raise Refused(f"{path} is there already. Name a file that is not.")
    masters = master_keys()
    sealing.seal_waiting()
    journal_head = sealing.head()
    if beside:
        shedding.remove_unfinished(path.parent, installation=installation())
    with _coming(path) as coming:
        with one_moment(wait_seconds=wait_seconds) as snapshot:
            header, _ = writing.written(coming, snapshot, journal=journal_head, masters=masters, heard=heard)
        found = verified(coming, heard=heard)
        writing.put_in_place(coming, path)
    shed = shedding.shed_older(path.parent, header) if beside else 0
    removed = 0
    if beside and keep_days is not None:
        removed = shedding.remove_older(path.parent, header, days=keep_days)
    return Made(path=path, bytes=path.stat().st_size, verified=found, shed=shed, removed=removed), header


@contextmanager
def _coming(path: Path) -> Iterator[Path]:
    coming = path.with_name(f"{path.name}.{installation()}{COMING}")
    coming.unlink(missing_ok=True)  # a kill left it
    try:
        yield coming
    except OSError as error:
        raise Refused(_unwritable(path.parent, error)) from None
    finally:
        coming.unlink(missing_ok=True)


def _unwritable(folder: Path, error: OSError) -> str:
    """Without the name of the file: the same trouble is told in the same words the night after."""
    at = Path(error.filename) if error.filename else folder
    if folder not in {at.parent, at}:
        return f"{at} cannot be read: {error.strerror}."
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"No backup fits into {folder}: {error.strerror}. Free some space there, or keep fewer."
    return f"No backup can be written into {folder}: {error.strerror}."


@transaction.atomic
def _tell(made: Made, header: Header, *, by: Actor) -> None:
    journal.record(
        "BackupMade",
        by=by,
        subject_type=SUBJECT,
        detail={
            "uid": header.uid,
            "bytes": made.bytes,
            "files": made.verified.summary.files,
            "shed": made.shed,
            "removed": made.removed,
        },
    )


@transaction.atomic
def note_failure(*, actor: Actor, why: str) -> None:
    """Of the nightly backup: a case says so until somebody resolved it, however many nights it lasts."""
    require(actor, Permission.BACKUP_RUN)
    journal.record("BackupFailed", by=actor, subject_type=SUBJECT, detail={"why": why})
    open_case(kind="backup", title=f"No backup was made: {why}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    uids: tuple[UUID, ...]
    dangling: int
    sources: tuple[str, ...]
    """Codes of sources that were added after the backup: they are here again, for their doors."""


@transaction.atomic
def order_replay(*, actor: Actor, missing: Sequence[Standing]) -> Ordered:
    """Doors behind everybody of whom the ledger knows, and an order for each contact that is here. Done again
    it orders what is not erased yet."""
    require(actor, Permission.CONTACT_ANONYMISE)
    sources = _close_doors(actor, missing)
    records = replaying.found_here(missing)
    uids: list[UUID] = []
    for one in missing:
        of_it = records.get(one.entry.uid, ())
        for at, contact_id in enumerate(_alone(actor, of_it)):
            uids.append(replaying.uid_of(one.entry.uid, contact_id, is_first=at == 0))
            _order(actor, uids[-1], contact_id)
    dangling = sum(one.is_dangling and one.entry.uid in records for one in missing)
    return Ordered(uids=tuple(uids), dangling=dangling, sources=sources)


def _close_doors(actor: Actor, missing: Sequence[Standing]) -> tuple[str, ...]:
    by_code = {one.code: one for one in SourceSystem.objects.all()}
    made: list[str] = []
    for one in missing:
        entry = one.entry
        for code in dict.fromkeys(entry.sources):
            if code not in by_code:
                by_code[code] = SourceSystem.objects.create(code=code, name=code)
                _tell_of_source(actor, by_code[code])
                made.append(code)
        Tombstone.objects.bulk_create(
            (
                Tombstone(
                    kind=Tombstone.Kind.REF,
                    why=Tombstone.Why.ERASED,
                    source=by_code[code],
                    digest=digest,
                    erasure=entry.uid,
                )
                for code, digest in zip(entry.sources, entry.refs, strict=True)
            ),
            ignore_conflicts=True,
        )
        closing.close_identities(entry.identities, erasure=entry.uid)
    return tuple(made)


def _tell_of_source(actor: Actor, source: SourceSystem) -> None:
    journal.record("SourceAdded", by=actor, subject_type="source", subject_id=source.pk)


def _alone(actor: Actor, record_ids: Sequence[int]) -> list[int]:
    """GroupIDs that hold these System Refs and no others: who was grouped with somebody else at the time of
    the backup is taken out first, and who had no GroupID gets one."""
    placed = Membership.objects.filter(record_id__in=record_ids).values_list("record_id", flat=True)
    for record_id in sorted(set(record_ids) - set(placed)):
        place_new(actor=actor, record_id=record_id)
    for contact_id, those in replaying.by_contact(record_ids).items():
        members = Membership.objects.filter(contact_id=contact_id).values_list("record_id", flat=True)
        others = tuple(sorted(set(members) - set(those)))
        if others:
            carry_out(actor=actor, intent=Split(contact=contact_id, parts=(those, others)), lift=True)
    return sorted(replaying.by_contact(record_ids))


def _order(actor: Actor, uid: UUID, contact_id: int) -> None:
    """Orders of before the backup that nobody carried out until then are for this one now."""
    others = Erasure.objects.filter(contact_id=contact_id).exclude(uid=uid).exclude(state__in=Erasure.ENDED)
    others.update(state=State.CANCELLED, ended_at=now(), needle_key=None)
    erasure, is_new = Erasure.objects.update_or_create(
        uid=uid,
        defaults={
            "contact_id": contact_id,
            "route": Erasure.Route.REPLAY,
            "state": State.QUEUED,
            "blocked": [],
            "attempts": 0,
            "needle_key": None,
        },
        create_defaults={
            "contact_id": contact_id,
            "route": Erasure.Route.REPLAY,
            "asked_by_id": actor.user_id,
            "asked_as": actor.name,
        },
    )
    if is_new:
        journal.record(
            "ErasureOrdered",
            by=actor,
            subject_type=Erasure.SUBJECT,
            subject_id=erasure.pk,
            group_id=contact_id,
            detail={"route": erasure.route, "blocked": []},
        )


@transaction.atomic
def take_up_replays(*, actor: Actor) -> Sequence[UUID]:
    """Orders of a restore that have not ended, also those of a ledger's entry of which one contact is erased
    by now, and those that were blocked or given up before the restore was cut off."""
    require(actor, Permission.CONTACT_ANONYMISE)
    of_replay = Erasure.objects.filter(route=Erasure.Route.REPLAY)
    of_replay.filter(state=State.BLOCKED).update(state=State.QUEUED, blocked=[], attempts=0)
    left = of_replay.exclude(state__in=[*Erasure.ENDED, State.STUCK])
    return list(left.order_by("pk").values_list("uid", flat=True))


@transaction.atomic
def close_what_was_open(*, actor: Actor) -> int:
    """As at the moment of the backup: who was signed in, and reports that were waiting for whoever has their
    link. How many of these."""
    require(actor, Permission.SETTINGS_EDIT)
    Session.objects.all().delete()
    return withdraw_all(actor=actor)


@transaction.atomic
def open_again(*, actor: Actor, header: Header, replayed: int) -> bool:
    """The end of a restore; False where it ended before."""
    require(actor, Permission.SETTINGS_EDIT)
    if not has_restoring_table():
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {RESTORING_TABLE}")
    journal.record(
        "BackupRestored",
        by=actor,
        subject_type=SUBJECT,
        detail={"uid": header.uid, "made_at": header.made_at, "replayed": replayed},
    )
    return True
