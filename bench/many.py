"""How long do the ways take that change or take out many contacts at once?

`export` and `bulk change` work on everybody of the hub that `import` and `run` made; `local import` has a
data folder of its own. `BENCH_ROWS` sets the rows of its file (20,000).
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import polars as pl

from bench.benchmark import Measurement, benchmark
from bench.hub import FOLDER, SIZE, Files, Watched, files, grouped, kith

ROWS = int(os.environ.get("BENCH_ROWS", "20000"))


@benchmark(
    "local import", question=f"{ROWS:,} rows into Kith's own source: new, changed, the same, taken back"
)
def local_import() -> list[Measurement]:
    folder = FOLDER / "local"
    shutil.rmtree(folder, ignore_errors=True)
    home = folder / "home"
    new, changed, mapping = _typed(files(), folder)
    kith("migrate", "-v0", home=home)
    kith("shell", "-v0", "-c", _NO_RUN, home=home)

    def taken(path: Path) -> Watched:
        return kith("import", str(path), "--source", "LOCAL", "--mapping", str(mapping), home=home)

    made = [
        ("kith import, new", taken(new)),
        ("kith import, changed", taken(changed)),
        ("kith import, unchanged", taken(changed)),
        ("the change taken back", kith("shell", "-v0", "-c", _TAKE_BACK, home=home)),
    ]
    return [Measurement(what, one.seconds, ROWS, {"peak MB": round(one.peak_mb)}) for what, one in made]


_NO_RUN = """
from kith.runs.models import RunSettings
RunSettings.objects.update_or_create(pk=1, defaults=dict(enabled=False, after_import=False))
"""
_TAKE_BACK = """
from kith.access.actors import COMMAND_LINE
from kith.contacts.intake import actions, undoing
from kith.sources.models import Import
job = Import.objects.filter(changed_count__gt=0).latest("pk")
actions.ask_undo(actor=COMMAND_LINE, import_id=job.pk, in_background=False)
undoing.run_undo(job.pk)
job.refresh_from_db()
assert job.undone_updated == job.changed_count, "not all of it was taken back"
"""


def _typed(made: Files, folder: Path) -> tuple[Path, Path, Path]:
    """The club's persons as people fill in a template; the same, changed; the mapping."""
    folder.mkdir(parents=True)
    claims = pl.read_csv(made.claims, infer_schema=False)
    persons = claims.filter(
        pl.col("first_name").is_not_null() & pl.col("last_name").is_not_null() & pl.col("kind").is_null()
    )
    rows = pl.concat([persons] * -(-ROWS // persons.height)).head(ROWS).with_row_index("number")
    country = {
        f"{of}_country": pl.when(pl.col(said).is_not_null()).then(pl.lit("CYP"))
        for of, said in (("phone_1", "phone_1"), ("address_1", "address_1_city"))
    }
    new = rows.select(
        pl.format("B-{}", "number").alias("system_ref"),
        *("title", "first_name", "last_name", "email_1", "phone_1"),
        *("address_1_line1", "address_1_postcode", "address_1_city"),
        kind=pl.lit("PERSON"),
        language=pl.lit("en"),
        **country,
    )
    changed = new.with_columns(pl.col("address_1_line1") + " A", language=pl.lit("el"))
    paths = (folder / "new.csv", folder / "changed.csv", folder / "mapping.json")
    new.write_csv(paths[0])
    changed.write_csv(paths[1])
    paths[2].write_text(json.dumps({name: name for name in new.columns}), encoding="utf-8")
    return paths


@benchmark(
    "export", question=f"everybody of {SIZE:,} System Refs as a file, sealed and told of in the journal"
)
def export() -> list[Measurement]:
    return _measured(_EXPORT)


@benchmark("bulk change", question=f"one detail of everybody of {SIZE:,} System Refs changed, and taken back")
def bulk_change() -> list[Measurement]:
    return _measured(_CHANGE)


def _measured(program: str) -> list[Measurement]:
    told = kith("shell", "-v0", "-c", _EVERYBODY + program + _TELL, home=grouped()).output
    last = told.strip().splitlines()[-1]
    if not last.startswith("[["):
        raise RuntimeError(f"The benchmark broke off:\n{told[-2000:]}")
    figures = json.loads(last)
    return [Measurement(what, seconds, contacts, more) for what, seconds, contacts, more in figures]


_EVERYBODY = """
import json, time
from kith.access.models import User
from kith.contacts.asking import Value
from kith.find.actions import keep_search
from kith.find.searches import Search

who = User.objects.filter(email="bench-many@example.org").first()
who = who or User.objects.create_user("bench-many@example.org", name="Bench", roles=["power_user"])
token = keep_search(actor=who.actor, search=Search.of({"kind": Value(codes=("person", "company"))}))
figures = []

def timed(what, work, more=lambda ended: {}):
    began = time.perf_counter()
    ended = work()
    figures.append([what, time.perf_counter() - began, ended.total, more(ended)])
    return ended
"""
_EXPORT = """
from kith.find.exporting import actions, tasks
from kith.find.exporting.columns import columns
from kith.find.exporting.models import Export

def written(kind, codes=()):
    asked = actions.ask_export(actor=who.actor, token=token, kind=Export.Kind(kind), codes=codes)
    ended = tasks.written(asked.pk)
    assert ended.state == "ready", ended.failure
    return ended

every = [one.code for one in columns()]
for what, kind, codes in (
    ("CSV", "csv", ()), (f"CSV, all {len(every)} columns", "csv", every), ("XLSX", "xlsx", ()),
    ("vCard", "vcard", ()),
):
    made = timed(what, lambda: written(kind, codes), lambda ended: {"file MB": round(ended.size / 1e6, 1)})
    actions.remove_export(actor=who.actor, export_id=made.pk)
"""
_CHANGE = """
from kith.find.bulk import actions, queries, tasks
from kith.find.bulk.models import BulkChange

def changed(kind, value):
    asked = actions.ask_bulk_change(actor=who.actor, token=token, kind=BulkChange.Kind(kind), value=value)
    return tasks.made(asked.pk)

def undone(change):
    actions.ask_undo(actor=who.actor, change_id=change.pk)
    return tasks.undone(change.pk)

for what, kind, value in (("category", "category", "PARTNER"), ("type of e-mail", "email_type", "BUSINESS")):
    timed(what + ", preview", lambda: queries.previewed(token, actor=who.actor, kind=kind, value=value))
    made = timed(what, lambda: changed(kind, value), lambda ended: {"changed": ended.changed_count})
    timed(what + ", undo", lambda: undone(made), lambda ended: {"kept": ended.kept_count})
"""
_TELL = """
print(json.dumps(figures))
"""
