from __future__ import annotations

import logging
from typing import Final

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from kith.privacy.erasing import steps, waiting
from kith.privacy.retention import actions as retention
from kith.privacy.retention.sections import CONTACTS

log = logging.getLogger(__name__)
_ERASE: Final = "privacy.erase"


def ask_to_carry_on() -> None:
    """One that waits already takes this with it."""
    try:
        with transaction.atomic():
            carry_on.configure(queueing_lock=_ERASE).defer()
    except AlreadyEnqueued:
        log.info("erasures are carried on already")


@app.task(name="privacy.carry_on", queue="default", lock=_ERASE)
def carry_on() -> None:
    steps.carry_on(waiting.ready_now())


@app.periodic(cron="*/5 * * * *", periodic_id="privacy-look")
@app.task(name="privacy.look", queue="default", lock=_ERASE, queueing_lock="privacy.look")
def look(timestamp: int) -> None:
    """What a job that died left behind."""
    steps.carry_on(waiting.ready_now())


@app.periodic(cron="17 3 * * *", periodic_id="privacy-keep-rules")
@app.task(name="privacy.keep_rules", queue="default", queueing_lock="privacy.keep_rules")
def keep_rules(timestamp: int) -> None:
    """Every night."""
    kept = retention.keep_rules()
    log.info("removed what was kept long enough: %s", dict(kept))
    if kept.get(CONTACTS):
        ask_to_carry_on()
