"""Contacts typed in by hand. Membership and golden values are changed above, by names in the settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts import local
from kith.contacts.entry import Claim
from kith.contacts.models import Contact
from kith.kernel.clock import now
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.matching.cleaning import clean_record
from kith.sources import changes
from kith.sources.models import LOCAL, SourceRecord


@transaction.atomic
def add_contact(*, actor: Actor, kind: str, claim: Claim) -> int:
    """A LOCAL System Ref with this claim, under a GroupID of its own; returns the GroupID."""
    require(actor, Permission.CONTACT_EDIT)
    source = local.local_source()
    cleaned = clean_record({**claim, "kind": kind}, options=local.cleaning_options(source))
    if cleaned.refusals:
        raise Refused("Kith cannot read these details as a contact.")
    record = SourceRecord(source=source, system_ref=local.next_system_ref(), claimed_at=now())
    local.lay_into(record, claim=claim, cleaned=cleaned)
    record.claimed_at = now()
    record.save()
    changes.note(record.pk, old_keys=())
    contact_id = _place(actor=actor, record_id=record.pk)
    journal.record(
        "ContactAdded",
        by=actor,
        subject_type="source_record",
        subject_id=record.pk,
        group_id=contact_id,
        detail={"kind": kind, "fields": sorted(claim)},
    )
    return contact_id


@transaction.atomic
def edit_local(*, actor: Actor, contact_id: int, record_id: int, claim: Claim, version: str) -> Contact:
    """Replace the claim of a LOCAL System Ref. Conflict when it is no longer the `version` edited."""
    require(actor, Permission.CONTACT_EDIT)
    record = (
        SourceRecord.objects.select_for_update(of=("self",))
        .select_related("source")
        .of_contact(contact_id)
        .filter(pk=record_id, source__code=LOCAL)
        .first()
    )
    if record is None:
        raise NotFound("There is no such System Ref typed in Kith.")
    if record.content_hash.hex != version:
        raise Conflict("Somebody else changed this meanwhile.")
    changed = _changed(record, claim)
    if changed:
        _replace(record, claim=claim)
        _reassemble(contact_id)
        journal.record(
            "LocalRecordEdited",
            by=actor,
            subject_type="source_record",
            subject_id=record.pk,
            group_id=contact_id,
            detail={"fields": changed},
        )
    return Contact.objects.get(pk=contact_id)


def _replace(record: SourceRecord, *, claim: Claim) -> None:
    options = local.cleaning_options(record.source)
    cleaned = clean_record({**claim, "kind": record.kind}, options=options)
    if cleaned.refusals:
        raise Refused("Kith cannot read these details as a contact.")
    changes.note(record.pk, old_keys=record.match_keys)
    local.lay_into(record, claim=claim, cleaned=cleaned)
    record.claimed_at = record.received_at = now()
    record.save()


def _changed(record: SourceRecord, claim: Claim) -> list[str]:
    before: Claim = record.claim.get("fields", {})
    return sorted(name for name in {*before, *claim} if before.get(name) != claim.get(name))


def _place(*, actor: Actor, record_id: int) -> int:
    place = cast(Callable[..., int], import_string(settings.KITH_PLACE_RECORD))
    return place(actor=actor, record_id=record_id)


def _reassemble(contact_id: int) -> None:
    assemble = cast(Callable[[list[int]], int], import_string(settings.KITH_REASSEMBLE))
    assemble([contact_id])
