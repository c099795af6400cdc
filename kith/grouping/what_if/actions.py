"""Starting, doing, stopping and publishing shadow runs; what is known of pairs."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, OuterRef

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.golden import actions as golden
from kith.golden.rules import problems as golden_wrong
from kith.golden.versions import rules_in_force as golden_rules_in_force
from kith.golden.versions import version_in_force as golden_version_in_force
from kith.grouping.models import Decision, KnownPair, MatchingModel, WhatIf
from kith.grouping.recipe import actions as recipe
from kith.grouping.recipe.guard_draft import problems as guards_wrong
from kith.grouping.recipe.versions import guards_in_force, hold, recipe_in_force, rules_in_force
from kith.grouping.what_if.candidate import Base, Candidate, base_in_force
from kith.grouping.what_if.result import Result
from kith.grouping.what_if.shadow import shadow
from kith.jobs import progress
from kith.jobs.progress import Cancelled, Listener
from kith.jobs.queries import is_in_queue
from kith.kernel import clock
from kith.kernel.decision import Decision as Allowed
from kith.kernel.errors import Conflict, DomainError, NotFound, Refused
from kith.matching.rules import validate
from kith.sources.models import SourceRecord

log = logging.getLogger(__name__)
SUBJECT: Final = "what_if"
GOES_ON: Final = (WhatIf.State.QUEUED, WhatIf.State.RUNNING)


@transaction.atomic
def start_what_if(*, actor: Actor, candidate: Candidate, note: str = "") -> WhatIf:
    """Put a shadow run of what the candidate would change into the queue."""
    from kith.grouping.tasks import what_if as task

    require(actor, Permission.RULES_EDIT)
    tried = candidate.beside(recipe_in_force(), golden_rules_in_force())
    Allowed(_wrong(tried)).or_raise()
    made = WhatIf.objects.create(
        candidate=tried.to_json(),
        base=base_in_force().to_json(),
        note=note.strip()[:200],
        started_by_id=actor.user_id,
    )
    made.job_id = task.defer(what_if_id=made.pk)
    made.save(update_fields=["job_id"])
    _record("WhatIfStarted", made, by=actor)
    return made


def _wrong(candidate: Candidate) -> tuple[str, ...]:
    if candidate.is_empty:
        return ("nothing differs from what is in force",)
    rules = () if candidate.rules is None else validate(candidate.rules)
    guards = () if candidate.guards is None else guards_wrong(candidate.guards)
    chosen = () if candidate.golden is None else golden_wrong(candidate.golden)
    ids = {"person": candidate.person_model_id, "company": candidate.company_model_id}
    wanted = [(kind, pk) for kind, pk in ids.items() if pk is not None]
    known = set(MatchingModel.objects.filter(pk__in=[pk for _, pk in wanted]).values_list("kind", "pk"))
    models = [f"there is no model {pk} of this kind" for kind, pk in wanted if (kind, pk) not in known]
    return (*rules, *guards, *chosen, *models)


def run_what_if(
    *, actor: Actor, what_if_id: int, listener: Listener | None = None, job_id: int | None = None
) -> WhatIf:
    """Do it here and now, from the beginning; one that was cut off left nothing to go on from."""
    require(actor, Permission.RULES_EDIT)
    made = _begun(what_if_id)
    if made is None:
        return _opened(what_if_id)
    tracker = progress.start(
        SUBJECT, made.pk, label=f"Shadow run {made.pk}", unit="steps", job_id=job_id, listener=listener
    )
    try:
        result = shadow(Candidate.from_json(made.candidate), tracker=tracker)
    except Cancelled:
        _end(made, WhatIf.State.CANCELLED)
    except DomainError as error:
        _end(made, WhatIf.State.FAILED, error=error.message)
    except (OperationalError, InterfaceError):
        # The database went away or is full: the queue tries again in a while, from the beginning.
        connection.close()
        raise
    except Exception as error:
        _end(made, WhatIf.State.FAILED, error=f"It failed ({type(error).__name__}); the log has the details.")
        tracker.finish()
        raise
    else:
        _end(made, WhatIf.State.DONE, result=result)
    tracker.finish()
    return made


@transaction.atomic
def _begun(what_if_id: int) -> WhatIf | None:
    made = _locked(what_if_id)
    if made.state not in GOES_ON:
        return None
    made.state, made.began_at = WhatIf.State.RUNNING, clock.now()
    made.save(update_fields=["state", "began_at"])
    return made


def _end(made: WhatIf, state: WhatIf.State, *, result: Result | None = None, error: str = "") -> None:
    made.state, made.finished_at, made.error = state, clock.now(), error[:300]
    made.result = None if result is None else result.to_json()
    made.save(update_fields=["state", "finished_at", "error", "result"])


@transaction.atomic
def cancel_what_if(*, actor: Actor, what_if_id: int) -> WhatIf:
    """A waiting one at once, and one that nobody works on any more; a running one at its next safe point."""
    require(actor, Permission.RULES_EDIT)
    made = _locked(what_if_id)
    if made.state not in GOES_ON:
        raise Refused("This shadow run has ended already.")
    progress.request_cancel(SUBJECT, made.pk)
    if made.state == WhatIf.State.QUEUED or not is_in_queue(made.job_id):
        _end(made, WhatIf.State.CANCELLED)
    _record("WhatIfCancelled", made, by=actor)
    return made


@transaction.atomic
def publish_what_if(*, actor: Actor, what_if_id: int) -> WhatIf:
    """What was tried comes into force, exactly as it was tried, with the next run."""
    require(actor, Permission.RULES_EDIT)
    made = _locked(what_if_id)
    if made.state != WhatIf.State.DONE:
        raise Refused("Only a shadow run that is done can be published.")
    if made.published_at is not None:
        raise Refused("This was published already.")
    hold()
    golden_version = golden_version_in_force()
    if base_in_force() != Base.from_json(made.base):
        raise Conflict(
            "Something else came into force after this was tried: what it says may not hold any more. "
            "Nothing was published: try it again."
        )
    _publish(
        Candidate.from_json(made.candidate),
        actor=actor,
        note=made.note or f"Shadow run {made.pk}",
        golden_version=golden_version,
    )
    made.published_at, made.published_by_id = clock.now(), actor.user_id
    made.save(update_fields=["published_at", "published_by"])
    _record("WhatIfPublished", made, by=actor)
    return made


def _publish(candidate: Candidate, *, actor: Actor, note: str, golden_version: int | None) -> None:
    """`golden_version`: in force when it was seen that what it was tried against still is."""
    if candidate.rules is not None:
        based_on = rules_in_force().version_id
        recipe.save_matching_rules(actor=actor, rules=candidate.rules, note=note, based_on=based_on)
    for model_id in candidate.model_ids:
        recipe.put_in_force(actor=actor, model_id=model_id)
    if candidate.guards is not None:
        based_on = guards_in_force().version_id
        recipe.save_guards(actor=actor, guards=candidate.guards, note=note, based_on=based_on)
    if candidate.golden is not None:
        golden.save_edited_rules(actor=actor, rules=candidate.golden, note=note, based_on=golden_version)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSaid:
    left_id: int
    right_id: int
    same: bool
    note: str = ""


@transaction.atomic
def add_known_pairs(*, actor: Actor, pairs: Sequence[PairSaid]) -> int:
    """Record ids; what was said of a pair before is replaced. Returns how many. It decides nothing."""
    require(actor, Permission.CONTACT_GROUP)
    said_of = {tuple(sorted((one.left_id, one.right_id))): one for one in pairs}
    ordered = dict(sorted(said_of.items()))  # two who say the same pairs lock them in one order
    if any(left == right for left, right in ordered):
        raise Refused("A pair needs two System Refs.")
    ends = {end for pair in ordered for end in pair}
    if SourceRecord.objects.filter(pk__in=ends).count() != len(ends):
        raise NotFound("There is no such System Ref.")
    rows = [
        KnownPair(
            left_id=left,
            right_id=right,
            verdict=KnownPair.Verdict.SAME if said.same else KnownPair.Verdict.DIFFERENT,
            note=said.note.strip()[:200],
            added_by_id=actor.user_id,
        )
        for (left, right), said in ordered.items()
    ]
    KnownPair.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["left_id", "right_id"],
        update_fields=["verdict", "note", "added_by", "added_at"],
    )
    detail = {"pairs": len(rows)}
    journal.record("KnownPairsAdded", by=actor, subject_type="known_pair", detail=detail)
    return len(rows)


MOST_TAKEN_OVER: Final = 1_000


@transaction.atomic
def know_what_was_decided(*, actor: Actor) -> int:
    """The newest decisions of people in force become known pairs: they go on saying so when one is lifted."""
    require(actor, Permission.CONTACT_GROUP)
    known = KnownPair.objects.filter(left_id=OuterRef("left_id"), right_id=OuterRef("right_id"))
    there = SourceRecord.objects.filter(pk=OuterRef("left_id"))
    beside = SourceRecord.objects.filter(pk=OuterRef("right_id"))
    decided = Decision.objects.filter(~Exists(known), Exists(there), Exists(beside), lifted_by__isnull=True)
    newest = decided.order_by("-id")[:MOST_TAKEN_OVER]
    pairs = [
        PairSaid(
            left_id=one.left_id,
            right_id=one.right_id,
            same=one.verdict == Decision.Verdict.TOGETHER,
            note="Decided by a person",
        )
        for one in newest
    ]
    return add_known_pairs(actor=actor, pairs=pairs) if pairs else 0


@transaction.atomic
def remove_known_pair(*, actor: Actor, pair_id: int) -> None:
    require(actor, Permission.CONTACT_GROUP)
    found = KnownPair.objects.select_for_update().filter(pk=pair_id).first()
    if found is None:
        raise NotFound("There is no such pair.")
    found.delete()
    journal.record("KnownPairRemoved", by=actor, subject_type="known_pair", subject_id=pair_id)


def _opened(what_if_id: int) -> WhatIf:
    found = WhatIf.objects.filter(pk=what_if_id).first()
    if found is None:
        raise NotFound("There is no such shadow run.")
    return found


def _locked(what_if_id: int) -> WhatIf:
    found = WhatIf.objects.select_for_update().filter(pk=what_if_id).first()
    if found is None:
        raise NotFound("There is no such shadow run.")
    return found


def _record(event: str, made: WhatIf, *, by: Actor) -> None:
    detail = {"parts": ", ".join(sorted(made.candidate))}
    journal.record(event, by=by, subject_type="what_if", subject_id=made.pk, detail=detail)
