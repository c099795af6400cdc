from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from procrastinate.contrib.django import app

from kith.audit.chain.sealing import seal_waiting
from kith.audit.chain.watching import watch

_SUNDAY: Final = 6


@app.periodic(cron="* * * * *", periodic_id="audit-seal")
@app.task(name="audit.seal", queue="default", queueing_lock="audit.seal")
def seal(timestamp: int) -> None:
    """What was written since the last minute; once an hour an empty block, where nothing was."""
    seal_waiting()


@app.periodic(cron="50 3 * * *", periodic_id="audit-verify")
@app.task(name="audit.verify", queue="default", queueing_lock="audit.verify")
def verify(timestamp: int) -> None:
    """What is new since the night before; on Sundays the whole."""
    watch(whole=datetime.fromtimestamp(timestamp, UTC).weekday() == _SUNDAY)
