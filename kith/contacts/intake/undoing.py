"""An import of typed contacts taken back: what it updated says again what it said before, what it created
goes. Only where nobody changed anything since: the rest stays, and its row says why.

A batch in a transaction of its own; each row notes what became of it, so a kill loses nothing. Called by the
task only.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import compress
from typing import Final

import polars as pl
import pyarrow as pa
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count
from django.utils.module_loading import import_string

from kith.access.actors import IMPORTER
from kith.audit import journal
from kith.contacts import local
from kith.contacts.deletion import registry
from kith.contacts.entry import Claim
from kith.contacts.may.asking import restricted_among
from kith.contacts.models import Contact
from kith.jobs import progress
from kith.jobs.progress import Cancelled, Tracker
from kith.kernel.decision import sentence
from kith.kernel.errors import Conflict
from kith.kernel.leaving import Leaving
from kith.sources import importing, loading
from kith.sources.claims import NUMBER
from kith.sources.cleaned import clean_and_key
from kith.sources.doors import lock
from kith.sources.doors.refusing import refused_among
from kith.sources.mapping import SYSTEM_REF
from kith.sources.models import Import, ImportedRow, Membership, SourceRecord

AT_ONCE: Final = 2_000
"""Rows in one transaction."""
CHANGED: Final = "Somebody changed it since."
DELETED: Final = "It was deleted since."
UNKNOWN: Final = "What it said before is not kept any more."
KEPT_OUT: Final = "What it said before is of somebody who was anonymised."
_OF_ITSELF: Final = frozenset({"System Refs", "past claims"})
_WAIT_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    id: int
    record_id: int
    is_there: bool
    is_same: bool
    """As the import left it."""


_ROWS: Final = """
SELECT o.id, o.record_id, r.id IS NOT NULL,
    coalesce(r.content_hash = o.content_hash AND r.erased_at IS NULL, false)
