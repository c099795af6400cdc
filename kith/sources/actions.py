"""Every change to sources and imports: permission, lock, rule, write, journal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.jobs import progress
from kith.jobs.progress import Listener
from kith.kernel import clock
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.matching.cleaning import JunkList
from kith.sources import file_kinds, past_claims, recleaning, rules, storage
from kith.sources.importing import SUBJECT, is_abandoned
from kith.sources.models import CleaningSettings, Import, SourceSystem
from kith.sources.queries import samples_of
from kith.sources.reading import open_table
from kith.sources.recleaning import Recleaned


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDetails:
    """What people may change about a source."""

    name: str
    kind: str = SourceSystem.Kind.OTHER
    priority: int = 50
    colour: str = "#5d574d"
    default_country: str = "GB"
    date_order: str = SourceSystem.DateOrder.DMY


@transaction.atomic
def add_source(*, actor: Actor, code: str, details: SourceDetails) -> SourceSystem:
    require(actor, Permission.SOURCE_EDIT)
    taken = SourceSystem.objects.filter(code__iexact=code).exists()
    rules.may_add_source(code=code, details=asdict(details), taken=taken).or_raise()
    source = SourceSystem.objects.create(code=code, **asdict(details))
    journal.record("SourceAdded", by=actor, subject_type="source", subject_id=source.pk)
    return source


@transaction.atomic
def edit_source(*, actor: Actor, source_id: int, details: SourceDetails) -> SourceSystem:
    """Everything but the code, which is for ever."""
    require(actor, Permission.SOURCE_EDIT)
    source = _locked_source(source_id)
    rules.may_edit_source(details=asdict(details)).or_raise()
    changed = [name for name, value in asdict(details).items() if getattr(source, name) != value]
    for name in changed:
        setattr(source, name, getattr(details, name))
    source.save(update_fields=changed)
    journal.record(
        "SourceEdited", by=actor, subject_type="source", subject_id=source.pk, detail={"fields": changed}
    )
    return source


@transaction.atomic
def pause_source(*, actor: Actor, source_id: int) -> None:
    """No import is taken from now on; what was received stays."""
    require(actor, Permission.SOURCE_EDIT)
    source = _locked_source(source_id)
    if source.paused_at is None:
        source.paused_at = clock.now()
        source.save(update_fields=["paused_at"])
        journal.record("SourcePaused", by=actor, subject_type="source", subject_id=source.pk)


@transaction.atomic
def resume_source(*, actor: Actor, source_id: int) -> None:
    require(actor, Permission.SOURCE_EDIT)
    source = _locked_source(source_id)
    if source.paused_at is not None:
        source.paused_at = None
        source.save(update_fields=["paused_at"])
        journal.record("SourceResumed", by=actor, subject_type="source", subject_id=source.pk)


def _locked_source(source_id: int) -> SourceSystem:
    source = SourceSystem.objects.select_for_update().filter(pk=source_id).first()
    if source is None:
        raise NotFound("There is no such source.")
    return source


def add_import(
    *,
    actor: Actor,
    source: SourceSystem,
    kind: str,
    file_name: str,
    content: Iterable[bytes] | Path,
    whole_source: bool = False,
    mapping: Mapping[str, str] | None = None,
    sheet: str = "",
) -> Import:
    """Store the file, look into it and guess its mapping; a draft until it is started.

    Raises Unreadable, and keeps no file, for what is no table.
    """
    require(actor, Permission.IMPORT_RUN)
    rules.may_import(source=source, kind=kind, whole_source=whole_source).or_raise()
    blocks = storage.blocks_of(content) if isinstance(content, Path) else content
    kept = storage.keep(blocks)
    try:
        table = open_table(storage.opened(kept.stored_name, kept.sealed_key), sheet=sheet)
        guessed = file_kinds.guess(
            table.headers, samples_of(table), kind=kind, remembered=source.mappings.get(kind)
        )
        return _add(
            actor=actor,
            draft=Import(
                source=source,
                kind=kind,
                file_name=Path(file_name).name[-255:],
                stored_name=kept.stored_name,
                sealed_key=kept.sealed_key,
                file_format={**asdict(table.format), "headers": list(table.headers)},
                mapping=dict(mapping) if mapping is not None else guessed,
                whole_source=whole_source,
                rows_total=table.count_rows(),
                created_by_id=actor.user_id,
            ),
        )
    except BaseException:
        storage.remove(kept.stored_name)
        raise


@transaction.atomic
def _add(*, actor: Actor, draft: Import) -> Import:
    draft.save()
    journal.record(
        "ImportAdded",
        by=actor,
        subject_type="import",
        subject_id=draft.pk,
        detail={"source": draft.source.code, "kind": draft.kind, "rows": draft.rows_total},
    )
    return draft


@transaction.atomic
def save_mapping(*, actor: Actor, import_id: int, mapping: Mapping[str, str]) -> Import:
    """What each header means, for this import and for the next files of this source."""
    require(actor, Permission.IMPORT_RUN)
    job = _locked_import(import_id)
    if job.state not in {Import.State.DRAFT, Import.State.FAILED} or job.rows_done:
        raise Conflict("This import has begun; its mapping stays as it is.")
    file_kinds.may_map(mapping, job=job).or_raise()
    job.mapping = dict(mapping)
    job.save(update_fields=["mapping"])
    source = _locked_source(job.source_id)
    source.mappings = {**source.mappings, job.kind: {**source.mappings.get(job.kind, {}), **mapping}}
    source.save(update_fields=["mappings"])
    journal.record("ImportMapped", by=actor, subject_type="import", subject_id=job.pk)
    return job


@transaction.atomic
def start_import(
    *, actor: Actor, import_id: int, in_background: bool = True, confirm_gone: bool = False
) -> Import:
    """Queue a draft, or once more a failed or cancelled import, which goes on where it stopped.

    `confirm_gone`: the file may mark more than half of the source as gone.
    """
    require(actor, Permission.IMPORT_RUN)
    job = _locked_import(import_id)
    rules.may_start(job, is_abandoned=is_abandoned(job)).or_raise()
    file_kinds.may_map(job.mapping, job=job).or_raise()
    storage.received(job)
    job.state, job.error, job.finished_at = Import.State.QUEUED, "", None
    if confirm_gone:
        job.file_format = {**job.file_format, "gone_confirmed": True}
    job.save(update_fields=["state", "error", "finished_at", "file_format"])
    progress.forget_cancel(SUBJECT, job.pk)
    journal.record("ImportStarted", by=actor, subject_type="import", subject_id=job.pk)
    if in_background:
        from kith.sources.tasks import run_import

        run_import.defer(import_id=job.pk)
    return job


@transaction.atomic
def cancel_import(*, actor: Actor, import_id: int) -> None:
    """Stops at the end of the chunk in hand; rows settled until then stay."""
    require(actor, Permission.IMPORT_RUN)
    job = _locked_import(import_id)
    if job.state == Import.State.DRAFT:
        job.state, job.finished_at = Import.State.CANCELLED, clock.now()
        job.save(update_fields=["state", "finished_at"])
    elif job.state in {Import.State.QUEUED, Import.State.RUNNING}:
        progress.request_cancel(SUBJECT, job.pk)
    else:
        raise Conflict("This import has ended already.")
    journal.record("ImportCancelled", by=actor, subject_type="import", subject_id=job.pk)


@transaction.atomic
def discard_draft(*, actor: Actor, import_id: int) -> None:
    """A draft that was only tried out leaves nothing behind."""
    require(actor, Permission.IMPORT_RUN)
    job = _locked_import(import_id)
    if job.state != Import.State.DRAFT:
        raise Conflict("This import has begun; it is kept.")
    journal.record("ImportDiscarded", by=actor, subject_type="import", subject_id=job.pk)
    storage.remove(job.stored_name)
    job.delete()


@transaction.atomic
def remove_old_claims(*, actor: Actor, before: datetime) -> int:
    """Past claims that were replaced before that; how many."""
    require(actor, Permission.IMPORT_RUN)
    removed = past_claims.remove_replaced_before(before)
    if removed:
        journal.record(
            "PastClaimsRemoved", by=actor, subject_type="source_record", detail={"number": removed}
        )
    return removed


def _locked_import(import_id: int) -> Import:
    job = Import.objects.select_for_update(of=("self",)).select_related("source").filter(pk=import_id).first()
    if job is None:
        raise NotFound("There is no such import.")
    return job


@transaction.atomic
def save_junk_list(*, actor: Actor, words: Mapping[str, Iterable[str]]) -> None:
    """Values that cleaning reads as nothing, from the next import on; a list not given stays as shipped."""
    require(actor, Permission.SETTINGS_EDIT)
    stored = {
        name: sorted({word.strip().casefold() for word in given} - {""}) for name, given in words.items()
    }
    try:
        JunkList.from_json(json.dumps(stored))
    except ValueError as error:
        raise Refused("This is not a list of words by name.") from error
    row, _ = CleaningSettings.objects.select_for_update().get_or_create(pk=1)
    row.junk = stored
    row.save(update_fields=["junk"])
    counts = {name: len(given) for name, given in stored.items()}
    journal.record("CleaningSettingsChanged", by=actor, subject_type="settings", detail=counts)


def reclean(*, actor: Actor, listener: Listener | None = None) -> Recleaned:
    """Clean and key every stored claim again; takes minutes for a million, in many transactions."""
    require(actor, Permission.SETTINGS_EDIT)
    progress.forget_cancel(recleaning.SUBJECT, recleaning.SUBJECT_ID)
    found = recleaning.reclean(listener=listener)
    with transaction.atomic():
        journal.record(
            "ClaimsCleanedAgain",
            by=actor,
            subject_type="cleaning",
            subject_id=recleaning.SUBJECT_ID,
            detail={"records": found.records, "changed": found.changed},
        )
    return found
