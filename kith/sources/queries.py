"""What the pages of sources and imports show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Max, QuerySet

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.jobs.models import Progress
from kith.kernel import clock
from kith.kernel.errors import NotFound, Refused
from kith.sources import storage
from kith.sources.as_seen import Row, as_it_is
from kith.sources.custom_fields import custom_fields
from kith.sources.doors.refusing import people_stopped
from kith.sources.file_kinds import choices
from kith.sources.importing import SUBJECT, UNDO_SUBJECT
from kith.sources.mapping import CONTACTS, FieldChoice
from kith.sources.models import Import, RejectedRow, SourceRecord, SourceSystem
from kith.sources.reading import Table, open_table

SAMPLE_ROWS: Final = 200


@dataclass(frozen=True, slots=True)
class SourceLine:
    source: SourceSystem
    records: int
    last_received_at: datetime | None
    people_stopped: int
    """Who were anonymised and sent again this month."""


@dataclass(frozen=True, slots=True)
class HeaderLine:
    """One column of a file on the mapping page."""

    place: int
    header: str
    samples: Sequence[str]
    field: str
    """The claim field it is mapped to, or ''."""


def sources(*, actor: Actor) -> list[SourceLine]:
    require(actor, Permission.SOURCE_VIEW)
    figures = {
        row["source_id"]: row
        for row in SourceRecord.objects.values("source_id").annotate(
            records=Count("pk"), newest=Max("received_at")
        )
    }
    stopped = people_stopped(month=clock.today())
    lines = []
    for source in SourceSystem.objects.order_by("priority", "name", "pk"):
        row = figures.get(source.pk)
        records, newest = (row["records"], row["newest"]) if row else (0, None)
        lines.append(SourceLine(source, records, newest, stopped.get(source.pk, 0)))
    return lines


def source(source_id: int, *, actor: Actor) -> SourceSystem:
    require(actor, Permission.SOURCE_VIEW)
    found = SourceSystem.objects.filter(pk=source_id).first()
    if found is None:
        raise NotFound("There is no such source.")
    return found


def source_of_code(code: str) -> SourceSystem:
    """As other systems name it; what they may see of it, the asking operation knows."""
    found = SourceSystem.objects.filter(code=code).first()
    if found is None:
        sentence = "There is no source with this code."
        raise Refused(sentence, fields={"source": sentence})
    return found


def imports(*, actor: Actor, source_id: int | None = None) -> QuerySet[Import]:
    require(actor, Permission.IMPORT_VIEW)
    rows = Import.objects.select_related("source", "created_by").order_by("-created_at", "-pk")
    return rows.filter(source_id=source_id) if source_id is not None else rows


def import_by_id(import_id: int, *, actor: Actor) -> Import:
    found = imports(actor=actor).filter(pk=import_id).first()
    if found is None:
        raise NotFound("There is no such import.")
    return found


def rejected_rows(job: Import, *, actor: Actor) -> QuerySet[RejectedRow]:
    require(actor, Permission.IMPORT_VIEW)
    return RejectedRow.objects.filter(import_file=job).order_by("row_number", "pk")


def progress_of(job: Import) -> Progress | None:
    return Progress.objects.filter(subject_type=SUBJECT, subject_id=job.pk).first()


def undo_progress_of(job: Import) -> Progress | None:
    return Progress.objects.filter(subject_type=UNDO_SUBJECT, subject_id=job.pk).first()


def columns_only_kept(job: Import) -> list[str]:
    """Headers that mean nothing to Kith."""
    headers: list[str] = job.file_format.get("headers") or []
    return [header for header in headers if not job.mapping.get(header)]


def header_lines(
    job: Import, *, seen: Callable[[Row], Row] = as_it_is, mapping: Mapping[str, str] | None = None
) -> list[HeaderLine]:
    """Reads the beginning of the file. `mapping`: as typed, when the form comes back."""
    table = open_table(storage.received(job), sheet=str(job.file_format.get("sheet") or ""))
    samples = samples_of(table)
    chosen = job.mapping if mapping is None else mapping
    return [
        HeaderLine(
            place,
            header,
            _some([seen({header: text}).get(header, "") for text in samples[header]]),
            chosen.get(header, ""),
        )
        for place, header in enumerate(table.headers)
    ]


def samples_of(table: Table, *, rows: int = SAMPLE_ROWS) -> dict[str, list[str]]:
    """The first values of each header."""
    first = next(table.chunks(), None)
    if first is None:
        return {header: [] for header in table.headers}
    head = first.rows.head(rows)
    return {header: head[header].to_list() for header in table.headers}


def _some(values: Sequence[str]) -> tuple[str, ...]:
    """Three different values, shortened."""
    return tuple(value.strip()[:60] for value in dict.fromkeys(values) if value.strip())[:3]


def grouped_choices(kind: str) -> list[tuple[str, list[FieldChoice]]]:
    groups: dict[str, list[FieldChoice]] = {}
    labels = {one.code: one.label for one in custom_fields()} if kind == CONTACTS else {}
    for choice in choices(kind, custom=labels):
        groups.setdefault(choice.group, []).append(choice)
    return list(groups.items())
