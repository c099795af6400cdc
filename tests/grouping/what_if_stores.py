"""Small stores of contacts for shadow runs, and candidates to try on them."""

from __future__ import annotations

from dataclasses import replace

from django.db import connection

from kith.access.actors import COMMAND_LINE, OVERNIGHT
from kith.golden.rules import Attribute, TieBreaker
from kith.golden.rules import Rules as GoldenRules
from kith.grouping.models import WhatIf
from kith.grouping.recipe.actions import save_model_draft
from kith.grouping.recipe.versions import model_in_force
from kith.grouping.what_if import actions
from kith.grouping.what_if.candidate import Candidate
from kith.grouping.what_if.queries import result_of
from kith.grouping.what_if.result import Result
from kith.matching.clusters import Guards
from kith.matching.records import PERSON
from kith.matching.rules import Comparison, Criterion, Field, Rule, RuleSet
from kith.matching.shipped import shipped_model
from kith.runs import actions as runs
from kith.runs.models import Run

BY_PHONE = RuleSet(
    person=(Rule("Same phone", (Criterion(Field.PHONE, Comparison.EXACT),)),),
    company=RuleSet.shipped().company,
)
NO_RULES = RuleSet(person=(), company=())
NEWEST_EMAIL = GoldenRules(
    {
        **GoldenRules.shipped().by_field,
        "name": (TieBreaker(Attribute.SOURCE, sources=("SHOP", "CLUB")),),
        "emails": (TieBreaker(Attribute.SOURCE, sources=("CLUB",)),),
    }
)
LOOSE = Guards(bridge_at=0.0, most_records=3, names_alone=True, details_alone=True)


def overnight() -> Run:
    run = runs.execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND)
    assert run.state == Run.State.DONE, run.hold_reason or run.error
    return run


def generous(group_at: float = 2.0) -> int:
    """A draft that groups far more."""
    in_force = model_in_force(PERSON)
    model = replace(shipped_model(PERSON), group_at=group_at, review_at=min(group_at, 0.0))
    return save_model_draft(actor=COMMAND_LINE, model=model, based_on=in_force.model_id).pk


def tried(candidate: Candidate) -> tuple[WhatIf, Result]:
    made = WhatIf.objects.get(pk=actions.start_what_if(actor=COMMAND_LINE, candidate=candidate).pk)
    made = actions.run_what_if(actor=COMMAND_LINE, what_if_id=made.pk)
    result = result_of(WhatIf.objects.get(pk=made.pk))
    assert result is not None, made.error
    return made, result


def everything_but_shadow_runs() -> dict[str, str]:
    """Table → a digest of all its rows."""
    mine = {"grouping_whatif", "jobs_progress", "audit_entry", "procrastinate_jobs", "procrastinate_events"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = sorted({row[0] for row in cursor.fetchall()} - mine)
        digests = {}
        for table in tables:
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) FROM {table} t"
            )
            digests[table] = str(cursor.fetchall()[0][0])
    return digests
