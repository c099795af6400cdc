from __future__ import annotations

import logging

from procrastinate import JobContext
from procrastinate.contrib.django import app

from kith.access.actors import OVERNIGHT, Actor
from kith.access.models import User
from kith.kernel import clock
from kith.kernel.errors import Conflict
from kith.runs import actions
from kith.runs.models import Run, RunSettings
from kith.runs.rules import is_due

log = logging.getLogger(__name__)


@app.task(
    name="runs.overnight", queue="default", lock="overnight", queueing_lock="overnight", pass_context=True
)
def overnight(
    context: JobContext, *, trigger: str, user_id: int | None = None, everything: bool = False
) -> None:
    actions.execute_run(actor=_actor(user_id), trigger=trigger, everything=everything, job_id=context.job.id)


@app.periodic(cron="* * * * *", periodic_id="overnight")
@app.task(name="runs.tick", queue="default", pass_context=False)
def tick(timestamp: int) -> None:
    """Every minute: is tonight's run due?"""
    settings = RunSettings.objects.filter(pk=1).first() or RunSettings()
    last = Run.objects.order_by("-started_at").first()
    due = settings.enabled and is_due(
        now=clock.now(),
        starts_at=settings.starts_at,
        timezone=settings.timezone,
        last_started_at=last.started_at if last else None,
    )
    if not due:
        return
    try:
        actions.request_run(actor=OVERNIGHT, trigger=Run.Trigger.SCHEDULE)
    except Conflict:
        log.info("the overnight run is waiting already")


def _actor(user_id: int | None) -> Actor:
    user = User.objects.filter(pk=user_id).first() if user_id else None
    return user.actor if user else OVERNIGHT
