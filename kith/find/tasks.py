from __future__ import annotations

from procrastinate.contrib.django import app

from kith.access.actors import OVERNIGHT
from kith.find import actions


@app.periodic(cron="25 3 * * *", periodic_id="forget-old-searches")
@app.task(name="find.forget_old_searches", queue="default", queueing_lock="find.forget_old_searches")
def forget_old_searches(timestamp: int) -> None:
    actions.forget_old_searches(actor=OVERNIGHT)
