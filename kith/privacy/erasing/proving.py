"""The last steps of an erasure: looked for everywhere, swept where nothing tells whose a row is, proved.

    files gone ▸ settled (looked, and swept) ▸ done; with nothing to sweep the first look is the proof

One look through everything serves many, but no more than their values fit into memory.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from uuid import UUID

from django.db import transaction

from kith.access.actors import PRIVACY_ENGINE
from kith.audit import journal
from kith.jobs.progress import Tracker
from kith.kernel.clock import now
from kith.kernel.errors import Conflict
from kith.privacy.erasing.progress import PROOFS, advance, locked, open_case
from kith.privacy.models import Certificate, Erasure
from kith.privacy.proof import keeping
from kith.privacy.proof.certificate import body_of, signature_of
from kith.privacy.proof.scanning import Findings, scan
from kith.privacy.proof.sweeping import sweep
from kith.web.formats import group_id

log = logging.getLogger(__name__)
State = Erasure.State
TOGETHER: Final = 1_000
"""Looked for at once: some 30 values each, in some 15 spellings."""
_LOOKS: Final = 2 * PROOFS


def prove_all(uids: Sequence[UUID], *, tracker: Tracker | None = None) -> None:
    """Of these whose files are gone, each as far as it comes."""
    waiting = _that_wait(uids)
    for number, together in enumerate(_together(waiting)):
        if tracker is not None:
            tracker.at(number * TOGETHER, len(waiting), "Contacts looked for everywhere")
        let_past = set[UUID]()
        for _ in range(_LOOKS):
            if not _look([uid for uid in together if uid not in let_past], let_past):
                break


def _that_wait(uids: Sequence[UUID]) -> list[UUID]:
    found = Erasure.objects.filter(uid__in=uids, state__in=[State.FILES_GONE, State.SETTLED])
    return list(found.order_by("pk").values_list("uid", flat=True))


def _look(uids: list[UUID], let_past: set[UUID]) -> bool:
    """Once through everything. False: none of them waits any more. `let_past`: those that wait for an import
    to end, which counts as no try; they are added to it."""
    needles = _needles(_that_wait(uids))
    if not needles:
        return False
    findings = scan(needles)
    first = set(_in_state(needles, State.FILES_GONE))
    to_sweep = {uid for uid in first if findings.of(uid)}
    busy = sweep(findings, to_sweep) if to_sweep else frozenset()
    let_past |= {uid for uid in to_sweep if busy & {hit.place for hit in findings.of(uid)}}
    for uid in first - let_past:
        advance(uid, State.FILES_GONE, State.SETTLED)
    for uid in needles:
        if uid not in to_sweep:
            _judged(uid, findings, needles=len(needles[uid]))
    return True


def _judged(uid: UUID, findings: Findings, *, needles: int) -> None:
    try:
        _judge(uid, findings, needles=needles)
    except Conflict as conflict:
        log.info("an erasure was judged already: %s", conflict.message)


@transaction.atomic
def _judge(uid: UUID, findings: Findings, *, needles: int) -> None:
    erasure = locked(uid, State.SETTLED)
    found = findings.of(uid)
    if found or findings.unknown:
        places = sorted({one.place for one in found} | set(findings.unknown))
        erasure.attempts += 1
        erasure.trouble = ", ".join(places)[:60]
        erasure.state = State.STUCK if erasure.attempts >= PROOFS else State.FILES_GONE
        erasure.save(update_fields=["attempts", "trouble", "state"])
        if erasure.state == State.STUCK:
            open_case(erasure, f"The erasure of GroupID {group_id(erasure.contact_id)} could not be proved")
        return
    body = body_of(erasure, findings, needles=needles, at=now())
    Certificate.objects.create(erasure=erasure, body=body, signature=signature_of(body))
    erasure.state, erasure.ended_at, erasure.needle_key, erasure.trouble = State.DONE, now(), None, ""
    erasure.save(update_fields=["state", "ended_at", "needle_key", "trouble"])
    journal.record(
        "ErasureProved",
        by=PRIVACY_ENGINE,
        subject_type=Erasure.SUBJECT,
        subject_id=erasure.pk,
        group_id=erasure.contact_id,
    )
    transaction.on_commit(lambda: keeping.forget(uid))


def _in_state(uids: Mapping[UUID, object], state: str) -> list[UUID]:
    return list(Erasure.objects.filter(uid__in=list(uids), state=state).values_list("uid", flat=True))


def _needles(uids: list[UUID]) -> dict[UUID, frozenset[str]]:
    """Of those whose are lost nothing can be proved any more: a person has to look."""
    keys = Erasure.objects.filter(uid__in=uids).order_by("pk").values_list("uid", "needle_key")
    found = {uid: _kept(uid, key) for uid, key in keys}
    for uid in (uid for uid, those in found.items() if those is None):
        _give_up(uid)
    return {uid: those for uid, those in found.items() if those is not None}


def _kept(uid: UUID, key: bytes | memoryview | None) -> frozenset[str] | None:
    """None: they are lost."""
    try:
        return keeping.opened(uid, bytes(key or b""))
    except keeping.NeedlesLost:
        return None


@transaction.atomic
def _give_up(uid: UUID) -> None:
    erasure = locked(uid, State.FILES_GONE, State.SETTLED)
    erasure.state, erasure.trouble = State.STUCK, "what was to be looked for is lost"
    erasure.save(update_fields=["state", "trouble"])
    open_case(erasure, f"The erasure of GroupID {group_id(erasure.contact_id)} can no longer be proved")


def _together(uids: list[UUID]) -> Iterator[list[UUID]]:
    yield from (uids[start : start + TOGETHER] for start in range(0, len(uids), TOGETHER))
