from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from kith.attachments import sweeping
from kith.kernel.clock import now

log = logging.getLogger(__name__)


@app.periodic(cron="47 3 * * *", periodic_id="sweep_attachments")
@app.task(name="attachments.sweep", queue="default", pass_context=False)
def sweep(timestamp: int) -> None:
    """Every night: files whose upload was cut off."""
    log.info("swept %s files without a row", sweeping.sweep(before=now() - sweeping.AGE))
