from __future__ import annotations

import logging
from uuid import UUID

from procrastinate.contrib.django import app

from kith.privacy.register import actions
from kith.privacy.register.front import actions as front
from kith.privacy.register.front import mailing

log = logging.getLogger(__name__)


@app.task(name="register.mail_link", queue="default")
def mail_link(*, uid: str) -> None:
    """One attempt; where there is to be another one, it is a job of its own."""
    mailing.mail_link(UUID(uid))


@app.periodic(cron="25 * * * *", periodic_id="register-look")
@app.task(name="register.look", queue="default", queueing_lock="register.look")
def look(timestamp: int) -> None:
    """Every hour: what is due, and what nobody confirmed."""
    log.info(
        "opened %s cases of requests that are due, removed %s unconfirmed ones",
        actions.open_cases_of_due(),
        front.remove_unconfirmed(),
    )
