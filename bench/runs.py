"""How long does the overnight run take, and how right is it?"""

from __future__ import annotations

import json

from bench.benchmark import Measurement, benchmark
from bench.hub import SIZE, emptied, files, kith, now_grouped, take_in


@benchmark("run", question=f"the first overnight run over {SIZE:,} System Refs, and a second without news")
def runs() -> list[Measurement]:
    made, home = files(), emptied()
    take_in(home)
    first = kith("run", home=home)
    now_grouped()
    second = kith("run", home=home)
    told = kith("shell", "-v0", "-c", _MEASURE.format(truth=str(made.truth)), home=home).output
    figures = json.loads(told.strip().splitlines()[-1])
    return [
        Measurement("kith run, first", first.seconds, SIZE, {"peak MB": round(first.peak_mb), **figures}),
        Measurement("kith run, no news", second.seconds, SIZE, {"peak MB": round(second.peak_mb)}),
    ]


_MEASURE = """
import json
import polars as pl
from kith import bulk
from kith.matching.evaluate import evaluate
from kith.runs.models import RunStep
schema = {{"system_ref": pl.String(), "record_id": pl.Int64(), "cluster": pl.Int64()}}
members = bulk.fetch(
    "SELECT r.system_ref, r.id, m.contact_id FROM sources_sourcerecord r"
    " JOIN sources_membership m ON m.record_id = r.id", schema=schema)
truth = pl.read_csv({truth!r}, infer_schema=False)
truth = truth.select("system_ref", person=pl.col("entity_id").cast(pl.Int64))
both = members.join(truth, on="system_ref")
persons, clusters = (both.select("record_id", name).to_arrow() for name in ("person", "cluster"))
scores = evaluate(persons, clusters)
figures = {{name: round(getattr(scores, name), 4) for name in
           ("precision", "recall", "f1", "bcubed_precision", "bcubed_recall", "bcubed_f1")}}
for step in RunStep.objects.filter(run_id=1).order_by("position"):
    figures[step.name + " s"] = round((step.finished_at - step.started_at).total_seconds(), 1)
    timed = {{name[:-3] + " s": ms / 1000 for name, ms in step.counts.items() if name.endswith("_ms")}}
    figures |= timed
print(json.dumps(figures))
"""
