from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Final

from django.db import transaction
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from kith.access.actors import IMPORTER
from kith.kernel.errors import DomainError
from kith.sources.models import Import
from kith.sso.sections import sign_on_in_force

log = logging.getLogger(__name__)
_FEED: Final = "sso.feed"


def ask_for_feed() -> None:
    """Of what changed lately; one that waits already takes this with it."""
    try:
        with transaction.atomic():
            take_changes.configure(queueing_lock=_FEED).defer()
    except AlreadyEnqueued:
        log.info("a feed of accounts waits already")


@app.task(name="sso.take_changes", queue="default", lock=_FEED, pass_context=True)
def take_changes(context: JobContext) -> None:
    _take(_last_feed(), job_id=context.job.id)


@app.periodic(cron="20 1 * * *", periodic_id="sso_feed")
@app.task(name="sso.take_all", queue="default", lock=_FEED, pass_context=True)
def take_all(context: JobContext, timestamp: int) -> None:
    """Every night before the run: who is no longer at the provider shows as gone from the source."""
    _take(None, job_id=context.job.id)


def _take(since: datetime | None, *, job_id: int | None) -> None:
    from kith.sso import actions

    try:
        made = actions.take_feed(actor=IMPORTER, since=since, job_id=job_id)
    except DomainError as error:
        log.warning("no feed of accounts: %s", error.message)
        return
    if made is not None:
        log.info("import %s took accounts in", made.pk)


def _last_feed() -> datetime:
    feeds = Import.objects.filter(source__code=sign_on_in_force().source, state=Import.State.DONE)
    last = feeds.order_by("-created_at").values_list("created_at", flat=True).first()
    return last or datetime(1970, 1, 1, tzinfo=UTC)
