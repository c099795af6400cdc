from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from django.conf import settings
from procrastinate.contrib.django import app

from kith.printouts import sending

_KEPT_SECONDS: Final = 30 * 86_400


@app.task(name="printouts.send", queue="default")
def send(*, sending_id: int) -> None:
    """One attempt; where there is to be another one, it is a job of its own."""
    sending.carry_out(sending_id)


@app.periodic(cron="40 4 * * *", periodic_id="printouts-remove-old-mail")
@app.task(name="printouts.remove_old_mail", queue="default", queueing_lock="printouts.remove_old_mail")
def remove_old_mail(timestamp: int) -> None:
    """Where e-mails go into a folder, copies of what contacts say are not kept for ever."""
    for path in Path(settings.EMAIL_FILE_PATH).glob("*.log"):
        if path.stat().st_mtime < time.time() - _KEPT_SECONDS:
            path.unlink(missing_ok=True)
