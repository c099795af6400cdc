"""A shadow run: the match step and the assembly as they would go, to the last move; nothing is written."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from kith.golden.versions import rules_in_force as golden_in_force
from kith.grouping import decisions, membership
from kith.grouping.engine import evidence_store as store
from kith.grouping.engine.delta import EVIDENCE, as_kept
from kith.grouping.engine.records import arrow_records
from kith.grouping.membership import Plan
from kith.grouping.models import Basis
from kith.grouping.recipe.versions import recipe_in_force
from kith.grouping.rules import may_change_unasked
from kith.grouping.what_if.asking import PAIR, asked, speaks_against
from kith.grouping.what_if.candidate import Candidate, state_of_data
from kith.grouping.what_if.examples import Seen, examples
from kith.grouping.what_if.golden_changes import Rulebooks, golden_changes
from kith.grouping.what_if.known import known_found
from kith.grouping.what_if.placement import placement
from kith.grouping.what_if.protection import newly_suppressed
from kith.grouping.what_if.reading import reading
from kith.grouping.what_if.result import Counts, Result
from kith.jobs.progress import Tracker
from kith.matching.evidence import EngineOptions, Progress, cluster_records, counted_facts_of, find_evidence
from kith.runs.models import RunSettings, RunStep
from kith.sources import changes

STAGES: Final = {
    "read": "Read System Refs",
    "compare": "Compare",
    "cluster": "Group",
    "differ": "Set beside now",
    "golden": "Golden records",
}
_DOUBTS: Final = {"left_id": pl.Int64(), "right_id": pl.Int64()}


@dataclass(slots=True)
class _Stages:
    """Says what is going on, times it, and stops between two stages when asked to."""

    tracker: Tracker
    milliseconds: dict[str, int] = field(default_factory=dict)
    _stage: str = ""
    _began: float = field(default_factory=time.perf_counter)

    def begin(self, stage: str) -> None:
        self.end()
        self._stage = stage
        self.tracker.at(list(STAGES).index(stage), len(STAGES), STAGES[stage])

    def end(self) -> None:
        now = time.perf_counter()
        if self._stage:
            self.milliseconds[self._stage] = round((now - self._began) * 1000)
        self._began = now

    def compared(self, progress: Progress) -> None:
        self.tracker.at(progress.done, progress.total, STAGES["compare"])

    def assembled(self, done: int, total: int) -> None:
        self.tracker.at(done, total, STAGES["golden"])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Matched:
    """What the candidate's evidence comes to; empty where nothing of matching is tried."""

    clusters: pl.DataFrame | None
    evidence: pl.DataFrame
    doubts: pl.DataFrame
    said: pl.DataFrame
    """Decisions of people in force."""
    state: str
    waiting: int


def shadow(candidate: Candidate, *, tracker: Tracker, options: EngineOptions | None = None) -> Result:
    """All System Refs; raises Cancelled when asked to stop."""
    stages = _Stages(tracker)
    matched = _matched(candidate, stages, options=options or EngineOptions())
    stages.begin("differ")
    with reading():
        plan = None if matched.clusters is None else membership.plan(matched.clusters)
        placed = placement(plan)
        before = store.all_evidence() if candidate.changes_matching else matched.evidence
        suppressed = newly_suppressed(placed)
        known = known_found(placed.refs)
        found = asked(
            placed,
            before=before,
            after=matched.evidence,
            doubts=matched.doubts,
            decided=matched.said.select(PAIR),
        )
    stages.begin("golden")
    rules = golden_in_force()
    golden = golden_changes(
        placed, rules=Rulebooks(now=rules, then=candidate.golden or rules), progress=stages.assembled
    )
    stages.end()
    seen = Seen(
        placed=placed,
        before=before,
        after=matched.evidence,
        asked=found,
        golden=golden,
        suppressed=suppressed,
    )
    counts = _counts(seen, matched, plan)
    fields = golden.changed.group_by("field").len().sort("field")
    return Result(
        counts=counts,
        fields=dict(fields.iter_rows()),
        held=_held(counts),
        milliseconds=stages.milliseconds,
        kept_milliseconds=_kept_milliseconds(),
        same=known.same,
        different=known.different,
        known_wrong=known.wrong,
        known_changed=known.changed,
        state=matched.state,
        examples=examples(seen),
    )


