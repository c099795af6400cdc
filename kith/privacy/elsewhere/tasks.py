from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from kith.privacy.elsewhere import actions

log = logging.getLogger(__name__)


@app.periodic(cron="35 6 * * *", periodic_id="elsewhere-look")
@app.task(name="elsewhere.look", queue="default", queueing_lock="elsewhere.look")
def look(timestamp: int) -> None:
    """Every morning: nothing that is due elsewhere is forgotten."""
    log.info("opened cases of %s tasks to erase elsewhere", actions.open_cases_of_due())
