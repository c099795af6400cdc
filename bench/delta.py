"""A night's changes against comparing everything: how long, and is it the same answer?

`BENCH_DELTA` sets how many System Refs change (10,000): 55 % of them new, 35 % with another System Ref's
reach in place of their own, 10 % emptied of all but their names. Nothing deletes a System Ref today.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from pathlib import Path
from typing import Final

import polars as pl

from bench.benchmark import Measurement, benchmark
from bench.hub import ADD_SOURCE, FOLDER, SIZE, SOURCE, Files, Watched, files, kith

CHANGED: Final = int(os.environ.get("BENCH_DELTA", "10000"))
_NEW: Final = CHANGED * 55 // 100
_MOVED: Final = CHANGED * 35 // 100
_EMPTIED: Final = CHANGED - _NEW - _MOVED
_REACH: Final = ("email_", "phone_", "address_")
_KEPT: Final = {"system_ref", "kind", "first_name", "last_name", "full_name", "company_name"}


@benchmark(
    "delta",
    question=f"{CHANGED:,} changed System Refs among {SIZE:,}: the changes alone, against everything",
    baseline="kith run --full",
)
def delta() -> list[Measurement]:
    made = files()
    home = _hub_before(made)
    _take_in(_night(made), made=made, home=home)
    changes = kith("run", home=home)
    by_changes = _told(_STEPS, home=home)
    proof = _told(_PROOF, home=home)
    full = kith("run", "--full", home=home)
    return [
        _measured(f"{CHANGED:,} changed", changes, by_changes | proof),
        _measured("kith run --full", full, _told(_STEPS, home=home)),
        _measured("kith run, no news", kith("run", home=home), _told(_STEPS, home=home)),
    ]


def _measured(what: str, run: Watched, figures: dict[str, float]) -> Measurement:
    return Measurement(what, run.seconds, None, {"peak MB": round(run.peak_mb), **figures})


def _hub_before(made: Files) -> Path:
    """All but the new ones, imported and grouped; kept for the next time."""
    ready, home = FOLDER / f"before-{_NEW}", FOLDER / "delta"
    if not ready.exists():
        claims = pl.read_csv(made.claims, infer_schema=False)
        shutil.rmtree(home, ignore_errors=True)
        kith("migrate", "-v0", home=home)
        kith("shell", "-v0", "-c", ADD_SOURCE, home=home)
        _take_in(claims.head(claims.height - _NEW), made=made, home=home)
        kith("run", home=home)
        _vacuum(home)
        home.rename(ready)
    shutil.rmtree(home, ignore_errors=True)
    # Ownership and all, or the server does not start on the copy.
    subprocess.run(["cp", "-a", str(ready), str(home)], check=True)
    return home


def _vacuum(home: Path) -> None:
    """As the server does by itself before the next night."""
    kith("shell", "-v0", "-c", _VACUUM, home=home)


def _night(made: Files) -> pl.DataFrame:
    """The same for the same size."""
    claims = pl.read_csv(made.claims, infer_schema=False)
    there = claims.height - _NEW
    chosen = random.Random(SIZE).sample(range(there), k=2 * _MOVED + _EMPTIED)
    movers, givers, emptied = chosen[:_MOVED], chosen[_MOVED : 2 * _MOVED], chosen[2 * _MOVED :]
    reach = [name for name in claims.columns if name.startswith(_REACH)]
    moved = claims[movers].with_columns(claims[givers].select(reach).get_columns())
    left = claims[emptied].with_columns(
        pl.lit(None, pl.String).alias(name) for name in claims.columns if name not in _KEPT
    )
    return pl.concat([claims.tail(_NEW), moved, left])


def _take_in(claims: pl.DataFrame, *, made: Files, home: Path) -> None:
    path = FOLDER / "night.csv"
    claims.write_csv(path)
    kith("import", str(path), "--source", SOURCE, "--mapping", str(made.mapping), home=home)


def _told(script: str, *, home: Path) -> dict[str, float]:
    told = kith("shell", "-v0", "-c", script, home=home).output
    figures: dict[str, float] = json.loads(told.strip().splitlines()[-1])
    return figures


_VACUUM: Final = """
from django.db import connection
connection.cursor().execute("VACUUM ANALYZE")
"""
_STEPS: Final = """
import json
from kith.runs.models import Run
figures = {}
for step in Run.objects.order_by("-pk")[0].steps.order_by("position"):
    figures[step.name + " s"] = round((step.finished_at - step.started_at).total_seconds(), 2)
    figures |= {name[:-3] + " s": value / 1000 for name, value in step.counts.items() if name.endswith("_ms")}
    if step.name == "match":
        told = ("changed", "compared", "touched", "moved", "blocks_cut")
        figures |= {name: step.counts[name] for name in told if name in step.counts}
steps = round(sum(figures[f"{step} s"] for step in ("match", "assemble", "figures")), 2)
print(json.dumps({"all steps s": steps} | figures))
"""
_PROOF: Final = """
import json, time
import polars as pl
from kith import bulk
from kith.grouping.engine import basis, delta, evidence_store
from kith.grouping.engine.records import arrow_records
from kith.grouping.recipe.versions import recipe_in_force
from kith.matching.evidence import cluster_records, facts_of, find_evidence, in_id_order
figures, recipe = basis.figures_of(basis.newest()), recipe_in_force().recipe
facts = facts_of(in_id_order(arrow_records()), figures)
found = delta.as_kept(find_evidence(facts, recipe=recipe, figures=figures).pairs)
kept = evidence_store.all_evidence()
on = list(found.columns)
both_ways = ((found, kept), (kept, found))
differing = sum(one.join(other, on=on, how="anti", nulls_equal=True).height for one, other in both_ways)
clusters = pl.DataFrame(cluster_records(facts, found.to_arrow(), recipe=recipe).table)
members = bulk.fetch(
    "SELECT record_id, contact_id FROM sources_membership",
    schema={"record_id": pl.Int64(), "contact_id": pl.Int64()},
)
both = clusters.join(members, on="record_id", how="full", coalesce=True)
pieces = both.select("cluster", "contact_id").unique()
apart = sum(pieces.height - pieces[name].n_unique() for name in ("cluster", "contact_id"))
apart += both.null_count().sum_horizontal()[0]
print(json.dumps({"evidence differs": differing, "partition differs": apart}))
"""
