from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Final

from django.db import transaction
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from kith.access.actors import IMPORTER
from kith.access.cases import open_case, settle_cases
from kith.kernel.errors import DomainError
from kith.sources.models import Import
from kith.sso.sections import sign_on_in_force

log = logging.getLogger(__name__)
FEED_FILE: Final = "accounts-of-the-identity-provider.csv"
"""What the import of a feed is called, and no file that somebody sends."""
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
    take(last_feed(), job_id=context.job.id)


@app.periodic(cron="20 1 * * *", periodic_id="sso_feed")
@app.task(name="sso.take_all", queue="default", lock=_FEED, pass_context=True)
def take_all(context: JobContext, timestamp: int) -> None:
    """Every night before the run: who is no longer at the provider shows as gone from the source."""
    take(None, job_id=context.job.id)


def take(since: datetime | None, *, job_id: int | None) -> None:
    """A feed that fails is a case until a whole one works: nobody sees an account that is not there."""
    from kith.sso import actions

    try:
        made = actions.take_feed(actor=IMPORTER, since=since, job_id=job_id)
    except DomainError as error:
        _failed(error.message)
        return
    if made is not None and made.state == Import.State.FAILED:
        _failed("their import failed. Its page says why.")
        return
    if since is None:
        settle_cases(kind="sign_on")
    if made is not None:
        log.info("import %s took accounts in", made.pk)


def _failed(why: str) -> None:
    log.warning("no feed of accounts: %s", why)
    open_case(kind="sign_on", title=f"Accounts are not taken in: {why}")


def last_feed() -> datetime:
    """When the last one that worked began; what people send for the same source is none."""
    feeds = Import.objects.filter(
        source__code=sign_on_in_force().source,
        state=Import.State.DONE,
        file_name=FEED_FILE,
        created_by__isnull=True,
    )
    last = feeds.order_by("-created_at").values_list("created_at", flat=True).first()
    return last or datetime(1970, 1, 1, tzinfo=UTC)
