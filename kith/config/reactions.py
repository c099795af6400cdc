"""What follows from what: reactions that cross rooms which do not know each other."""

from __future__ import annotations

import logging

from kith.access.actors import OVERNIGHT
from kith.kernel.errors import Conflict
from kith.runs.actions import request_run
from kith.runs.models import Run, RunSettings

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
