from __future__ import annotations

from procrastinate.contrib.django import app

from kith.users import actions


@app.periodic(cron="35 * * * *", periodic_id="remove-kept-answers")
@app.task(name="users.remove_kept_answers", queue="default", queueing_lock="users.remove_kept_answers")
def remove_kept_answers(timestamp: int) -> None:
    actions.remove_old_answers()
