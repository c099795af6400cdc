"""`kith import FILE --source CODE`"""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Final, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from tqdm import tqdm

from kith.access.actors import COMMAND_LINE
from kith.jobs.progress import Listener
from kith.kernel.errors import DomainError
from kith.sources import actions, rejects
from kith.sources.as_seen import as_it_is
from kith.sources.importing import run_import
from kith.sources.models import Import, SourceSystem
from kith.sources.trying import DryRun, try_out

SOME_REJECTED: Final = 1
BAD_USAGE: Final = 2
DATABASE: Final = 3
_PLAIN_EVERY_SECONDS: Final = 5.0

EXAMPLES: Final = """
examples:
  kith import clients.csv --source TICKETS
  kith import clients.xlsx --source TICKETS --sheet Members --dry-run
  kith import sales.csv --source TICKETS --kind transactions --rejects rejected.csv
  kith import all.csv --source TICKETS --whole-source --mapping mapping.json

mapping.json gives a claim field per header: {"Member no": "system_ref", "Mail": "email_1"}
exit codes: 0 all rows taken, 1 some rows rejected, 2 the file or the words are wrong, 3 the database failed
"""


class Command(BaseCommand):
    help = "Take a CSV, XLSX or XLS file of a source's contacts or transactions into Kith."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EXAMPLES
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="code of the source system")
        parser.add_argument("--kind", choices=Import.Kind.values, default=Import.Kind.CONTACTS)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen; change nothing")
        parser.add_argument(
            "--whole-source", action="store_true", help="System Refs that the file lacks are marked as gone"
        )
        parser.add_argument(
            "--confirm-gone", action="store_true", help="even if that is more than half of them"
        )
        parser.add_argument("--mapping", type=Path, help="JSON file: claim field by header")
        parser.add_argument("--sheet", default="", help="sheet of a spreadsheet; else the first with content")
        parser.add_argument("--rejects", type=Path, help="write rejected rows and reasons to this CSV")

    def handle(self, *args: object, **options: object) -> None:
        try:
            job = _add(options)
            if options["dry_run"]:
                self._say_dry_run(job)
                return
            actions.start_import(
                actor=COMMAND_LINE,
                import_id=job.pk,
                in_background=False,
                confirm_gone=bool(options["confirm_gone"]),
            )
            job = self._run(job)
        except DomainError as error:
            raise CommandError(error.message, returncode=BAD_USAGE) from error
        except (OSError, ValueError) as error:
            raise CommandError(str(error), returncode=BAD_USAGE) from error
        except DatabaseError as error:
            raise CommandError("The database failed; see its log.", returncode=DATABASE) from error
        self._end(job, options["rejects"])

    def _say_dry_run(self, job: Import) -> None:
        try:
            self._print_dry_run(try_out(job))
        finally:
            actions.discard_draft(actor=COMMAND_LINE, import_id=job.pk)

    def _print_dry_run(self, tried: DryRun) -> None:
        counts = tried.counts
        scope = f"the first {tried.rows_tried:,} of " if tried.is_partial else ""
        self.stdout.write(
            f"Dry run of {scope}{tried.rows_total:,} rows: {counts.new:,} new, {counts.changed:,} changed,"
            f" {counts.unchanged:,} unchanged, {counts.rejected:,} rejected. Nothing was stored."
        )
        for row in tried.understood[:5]:
            words = "; ".join(f"{label} {value}" for label, value in row.values)
            self.stdout.write(f"  row {row.number}: {words}")
        for bad in tried.rejected:
            self.stdout.write(f"  row {bad.number} rejected: {bad.reason}")
        if counts.rejected:
            sys.exit(SOME_REJECTED)

    def _run(self, job: Import) -> Import:
        if not sys.stderr.isatty():
            return run_import(job.pk, listener=_plain_lines(self))
        bar: tqdm[NoReturn] = tqdm(total=job.rows_total, unit=" rows", unit_scale=True)
        with bar:
            return run_import(job.pk, listener=_drawing(bar))

    def _end(self, job: Import, rejects_path: object) -> None:
        if job.state == Import.State.FAILED:
            code = BAD_USAGE if job.rows_done == 0 and "database" not in job.error.lower() else DATABASE
            raise CommandError(job.error, returncode=code)
        self.stdout.write(
            f"{job.new_count:,} new, {job.changed_count:,} changed, {job.unchanged_count:,} unchanged,"
            f" {job.rejected_count:,} rejected" + (f", {job.gone_count:,} gone" if job.whole_source else "")
        )
        if job.error:
            self.stderr.write(job.error)
        if not job.rejected_count:
            return
        if isinstance(rejects_path, Path):
            with rejects_path.open("w", encoding="utf-8", newline="") as file:
                file.writelines(rejects.lines_of(job, seen=as_it_is))
            self.stdout.write(f"Rejected rows with their reasons: {rejects_path}")
        else:
            self.stdout.write(f"See the rejected rows at /imports/{job.pk}/ or give --rejects FILE.")
        sys.exit(SOME_REJECTED)


def _add(options: dict[str, object]) -> Import:
    code, path, mapping = options["source"], options["file"], options["mapping"]
    source = SourceSystem.objects.filter(code=code).first()
    if source is None:
        known = ", ".join(SourceSystem.objects.order_by("code").values_list("code", flat=True))
        raise ValueError(f"There is no source {code}. Known: {known or 'none yet'}.")
    assert isinstance(path, Path)
    return actions.add_import(
        actor=COMMAND_LINE,
        source=source,
        kind=str(options["kind"]),
        file_name=path.name,
        content=path,
        whole_source=bool(options["whole_source"]),
        mapping=_mapping(mapping) if isinstance(mapping, Path) else None,
        sheet=str(options["sheet"]),
    )


def _mapping(path: Path) -> dict[str, str]:
    given = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(given, dict) or not all(isinstance(field, str) for field in given.values()):
        raise ValueError(f"{path} must hold one JSON object: claim field by header.")
    return given


def _drawing(bar: tqdm[NoReturn]) -> Listener:
    def draw(done: int, total: int | None, note: str) -> None:
        bar.total = total
        bar.update(done - bar.n)
        if note and not note.endswith("rows/s"):
            bar.set_postfix_str(note)

    return draw


def _plain_lines(command: BaseCommand) -> Listener:
    said_at = time.monotonic()

    def say(done: int, total: int | None, note: str) -> None:
        nonlocal said_at
        if time.monotonic() - said_at >= _PLAIN_EVERY_SECONDS:
            said_at = time.monotonic()
            command.stderr.write(f"{done:,} of {total or 0:,} rows {note}".rstrip())

    return say