FROM sources_importedrow o LEFT JOIN sources_sourcerecord r ON r.id = o.record_id
WHERE o.import_file_id = %s AND o.outcome = %s AND o.undone = '' ORDER BY o.row_number LIMIT %s
"""


def run_undo(import_id: int, *, job_id: int | None = None) -> None:
    """Ends with `undone_at` set; cancelled or killed it goes on where it stopped when asked again."""
    job = Import.objects.select_related("source").get(pk=import_id)
    if job.undo_asked_at is None or job.undone_at is not None:
        return
    tracker = progress.start(
        importing.UNDO_SUBJECT, job.pk, label=f"Import {job.pk} taken back", job_id=job_id
    )
    try:
        with importing.alone_on_the_source(job, tracker):
            total = job.outcomes.exclude(outcome=ImportedRow.Outcome.UNCHANGED).count()
            _in_batches(job, ImportedRow.Outcome.UPDATED, _put_back, tracker, total)
            _in_batches(job, ImportedRow.Outcome.CREATED, _take_out, tracker, total)
            _note(job)
    except Cancelled:
        loading.stop_undoing(job)
        return
    finally:
        tracker.finish()
    importing.start_what_follows(job)


def _in_batches(
    job: Import,
    outcome: ImportedRow.Outcome,
    undo: Callable[[Import, list[Row]], None],
    tracker: Tracker,
    total: int,
) -> None:
    while _one_batch(job, outcome, undo, tracker):
        tracker.at(job.outcomes.exclude(undone="").count(), total)


def _one_batch(
    job: Import, outcome: ImportedRow.Outcome, undo: Callable[[Import, list[Row]], None], tracker: Tracker
) -> bool:
    """False when there was none left. A grouping run under way is waited for."""
    while True:
        try:
            with transaction.atomic():
                rows = _rows(job, outcome)
                if rows:
                    loading.tune()
                    undo(job, rows)
            return bool(rows)
        except Conflict as conflict:
            tracker.at(0, None, conflict.message)
            time.sleep(_WAIT_SECONDS)


def _rows(job: Import, outcome: ImportedRow.Outcome) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [job.pk, outcome, AT_ONCE])
        return [
            Row(id=pk, record_id=record_id, is_there=is_there, is_same=is_same)
            for pk, record_id, is_there, is_same in cursor.fetchall()
        ]


def _keep_changed(rows: Sequence[Row]) -> list[Row]:
    """Those that are as the import left them; the others are noted as kept."""
    loading.keep_imported({row.id: CHANGED if row.is_there else DELETED for row in rows if not row.is_same})
    return [row for row in rows if row.is_same]


def _not_restricted(rows: Sequence[Row]) -> list[Row]:
    held = restricted_among([row.record_id for row in rows])
    loading.keep_imported({row.id: sentence((held[row.record_id],)) for row in rows if row.record_id in held})
    return [row for row in rows if row.record_id not in held]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    row_id: int
    system_ref: str
    kind: str
    claim: Mapping[str, Claim]
    version: str
    claimed_at: datetime | None

    @property
    def fields(self) -> Claim:
        return self.claim.get("fields", {})


_PAST: Final = """
SELECT o.id, r.system_ref, r.kind, p.claim::text, replace(p.content_hash::text, '-', ''), p.claimed_at
FROM sources_importedrow o
JOIN sources_sourcerecord r ON r.id = o.record_id AND r.content_hash = o.content_hash
JOIN sources_pastclaim p ON p.id = o.past_claim_id AND p.record_id = r.id
WHERE o.id = ANY(%s) AND p.claim IS NOT NULL ORDER BY r.id FOR NO KEY UPDATE OF r
"""


def _past_of(row_ids: Sequence[int]) -> list[Past]:
    """Locked: nobody edits them until they are put back."""
    with connection.cursor() as cursor:
        cursor.execute(_PAST, [list(row_ids)])
        return [
            Past(
                row_id=row_id,
                system_ref=ref,
                kind=kind,
                claim=json.loads(claim),
                version=version,
                claimed_at=claimed_at,
            )
            for row_id, ref, kind, claim, version, claimed_at in cursor.fetchall()
        ]


def _put_back(job: Import, rows: list[Row]) -> None:
    """Written as an import writes claims: what the import said is a past claim from now on."""
    same = _not_restricted(_keep_changed(rows))
    lock.shared()
    past = _past_of([row.id for row in same])
    found = {one.row_id for one in past}
    loading.keep_imported({row.id: UNKNOWN for row in same if row.id not in found})
    if past:
        cleaned = clean_and_key(_fields(past), local.cleaning_options(job.source))
        refused = refused_among(job.source, [one.system_ref for one in past], cleaned)
        loading.keep_imported({past[place].row_id: KEPT_OUT for place in refused})
        kept = [place not in refused for place in range(len(past))]
        past, cleaned = list(compress(past, kept)), cleaned.filter(pa.array(kept, pa.bool_()))
    if past:
        loading.upsert(job.source, loading.staged(_own(past), _claimed_then(cleaned, past)))
        loading.mark_imported(sorted(one.row_id for one in past), ImportedRow.Undone.BACK)


def _fields(past: Sequence[Past]) -> pl.DataFrame:
    names = sorted({name for one in past for name in one.fields} - {"kind"})
    columns = {name: [one.fields.get(name) for one in past] for name in names}
    kinds = [one.kind for one in past]
    numbers = [one.row_id for one in past]
    schema = {NUMBER: pl.Int64, "kind": pl.String, **dict.fromkeys(names, pl.String)}
    return pl.DataFrame({NUMBER: numbers, "kind": kinds, **columns}, schema=schema)


def _own(past: Sequence[Past]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            SYSTEM_REF: [one.system_ref for one in past],
            "claim": [json.dumps(one.claim, ensure_ascii=False) for one in past],
            "content_hash": [one.version for one in past],
            "first_hash": [one.version for one in past],
        }
    )


def _claimed_then(cleaned: pa.Table, past: Sequence[Past]) -> pa.Table:
    place = cleaned.schema.get_field_index("claimed_at")
    column = cleaned.schema.field(place)
    return cleaned.set_column(place, column, pa.array([one.claimed_at for one in past], column.type))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Created System Refs that are alone in their contact, or some of those of a contact."""

    group_id: int | None
    rows: tuple[Row, ...]
    is_whole: bool


def _take_out(job: Import, rows: list[Row]) -> None:
    rooms = registry.rooms()
    everything = Leaving(group_ids=(), record_ids=tuple(sorted(row.record_id for row in rows)))
    for room in rooms:
        room.locks(everything)
    units = _units(_keep_changed(_locked(rows)))
    gone = _free(units)
    if not gone:
        return
    leaving = _leaving(gone)
    for room in rooms:
        room.deletes(leaving)
    loading.mark_imported([row.id for unit in gone for row in unit.rows], ImportedRow.Undone.GONE)
    smaller = [unit.group_id for unit in gone if unit.group_id is not None and not unit.is_whole]
    _journal("ContactDeleted", job, leaving.group_ids)
    _journal("SystemRefsTakenBack", job, smaller)
    reassemble: Callable[[Sequence[int]], int] = import_string(settings.KITH_REASSEMBLE)
    reassemble(smaller)


