from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from kith.privacy.information import actions

log = logging.getLogger(__name__)


@app.periodic(cron="5 * * * *", periodic_id="information-remove-expired")
@app.task(name="information.remove_expired", queue="default", queueing_lock="information.remove_expired")
def remove_expired(timestamp: int) -> None:
    log.info("removed %s reports that nobody fetched", actions.remove_expired())
