"""What `kith demo` does: a made-up club, loaded, grouped and measured, in a home of its own.

Every step looks whether it was done already, so a demo that was cut off goes on where it stopped.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl
from django.conf import settings

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.access.roles import ROLES
from kith.bulk import fetch
from kith.demo.club import Club, Source, generate
from kith.grouping.what_if import actions as what_if
from kith.grouping.what_if.seeding import pairs_of_truth
from kith.jobs.progress import Listener
from kith.kernel.errors import Refused
from kith.matching.evaluate import Scores, evaluate
from kith.runs import actions as runs
from kith.runs.models import Run, RunSettings
from kith.sources import actions as sources
from kith.sources.importing import run_import
from kith.sources.models import Import, SourceRecord, SourceSystem
from kith.users import actions as users
from kith.users.passwords import generated

DOMAIN: Final = "kith.example"
KNOWN_PAIRS: Final = 25
"""Of each verdict."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Where the demo keeps its files: inside `KITH_HOME`."""

    path: Path

    @classmethod
    def here(cls) -> Folder:
        path = Path(settings.HOME) / "demo"
        path.mkdir(exist_ok=True, mode=0o700)
        return cls(path)

    @property
    def done(self) -> Path:
        return self.path / "loaded"

    def require_ours(self) -> None:
        """Made-up people are never mixed into real ones."""
        if not self.password_file.exists() and SourceRecord.objects.exists():
            raise Refused(
                "This database holds records already; the demo needs one of its own. Set KITH_HOME."
            )

    @property
    def password_file(self) -> Path:
        return self.path / "password"

    def password(self) -> str:
        """One for all demo users, made once."""
        if not self.password_file.exists():
            descriptor = os.open(self.password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(generated())
        return self.password_file.read_text(encoding="ascii")


def add_users(password: str) -> list[User]:
    """One for each role."""
    made = []
    for role in ROLES.values():
        email = f"{role.name.value.replace('_', '.')}@{DOMAIN}"
        user = User.objects.filter(email=email).first()
        made.append(
            user
            or users.add_user(
                actor=COMMAND_LINE, email=email, name=role.label, roles=[role.name], password=password
            )
        )
    return made


def make_club(folder: Folder, *, size: int) -> Club:
    return generate(size=size, folder=folder.path / "files")


def take_in(source: Source, *, listener: Listener | None = None) -> Import:
    """One source of the club with its contacts; a file that was taken in already is left alone."""
    system = SourceSystem.objects.filter(code=source.code).first() or sources.add_source(
        actor=COMMAND_LINE,
        code=source.code,
        details=sources.SourceDetails(
            name=source.name,
            kind=source.kind,
            priority=source.priority,
            colour=source.colour,
            default_country=source.default_country,
            date_order=source.date_order,
        ),
    )
    return _import(
        system, path=source.path, kind=Import.Kind.CONTACTS, mapping=dict(source.mapping), listener=listener
    )


def take_in_purchases(club: Club, *, folder: Folder) -> list[Import]:
    """The club's one file of purchases, parted by source as Kith takes them in."""
    bought = pl.read_csv(club.transactions, infer_schema=False)
    made = []
    for (code,), rows in bought.group_by("source", maintain_order=True):
        path = folder.path / "files" / f"purchases-{code}.csv"
        rows.drop("source").write_csv(path)
        system = SourceSystem.objects.get(code=code)
        made.append(_import(system, path=path, kind=Import.Kind.TRANSACTIONS, mapping=None, listener=None))
    return made


def _import(
    system: SourceSystem,
    *,
    path: Path,
    kind: Import.Kind,
    mapping: dict[str, str] | None,
    listener: Listener | None,
) -> Import:
    earlier = Import.objects.filter(source=system, kind=kind, file_name=path.name, state=Import.State.DONE)
    if taken := earlier.first():
        return taken
    job = sources.add_import(
        actor=COMMAND_LINE, source=system, kind=kind, file_name=path.name, content=path, mapping=mapping
    )
    sources.start_import(actor=COMMAND_LINE, import_id=job.pk, in_background=False)
    job = run_import(job.pk, listener=listener)
    if job.state != Import.State.DONE:
        raise Refused(f"{path.name} could not be taken in: {job.error}")
    return job


@contextmanager
def without_runs_of_their_own() -> Iterator[None]:
    """The imports inside start no run: the demo does one itself when all files are in."""
    _run_after_import(wanted=False)
    try:
        yield
    finally:
        _run_after_import(wanted=True)


def _run_after_import(*, wanted: bool) -> None:
    settings = RunSettings.objects.filter(pk=1).first() or RunSettings()
    settings.after_import = wanted
    runs.save_settings(actor=COMMAND_LINE, settings=settings)


def group(*, listener: Listener | None = None) -> Run:
    run = runs.execute_run(actor=COMMAND_LINE, trigger=Run.Trigger.COMMAND, listener=listener)
    if run.state == Run.State.HELD:  # the first run of all: everything changes, and nobody relies on it yet
        runs.approve_run(actor=COMMAND_LINE, run_id=run.pk)
        run = runs.execute_run(actor=COMMAND_LINE, trigger=Run.Trigger.COMMAND, listener=listener)
    if run.state != Run.State.DONE:
        raise Refused(f"The run did not finish: {run.error or run.hold_reason}")
    return run


_GROUPS: Final = """
SELECT source.code, record.system_ref, membership.contact_id
FROM sources_membership membership
JOIN sources_sourcerecord record ON record.id = membership.record_id
JOIN sources_sourcesystem source ON source.id = record.source_id
"""


def know_pairs(club: Club) -> int:
    """Some pairs of which the truth knows whether they are one, for shadow runs to be held against."""
    truth = pl.DataFrame(pl.from_arrow(club.read_truth())).rename({"entity_id": "person"})
    pairs = pairs_of_truth(truth, each=KNOWN_PAIRS, note="From the truth of the demo")
    return what_if.add_known_pairs(actor=COMMAND_LINE, pairs=pairs)


def measure(club: Club) -> Scores:
    """The GroupIDs against who each System Ref really is."""
    groups = fetch(
        _GROUPS, schema={"source": pl.String(), "system_ref": pl.String(), "cluster": pl.Int64()}
    ).with_row_index("record_id")
    truth = pl.DataFrame(pl.from_arrow(club.read_truth())).join(groups, on=["source", "system_ref"])
    level = pl.CompatLevel.oldest()
    return evaluate(
        truth.select("record_id", pl.col("entity_id").alias("person")).to_arrow(compat_level=level),
        groups.select("record_id", "cluster").to_arrow(compat_level=level),
    )