def _locked(rows: list[Row]) -> list[Row]:
    """As edits lock: the System Refs, then their contacts. Somebody may have been faster."""
    ids = [row.record_id for row in rows]
    list(SourceRecord.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk").only("pk"))
    contacts = Contact.objects.select_for_update().filter(memberships__record_id__in=ids)
    list(contacts.order_by("pk").only("pk"))
    with connection.cursor() as cursor:
        cursor.execute(_STILL, [[row.id for row in rows]])
        still = {row_id for (row_id,) in cursor.fetchall()}
    return [replace(row, is_same=row.id in still) for row in rows]


_STILL: Final = """
SELECT o.id FROM sources_importedrow o JOIN sources_sourcerecord r ON r.id = o.record_id
WHERE o.id = ANY(%s) AND r.content_hash = o.content_hash AND r.erased_at IS NULL
"""


def _units(rows: list[Row]) -> list[Unit]:
    place = dict(
        Membership.objects.filter(record_id__in=[row.record_id for row in rows]).values_list(
            "record_id", "contact_id"
        )
    )
    members = Membership.objects.filter(contact_id__in=set(place.values())).values("contact_id")
    sizes: dict[int | None, int] = dict(
        members.annotate(number=Count("pk")).values_list("contact_id", "number")
    )
    by_contact: dict[int | None, list[Row]] = {}
    for row in rows:
        by_contact.setdefault(place.get(row.record_id), []).append(row)
    return [
        Unit(group_id=group_id, rows=tuple(mine), is_whole=sizes.get(group_id, 0) == len(mine))
        for group_id, mine in by_contact.items()
    ]


def _free(units: list[Unit]) -> list[Unit]:
    """Those that nothing hangs on and nothing holds; of the others it is noted what does. By halves, so that
    a few in many cost little.
    """
    held = _held(units)
    if not held:
        return units
    if len(units) == 1:
        loading.keep_imported({row.id: held for row in units[0].rows})
        return []
    half = len(units) // 2
    return [*_free(units[:half]), *_free(units[half:])]


def _held(units: list[Unit]) -> str:
    if not units:
        return ""
    leaving = _leaving(units)
    holding = registry.may_delete(leaving).reasons
    added = [one for one in registry.what_goes(leaving) if one.label not in _OF_ITSELF]
    reasons = (*holding, *(f"{one.label} were added since ({one.number})" for one in added))
    said = "; ".join(reasons)[:198]
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def _leaving(units: list[Unit]) -> Leaving:
    whole = sorted(unit.group_id for unit in units if unit.is_whole and unit.group_id is not None)
    records = sorted(row.record_id for unit in units for row in unit.rows)
    return Leaving(group_ids=tuple(whole), record_ids=tuple(records), for_good=False)


def _journal(event: str, job: Import, group_ids: Sequence[int]) -> None:
    detail = {"import": job.pk}
    journal.record_each(event, by=IMPORTER, subject_type="contact", group_ids=group_ids, detail=detail)


@transaction.atomic
def _note(job: Import) -> None:
    loading.note_undone(job)
    journal.record(
        "ImportUndone",
        by=IMPORTER,
        subject_type="import",
        subject_id=job.pk,
        detail={"removed": job.undone_created, "put_back": job.undone_updated, "kept": job.undo_kept},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldBe:
    created: int
    updated: int
    changed: int


_WOULD: Final = """
SELECT count(*) FILTER (WHERE is_same AND outcome = 'created'),
    count(*) FILTER (WHERE is_same AND outcome = 'updated'), count(*) FILTER (WHERE NOT is_same)
FROM (SELECT o.outcome, coalesce(r.content_hash = o.content_hash, false) AS is_same
    FROM sources_importedrow o LEFT JOIN sources_sourcerecord r ON r.id = o.record_id
    WHERE o.import_file_id = %s AND o.outcome <> 'unchanged' AND o.undone IN ('', 'kept')) rows
"""


def would_be(job: Import) -> WouldBe:
    """As far as can be told without looking at what hangs on each."""
    with connection.cursor() as cursor:
        cursor.execute(_WOULD, [job.pk])
        created, updated, changed = cursor.fetchall()[0]
    return WouldBe(created=created, updated=updated, changed=changed)