def _matched(candidate: Candidate, stages: _Stages, *, options: EngineOptions) -> _Matched:
    stages.begin("read")
    with reading():
        state, waiting, said = state_of_data(), changes.changed_count(), decisions.in_force()
        recipe = candidate.recipe(recipe_in_force().recipe)
        read = arrow_records() if candidate.changes_matching else None
    if read is None:
        return _Matched(
            clusters=None,
            evidence=pl.DataFrame(schema=EVIDENCE),
            doubts=pl.DataFrame(schema=_DOUBTS),
            said=said,
            state=state,
            waiting=waiting,
        )
    facts, figures = counted_facts_of(read, options=options)
    del read
    stages.begin("compare")
    evidence = find_evidence(
        facts, recipe=recipe, figures=figures, options=options, progress=stages.compared
    ).pairs
    stages.begin("cluster")
    together, apart = decisions.pairs(said)
    clustering = cluster_records(facts, evidence, recipe=recipe, together=together, apart=apart)
    return _Matched(
        clusters=pl.DataFrame(clustering.table),
        evidence=as_kept(evidence),
        doubts=pl.DataFrame(clustering.doubts),
        said=said,
        state=state,
        waiting=waiting,
    )


def _counts(seen: Seen, matched: _Matched, plan: Plan | None) -> Counts:
    placed, joined = seen.placed, seen.placed.joined
    now, new = membership.active_contacts(), placed.new.height
    return Counts(
        records=placed.refs.height,
        waiting=matched.waiting,
        placed=placed.touched["now"].null_count(),
        contacts_now=now,
        contacts_then=now - placed.retired.height + new,
        moved=placed.moved.height,
        joined=joined.height,
        joining=int(joined["contacts"].list.len().sum()),
        split=placed.split.height,
        retired=placed.retired.height,
        new=new,
        asked=seen.asked.newly.height,
        no_longer_asked=seen.asked.no_longer.height,
        doubted=seen.asked.doubted.height,
        golden=seen.golden.changed["contact_id"].n_unique(),
        protected=seen.suppressed["now"].n_unique(),
        opted_out=seen.golden.opted_out["now"].n_unique(),
        freed=seen.golden.freed["now"].n_unique(),
        decisions=matched.said.height,
        decisions_against=speaks_against(matched.said, matched.evidence) if plan is not None else 0,
        changed_groups=0 if plan is None else plan.changed_groups,
    )


def _held(counts: Counts) -> str:
    limits = RunSettings.objects.filter(pk=1).first() or RunSettings()
    decision = may_change_unasked(
        changed=counts.changed_groups,
        active=counts.contacts_now,
        percent=limits.breaker_percent,
        minimum=limits.breaker_minimum,
    )
    return " ".join(decision.reasons)


def _kept_milliseconds() -> dict[str, int]:
    """Of the run whose evidence is kept: the last that compared everything."""
    basis = Basis.objects.defer("figures").order_by("-pk").first()
    if basis is None or basis.run_id is None:
        return {}
    steps = {step.name: step for step in RunStep.objects.filter(run_id=basis.run_id)}
    match, assemble = steps.get("match"), steps.get("assemble")
    counts = match.counts if match else {}
    kept = {stage: int(counts[f"{stage}_ms"]) for stage in STAGES if f"{stage}_ms" in counts}
    if assemble and assemble.started_at and assemble.finished_at:
        kept["golden"] = round((assemble.finished_at - assemble.started_at).total_seconds() * 1000)
    return kept
