"""Step "match" of the overnight run: what changed is compared, clustered and given its GroupIDs.

Reading and comparing hold no lock. Evidence, doubts, membership, lineage and the settled queue are then
written in one transaction: killed or cancelled before it, the step leaves nothing, and is simply done again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl
import pyarrow as pa
from django.db import transaction

from kith.access.cases import open_case
from kith.audit import journal
from kith.golden.assembly import mark_stale
from kith.grouping import decisions, membership
from kith.grouping.actions import keep_operation
from kith.grouping.engine import basis, delta
from kith.grouping.engine import evidence_store as store
from kith.grouping.engine.delta import as_kept
from kith.grouping.engine.records import arrow_records
from kith.grouping.models import Basis, Move
from kith.grouping.recipe.actions import keep_basis
from kith.grouping.recipe.versions import RecipeInForce, recipe_in_force
from kith.grouping.rules import may_change_unasked
from kith.jobs.progress import Tracker
from kith.matching.clusters import Clustering, Contradiction, Pair
from kith.matching.evidence import (
    EngineOptions,
    Progress,
    Report,
    cluster_records,
    counted_facts_of,
    find_evidence,
)
from kith.matching.figures import Figures
from kith.matching.pairs import Facts
from kith.matching.prepared import Ints
from kith.runs.models import RunSettings
from kith.runs.steps import Counts, Held, StepContext
from kith.sources import changes
from kith.sources.models import Membership

log = logging.getLogger(__name__)

_MOST_CASES: Final = 20
"""Opened by one run."""
_LABELS: Final = {
    "read": "Read System Refs",
    "compare": "Compare",
    "cluster": "Group",
    "write": "Write",
}


@dataclass(slots=True)
class _Stages:
    """Says what is going on, times it, and stops between two stages when asked to."""

    tracker: Tracker
    milliseconds: dict[str, int] = field(default_factory=dict)
    _stage: str = "read"
    _began: float = field(default_factory=time.perf_counter)

    def begin(self, stage: str) -> None:
        self.end()
        self._stage, self._began = stage, time.perf_counter()
        self.tracker.at(list(_LABELS).index(stage), len(_LABELS), _LABELS[stage])

    def end(self, stage: str | None = None) -> None:
        """`stage`: what all the time since the last call belongs to, if not to the stage begun."""
        stage, now = stage or self._stage, time.perf_counter()
        spent = round((now - self._began) * 1000)
        self.milliseconds[stage] = self.milliseconds.get(stage, 0) + spent
        self._began = now

    def compared(self, progress: Progress) -> None:
        self.tracker.at(progress.done, progress.total, _LABELS["compare"])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What matching found, ready to be written."""

    report: Report
    evidence: pl.DataFrame
    """delta.EVIDENCE that takes the place of `replaced`."""
    replaced: pl.DataFrame
    clustered: Callable[[], tuple[Clustering, Ints | None]]
    """Asked under the lock on membership: clusters, and of which System Refs; None: of all."""
    figures: Figures | None = None
    """Counted anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    context: StepContext
    in_force: RecipeInForce
    options: EngineOptions
    stages: _Stages


def match(context: StepContext) -> Counts:
    return match_with(context, options=EngineOptions())


def match_with(context: StepContext, *, options: EngineOptions) -> Counts:
    work = _Work(
        context=context, in_force=recipe_in_force(), options=options, stages=_Stages(context.tracker)
    )
    kept = basis.newest()
    work.stages.begin("read")
    store.tidy_keys()
    scale = basis.scale(changed=changes.changed_count())
    why = basis.why_everything(
        kept, in_force=work.in_force, options=options, scale=scale, asked=context.everything
    )
    context.say("Only what changed was compared." if why is None else f"Everything was compared: {why}.")
    waiting, found = _everything(work) if kept is None or why is not None else _changes(work, kept)
    counts = {"changed": 0}
    if found is not None:
        work.stages.begin("write")
        counts = _write(work, waiting, found)
        work.stages.end()
    milliseconds = {f"{stage}_ms": spent for stage, spent in work.stages.milliseconds.items()}
    return counts | _from_lineage(context.run_id) | milliseconds


def _everything(work: _Work) -> tuple[pl.DataFrame, _Found]:
    with store.one_moment():
        waiting = changes.changed()
        read = arrow_records()
    facts, figures = counted_facts_of(read, options=work.options)
    del read
    work.stages.begin("compare")
    evidence = find_evidence(
        facts,
        recipe=work.in_force.recipe,
        figures=figures,
        options=work.options,
        progress=work.stages.compared,
    )
    work.stages.begin("cluster")
    said = decisions.pairs_in_force()
    clustering = _clustered(facts, evidence.pairs, work=work, said=said)

    def clustered() -> tuple[Clustering, Ints | None]:
        # What people decided since is heard too; they decide under the same lock.
        decided = decisions.pairs_in_force()
        if decided == said:
            return clustering, None
        return _clustered(facts, evidence.pairs, work=work, said=decided), None

    return waiting, _Found(
        report=evidence.report,
        evidence=as_kept(evidence.pairs),
        replaced=store.all_evidence(),
        clustered=clustered,
        figures=figures,
    )


def _clustered(
    facts: Facts, pairs: pa.Table, *, work: _Work, said: tuple[tuple[Pair, ...], tuple[Pair, ...]]
) -> Clustering:
    together, apart = said
    return cluster_records(facts, pairs, recipe=work.in_force.recipe, together=together, apart=apart)


def _changes(work: _Work, kept: Basis) -> tuple[pl.DataFrame, _Found | None]:
    """None when nothing changed."""
    of_all, figures, recipe = store.PostgresStore(), basis.figures_of(kept), work.in_force.recipe
    with store.one_moment():
        store.read_by_index()
        waiting = changes.changed()
        read = delta.read(of_all, waiting, options=work.options)
    if waiting.is_empty():
        return waiting, None
    work.stages.begin("compare")
    compared = delta.compare(
        read, recipe=recipe, figures=figures, options=work.options, progress=work.stages.compared
    )

    def clustered() -> tuple[Clustering, Ints | None]:
        touched = delta.touched(of_all, compared)
        facts = delta.facts_of_touched(of_all, touched, compared=compared, figures=figures)
        said = decisions.pairs(touched.said)
        clustering = _clustered(facts, touched.links.to_arrow(), work=work, said=said)
        work.stages.end("cluster")
        return clustering, touched.ids

    return waiting, _Found(
        report=compared.evidence.report,
        evidence=compared.found,
        replaced=compared.before,
        clustered=clustered,
    )


@transaction.atomic
def _write(work: _Work, waiting: pl.DataFrame, found: _Found) -> dict[str, int]:
    context = work.context
    membership.lock()
    clustering, among = found.clustered()
    planned = membership.plan(pl.DataFrame(clustering.table), among=None if among is None else among.tolist())
    if not context.approved:
        _ask_if_too_much(planned)
    added, dropped = store.replace_evidence(found.replaced, found.evidence)
    store.replace_doubts(pl.DataFrame(clustering.doubts), among=among)
    # Before any contact is locked: whoever edits a claim takes its place in the queue first, too.
    changes.settle(waiting)
    _move(planned, context)
    if found.figures is not None:
        keep_basis(
            actor=context.actor,
            in_force=work.in_force,
            figures=found.figures,
            options=work.options,
            records=found.report.records,
            run_id=context.run_id,
        )
    mark_stale(waiting["record_id"].to_list())
    _say_contradictions(clustering.contradictions, context)
    journal.record(
        "ContactsGroupedByRun",
        by=context.actor,
        subject_type="run",
        subject_id=context.run_id,
        detail={"moves": planned.moves.height, "retired": planned.retired.height},
    )
    touched = found.report.records if among is None else len(among)
    return {
        "changed": waiting.height,
        "touched": touched,
        "compared": found.report.compared,
        "pairs": found.evidence.filter("groups").height,
        "pairs_added": added,
        "pairs_dropped": dropped,
        "doubts": clustering.doubts.num_rows,
        "blocks_cut": found.report.cut_count,
        "frequent_values_ignored": found.report.ignored,
    }


def _move(planned: membership.Plan, context: StepContext) -> None:
    if planned.moves.is_empty():
        return
    operation_id = keep_operation(actor=context.actor, run_id=context.run_id)
    membership.write(
        planned,
        because=Move.Because.RUN,
        run_id=context.run_id,
        user_id=context.actor.user_id,
        operation_id=operation_id,
    )


def _say_contradictions(found: Sequence[Contradiction], context: StepContext) -> None:
    """Decisions to keep together that could not be followed: a person has to look."""
    for one in found[:_MOST_CASES]:
        why = "one is a person now and one a company" if one.mixes_kinds else "they are kept apart too"
        left, right = one.together
        open_case(
            kind="contradiction",
            title=f"System Refs {left} and {right} are kept together, but {why}",
            contact_id=Membership.objects.get(pk=left).contact_id,
            run_id=context.run_id,
        )


def _ask_if_too_much(planned: membership.Plan) -> None:
    limits = RunSettings.objects.filter(pk=1).first() or RunSettings()
    decision = may_change_unasked(
        changed=planned.changed_groups,
        active=membership.active_contacts(),
        percent=limits.breaker_percent,
        minimum=limits.breaker_minimum,
    )
    if not decision:
        raise Held(" ".join(decision.reasons))


def _from_lineage(run_id: int) -> dict[str, int]:
    """Read back, so that they are right for a resumed run too."""
    moves = Move.objects.filter(run_id=run_id)
    return {
        "placed": moves.filter(from_contact_id__isnull=True).count(),
        "moved": moves.filter(from_contact_id__isnull=False).count(),
    }
