"""What the overnight run does for the proof: looks again at the newest erasures, and rewrites the storage."""

from __future__ import annotations

from typing import Final

from django.db import connection
from django.utils import timezone

from kith.access.actors import PRIVACY_ENGINE
from kith.access.cases import open_case
from kith.privacy.models import Erasure
from kith.privacy.proof import keeping
from kith.privacy.proof.actions import scrub_storage, turn_log
from kith.privacy.proof.again import LOOKED_AT, broken
from kith.privacy.proof.storage import size
from kith.privacy.proof.storage_settings import Storage, When, storage_in_force
from kith.runs.steps import Counts, StepContext
from kith.web.formats import group_id

_SUNDAY = 6
_MB = 1024 * 1024


def look_again(context: StepContext) -> Counts:
    """What does not stand any more becomes a case."""
    newest = list(Erasure.objects.filter(state=Erasure.State.DONE).order_by("-ended_at")[:LOOKED_AT])
    wrong = 0
    for number, erasure in enumerate(newest):
        context.tracker.at(number, len(newest), "Anonymised contacts")
        keeping.forget(erasure.uid)  # where a kill between the last commit and this left it; its key is gone
        if broken(erasure):
            wrong += 1
            who = f"GroupID {group_id(erasure.contact_id)}"
            title = f"{who} was anonymised, and is not any more: kith verify-erasure says what is wrong"
            open_case(kind="erasure", title=title, contact_id=erasure.contact_id)
    return {"erasures_looked_at_again": len(newest), "erasures_that_do_not_stand": wrong}


def storage(context: StepContext) -> Counts:
    """Only after somebody was anonymised; where the server keeps its log, that is tried again alone."""
    waiting = Erasure.objects.filter(state=Erasure.State.DONE, storage_at=None)
    if not waiting.exists():
        return {"tables_rewritten": 0}
    if not waiting.filter(tables_at=None).exists():
        return _log_alone(context)
    if not _is_due(storage_in_force()):
        return {"tables_rewritten": 0}
    if connection.in_atomic_block:
        context.say("The storage can only be rewritten outside a transaction; it stays as it is.")
        return {"tables_rewritten": 0}
    done = scrub_storage(actor=PRIVACY_ENGINE, report=context.tracker.at)
    if not done.has_tables:
        context.say("The storage could not be rewritten wholly; the next night tries again.")
    elif done.log_is_kept:
        context.say(_KEPT.format(done.log_is_kept))
    return {"tables_rewritten": done.tables}


def _log_alone(context: StepContext) -> Counts:
    if why := turn_log(actor=PRIVACY_ENGINE):
        context.say(_KEPT.format(why))
    return {"tables_rewritten": 0}


_KEPT: Final = "The tables are rewritten, but the log of PostgreSQL may hold what was anonymised: {}."


def _is_due(said: Storage) -> bool:
    if said.rewrite is When.NEVER:
        return False
    is_sunday = timezone.localtime().weekday() == _SUNDAY
    return is_sunday or (said.rewrite is When.NIGHTLY and size() <= said.most_mb * _MB)
