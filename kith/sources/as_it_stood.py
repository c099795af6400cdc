"""System Refs as they stood at a moment: the claim in force then, cleaned as claims are cleaned today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from kith.matching.cleaning import CleaningOptions, clean_record
from kith.sources.contacts_in import cleaning_options
from kith.sources.laying import lay_cleaned
from kith.sources.models import LOCAL, PastClaim, SourceRecord, SourceSystem

Claim: TypeAlias = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordThen:
    record: SourceRecord
    """As it stood; never to be saved."""
    is_current: bool
    """The claim in force then is the one in force now."""
    known_from: datetime
    """From here on every claim of this System Ref was kept."""
    is_known: bool
    """Else the claim of that time was not kept, and this is the oldest that was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Version:
    claim: Claim
    claimed_at: datetime | None
    received_at: datetime
    gone_at: datetime | None


def records_at(record_ids: Sequence[int], *, at: datetime) -> list[RecordThen]:
    """By source order; without those that Kith had not received yet. A fixed number of queries."""
    arrived = SourceRecord.objects.filter(pk__in=list(record_ids), first_received_at__lte=at)
    records = list(arrived.select_related("source").order_by("source__priority", "pk"))
    replaced: dict[int, list[PastClaim]] = {}
    for past in PastClaim.objects.filter(record_id__in=[one.pk for one in records]).order_by("id"):
        replaced.setdefault(past.record_id, []).append(past)
    options: dict[int, CleaningOptions] = {}
    return [_then(one, replaced.get(one.pk, []), at=at, options=options) for one in records]


def _then(
    record: SourceRecord, replaced: list[PastClaim], *, at: datetime, options: dict[int, CleaningOptions]
) -> RecordThen:
    versions = _versions(record, replaced)
    reached = [version for version in versions if version.received_at <= at]
    in_force = reached[-1] if reached else versions[0]
    is_current = in_force is versions[-1]
    if not is_current:
        _lay(record, in_force, options=options)
    record.gone_at = in_force.gone_at if in_force.gone_at and in_force.gone_at <= at else None
    return RecordThen(
        record=record, is_current=is_current, known_from=versions[0].received_at, is_known=bool(reached)
    )


def _versions(record: SourceRecord, replaced: list[PastClaim]) -> list[_Version]:
    """Oldest first; the last is in force now."""
    claim: Claim = record.claim
    found = [
        _Version(
            claim=claim,
            claimed_at=record.claimed_at,
            received_at=record.received_at,
            gone_at=record.gone_at,
        )
    ]
    for past in reversed(replaced):
        claim = claim if past.claim is None else past.claim
        found.append(
            _Version(
                claim=claim,
                claimed_at=past.claimed_at,
                received_at=past.received_at,
                gone_at=past.gone_at,
            )
        )
    return found[::-1]


def _lay(record: SourceRecord, version: _Version, *, options: dict[int, CleaningOptions]) -> None:
    is_local = record.source.code == LOCAL
    record.claim = {**version.claim}
    record.received_at = version.received_at
    fields: Mapping[str, str] = version.claim.get("fields", {})
    raw = {**fields, "kind": record.kind} if is_local else fields
    lay_cleaned(record, clean_record(raw, options=_options(record.source, options)))
    if is_local:  # a typed claim does not say its time
        record.claimed_at = version.claimed_at


def _options(source: SourceSystem, known: dict[int, CleaningOptions]) -> CleaningOptions:
    if source.pk not in known:
        known[source.pk] = cleaning_options(source)
    return known[source.pk]
