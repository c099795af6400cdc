"""Starts an overnight run and kills itself, without goodbye, before the given database statement."""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Callable


def main(*, last: int) -> None:
    from django.db import connection

    from kith.access.actors import OVERNIGHT
    from kith.runs import actions

    numbers = itertools.count(1)

    def count(
        execute: Callable[..., object], sql: str, params: object, many: object, context: object
    ) -> object:
        if next(numbers) == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        actions.execute_run(actor=OVERNIGHT, trigger="command")


if __name__ == "__main__":
    import django

    django.setup()
    main(last=int(sys.argv[1]))
