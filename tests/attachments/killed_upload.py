"""Attaches a file, or deletes one, and kills itself, unasked for, before its nth statement or block."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402  # settings first
from django.db import connection  # noqa: E402

from kith.access.actors import COMMAND_LINE  # noqa: E402
from kith.attachments import actions, store  # noqa: E402
from kith.attachments.actions import Filing, GivenFile  # noqa: E402
from kith.attachments.rules import DeleteReason  # noqa: E402

left = int(sys.argv[1])


def step() -> None:
    global left  # noqa: PLW0603  # the one counter of this program
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


def statement(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    step()
    return execute(sql, *rest)


class Counted(store.FolderStore):
    def put(self, key: str, blocks: Iterable[bytes]) -> None:
        super().put(key, self._counted(blocks))
        step()

    def remove(self, key: str) -> None:
        step()
        super().remove(key)

    def _counted(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            step()
            yield block


settings.ATTACHMENT_FOLDER = Path(sys.argv[3])
settings.MASTER_KEY_FILE = Path(sys.argv[4])
settings.ATTACHMENT_STORE = f"{__name__}.Counted"
which = int(sys.argv[5])
with connection.execute_wrapper(statement):
    if sys.argv[2] == "attach":
        given = GivenFile(BytesIO(b"x" * 300_000), "killed.txt", 300_000)
        actions.attach_file(actor=COMMAND_LINE, contact_id=which, given=given, filing=Filing())
    else:
        actions.delete_attachment(actor=COMMAND_LINE, attachment_id=which, reason=DeleteReason.WRONG_FILE)
