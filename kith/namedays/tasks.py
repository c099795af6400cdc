from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app

from kith.access.actors import OVERNIGHT
from kith.access.models import User
from kith.namedays import actions
from kith.namedays.models import NameDayRun


@app.task(name="namedays.run", queue="default", lock="namedays", queueing_lock="namedays", pass_context=True)
def find_name_days(context: JobContext, *, user_id: int | None = None) -> None:
    user = User.objects.filter(pk=user_id).first() if user_id else None
    actions.execute_run(
        actor=user.actor if user else OVERNIGHT,
        trigger=NameDayRun.Trigger.BUTTON,
        job_id=context.job.id,
    )
