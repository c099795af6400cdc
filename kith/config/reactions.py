"""What follows from what: reactions that cross rooms which do not know each other."""

from __future__ import annotations

import logging

from kith.access.actors import OVERNIGHT
from kith.kernel.errors import Conflict
from kith.runs.actions import request_run
from kith.runs.models import Run, RunSettings
from kith.stewardship import actions as stewardship
from kith.stewardship.cases import open_case
from kith.stewardship.models import Case

log = logging.getLogger(__name__)


def after_import(*, import_id: int) -> None:
    """New claims are grouped at once, where the settings say so."""
    settings = RunSettings.objects.filter(pk=1).first() or RunSettings()
    if not settings.after_import:
        return
    try:
        request_run(actor=OVERNIGHT, trigger=Run.Trigger.IMPORT)
    except Conflict:
        log.info("a run is waiting already; it takes import %s with it", import_id)


def run_stands(*, run_id: int, state: str) -> None:
    """A run that waits for approval, or failed, is a stewardship case until that is over."""
    if state == Run.State.HELD:
        open_case(kind=Case.Kind.CIRCUIT_BREAKER, title=f"Run {run_id} waits for approval", run_id=run_id)
        return
    if state == Run.State.FAILED:
        open_case(kind=Case.Kind.FAILED_RUN, title=f"Run {run_id} failed", run_id=run_id)
    stewardship.run_is_over(actor=OVERNIGHT, run_id=run_id, is_done=state == Run.State.DONE)
