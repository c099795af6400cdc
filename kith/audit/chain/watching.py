"""Verifying by itself, every night what is new and once a week the whole; what is wrong becomes a case."""

from __future__ import annotations

import logging
from typing import Final

from django.db import transaction

from kith.access.actors import OVERNIGHT, Actor
from kith.access.cases import open_case
from kith.audit import journal
from kith.audit.chain.sealing import seal_waiting
from kith.audit.chain.verifying import Verdict, verify
from kith.audit.models import Entry

VERIFIED: Final = "JournalVerified"
log = logging.getLogger(__name__)


def watch(*, by: Actor = OVERNIGHT, whole: bool) -> Verdict:
    """Seal, verify, and say so in the journal; where it does not hold, open a case."""
    seal_waiting()
    verdict = verify(since=1 if whole else verified_upto() + 1)
    with transaction.atomic():
        journal.record(VERIFIED, by=by, subject_type="journal", detail=_told(verdict, whole=whole))
        if not verdict.is_sound:
            log.error("the journal does not hold at block %s", verdict.block)
            open_case(kind="journal", title=title_of(verdict))
    return verdict


def verified_upto() -> int:
    """The last block that was found right; 0 where none was."""
    entry = Entry.objects.filter(event=VERIFIED, detail__is_sound=True).order_by("-id").first()
    return int(entry.detail["upto"]) if entry else 0


def title_of(verdict: Verdict) -> str:
    where = "" if verdict.block is None else f" from block {verdict.block:,}"
    return f"The audit log is not right{where}: {verdict.trouble}"[:200]


def _told(verdict: Verdict, *, whole: bool) -> journal.Detail:
    return {
        "is_sound": verdict.is_sound,
        "whole": whole,
        "from": verdict.since,
        "upto": verdict.newest,
        "blocks": verdict.blocks,
        "entries": verdict.entries,
    }
