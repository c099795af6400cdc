"""The backup that a worker makes every night, into the folder of the environment."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from kith.access.actors import BACKUPS
from kith.access.cases import settle_cases
from kith.audit.models import Entry
from kith.backups import actions, marker, postgres
from kith.backups.actions import Made
from kith.backups.writing import name_now
from kith.jobs import progress
from kith.jobs.progress import Cancelled, Tracker
from kith.kernel.errors import DomainError, Refused
from kith.runs.rules import is_due

log = logging.getLogger(__name__)
_MEGABYTE: Final = 1024**2


def is_wanted(*, now: datetime, last_at: datetime | None) -> bool:
    """`last_at`: when the last one was asked for, made or not."""
    if not settings.BACKUP_FOLDER or settings.BACKUP_AT is None:
        return False
    at, zone = settings.BACKUP_AT, settings.TIME_ZONE
    return is_due(now=now, starts_at=at, timezone=zone, last_started_at=last_at) and not _is_being_restored()


def made(*, job_id: int) -> Made | None:
    """None where it may not be made now. Raises DomainError, and Cancelled, after what has to be told was."""
    if _is_being_restored():
        log.warning("no backup: %s", marker.SENTENCE)
        return None
    tracker = progress.start(actions.SUBJECT, job_id, label="Backup", unit="MB", job_id=job_id)
    why, is_over = "It ended unexpectedly; the log of the worker says where.", False
    try:
        found = _made(tracker)
        is_over = True
        settle_cases(kind="backup")
    except Cancelled:
        is_over = True
        raise
    except DomainError as error:
        why = error.message
        raise
    finally:
        if not is_over:
            tracker.at(0, note=why, final=True)
            actions.note_failure(actor=BACKUPS, why=why)
        tracker.finish()
    return found


def trouble() -> str:
    """Why the last one was not made; '' where it was, or none was tried yet."""
    ends = Entry.objects.filter(event__in=("BackupMade", "BackupFailed")).order_by("-pk")
    last = ends.first()
    return str(last.detail["why"]) if last is not None and last.event == "BackupFailed" else ""


def _made(tracker: Tracker) -> Made:
    folder = Path(settings.BACKUP_FOLDER)
    if not folder.is_dir():
        raise Refused(
            f"{folder} (KITH_BACKUP_FOLDER) is no folder. Is its disk there? Make it, or name another one."
        )
    found = actions.make_backup(
        actor=BACKUPS,
        path=folder.absolute() / name_now(),
        beside=True,
        keep_days=settings.BACKUP_KEEP_DAYS or None,
        heard=lambda size, doing: tracker.at(size // _MEGABYTE, note=f"{doing}, {size / _MEGABYTE:,.0f} MB"),
    )
    tracker.at(found.bytes // _MEGABYTE, note=f"{found.bytes / _MEGABYTE:,.1f} MB, verified", final=True)
    return found


def _is_being_restored() -> bool:
    return marker.is_there(Path(settings.HOME)) or postgres.has_restoring_table()
