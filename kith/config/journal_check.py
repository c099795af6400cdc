"""What the doctor says of the audit log: whether it is sealed, and whether heads lie elsewhere."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings

from kith.audit.chain import heads, sealing
from kith.audit.chain.heads import BadHead
from kith.audit.chain.watching import VERIFIED
from kith.audit.models import Block, Entry
from kith.kernel.clock import now
from kith.kernel.proof_keys import BadProofKey

LATE: Final = timedelta(minutes=15)
"""A transaction that runs so long keeps what came after it from being sealed."""
SILENT: Final = sealing.HEARTBEAT * 2


def trouble() -> tuple[str, str]:
    """What is wrong for certain, and what to do; ('', '') where nothing is."""
    block = Block.objects.order_by("-number").first()
    try:
        known = heads.newest_in_file()
    except (BadHead, BadProofKey) as error:
        return f"its newest head does not hold: {error}", "run: kith verify-journal"
    if known is not None and (block is None or known.number > block.number):
        ends = block.number if block else 0
        says = f"the heads file knows block {known.number:,}, the database ends at {ends:,}"
        return says, "it was cut off, or an older backup is in use: kith verify-journal"
    last = Entry.objects.filter(event=VERIFIED).order_by("-id").first()
    if last is not None and not last.detail["is_sound"]:
        return "it was not right when it was last verified", "run: kith verify-journal, and see the case"
    return "", ""


def warning() -> tuple[str, str]:
    block = Block.objects.order_by("-number").first()
    if block is not None and block.sealed_at < now() - SILENT:
        return f"last sealed {block.sealed_at:%d %b %Y %H:%M} UTC", "a worker seals it: kith serve"
    waits = sealing.waiting_since()
    if waits is not None and waits < now() - LATE:
        return (
            f"an entry of {waits:%H:%M} UTC is not sealed yet",
            "a worker seals it, unless some transaction runs since",
        )
    return "", ""


def sealed_words() -> tuple[str, str]:
    """How far it is sealed, and what would make it harder to cut off."""
    block = Block.objects.order_by("-number").first()
    beside = Path(settings.JOURNAL_HEADS).parent == Path(settings.HOME)
    then = "set KITH_JOURNAL_HEADS to another disk: its heads lie beside the database" if beside else ""
    return (
        f"sealed up to block {block.number:,}, {block.total:,} entries" if block else "not sealed yet",
        then,
    )
