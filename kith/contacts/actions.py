"""Contacts typed in by hand. Membership and golden values are changed above, by names in the settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import cast

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts import local, rules
from kith.contacts.checks import saving
from kith.contacts.checks.formats import hold_to_formats
from kith.contacts.checks.telling import clashes_told
from kith.contacts.entry import Claim
from kith.contacts.may.asking import hold_to_changing
from kith.contacts.models import Contact, SuppressedRecord, Suppression, SuppressionLift
from kith.contacts.settings.authorisation import authorisation_in_force
from kith.contacts.standing import Protection, standing_of
from kith.contacts.suppressions.arriving import claims_written
from kith.kernel.clock import now, today
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.matching.cleaning import clean_record
from kith.organisation import actions as organisation
from kith.sources import changes, past_claims
from kith.sources.doors import lock
from kith.sources.doors.admitting import let_in
from kith.sources.doors.holding import hold_the_door, hold_the_door_of
from kith.sources.models import LOCAL, Admission, Membership, SourceRecord
from kith.vault import details
from kith.vault.details import ValueChange


@clashes_told
@transaction.atomic
def add_contact(
    *,
    actor: Actor,
    kind: str,
    claim: Claim,
    to_group_with: frozenset[int] = frozenset(),
    returns: bool = False,
) -> int:
    """A LOCAL System Ref with this claim, under a GroupID of its own; returns the GroupID.

    `to_group_with`: contacts with which somebody means to group it next; those it may be the same as.
    `returns`: it may be somebody who was anonymised and registers anew, by their own will (X10).
    """
    require(actor, Permission.CONTACT_EDIT)
    source = local.local_source()
    hold_to_formats(claim, country=source.default_country)
    claim = {**claim, **authorisation_in_force().for_claim(claim)}
    cleaned = clean_record({**claim, "kind": kind}, options=local.cleaning_options(source))
    if cleaned.refusals:
        raise Refused("Kith cannot read these details as a contact.")
    is_let_in = hold_the_door(cleaned, actor=actor, returns=returns)
    record = SourceRecord(source=source, system_ref=local.next_system_ref(), claimed_at=now())
    local.lay_into(record, claim=claim, cleaned=cleaned)
    record.claimed_at = now()
    record.save()
    claims_written(lambda: [record.pk])
    changes.note(record.pk, old_keys=())
    organisation.own_new(actor=actor, record_id=record.pk)
    contact_id = _place(actor=actor, record_id=record.pk)
    saving.hold_new(contact_id, allowed=to_group_with)
    journal.record(
        "ContactAdded",
        by=actor,
        subject_type="source_record",
        subject_id=record.pk,
        group_id=contact_id,
        detail={"kind": kind, "fields": sorted(claim)},
    )
    if is_let_in:
        let_in(actor=actor, source=source, system_ref=record.system_ref, why=Admission.Why.TYPED)
        journal.record(
            "PersonAdmitted",
            by=actor,
            subject_type="source_record",
            subject_id=record.pk,
            group_id=contact_id,
        )
    return contact_id


@clashes_told
@transaction.atomic
def edit_local(*, actor: Actor, contact_id: int, record_id: int, claim: Claim, version: str) -> Contact:
    """Replace the claim of a LOCAL System Ref. Conflict when it is no longer the `version` edited."""
    require(actor, Permission.CONTACT_EDIT)
    lock.shared()
    # `no_key`: whoever writes a row about this System Ref, and holds its contact, does not wait for this.
    record = (
        SourceRecord.objects.select_for_update(of=("self",), no_key=True)
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
        before: Claim = record.claim.get("fields", {})
        hold_to_formats(claim, country=record.source.default_country, before=before)
        seen = saving.seen_before(contact_id)
        _replace(record, claim=claim)
        # Noting the change waited for whoever was moving the System Ref.
        contact_id = Membership.objects.get(pk=record.pk).contact_id
        _reassemble(contact_id)
        hold_to_changing([contact_id], actor=actor)
        saving.hold_edited(contact_id, before=seen)
        entry = journal.record(
            "LocalRecordEdited",
            by=actor,
            subject_type="source_record",
            subject_id=record.pk,
            group_id=contact_id,
            detail={"fields": changed},
        )
        values = [ValueChange(name, before.get(name, ""), claim.get(name, "")) for name in changed]
        details.keep(entry, record_id=record.pk, changes=values)
    return Contact.objects.get(pk=contact_id)


def _replace(record: SourceRecord, *, claim: Claim) -> None:
    options = local.cleaning_options(record.source)
    cleaned = clean_record({**claim, "kind": record.kind}, options=options)
    if cleaned.refusals:
        raise Refused("Kith cannot read these details as a contact.")
    hold_the_door_of(record, cleaned)
    changes.note(record.pk, old_keys=record.match_keys)
    local.lay_into(record, claim=claim, cleaned=cleaned)
    record.claimed_at = record.received_at = replaced_at = now()
    past_claims.keep(record.pk, replaced_at=replaced_at)
    record.save()
    claims_written(lambda: [record.pk])


def _changed(record: SourceRecord, claim: Claim) -> list[str]:
    before: Claim = record.claim.get("fields", {})
    return sorted(name for name in {*before, *claim} if before.get(name) != claim.get(name))


@transaction.atomic
def suppress(
    *,
    actor: Actor,
    contact_id: int,
    reason: str,
    note: str,
    scope: str = Suppression.Scope.ALL,
    deceased_on: date | None = None,
    ends_on: date | None = None,
    source: str = "",
) -> Suppression:
    """Every System Ref of the contact carries it from now on, wherever it goes."""
    require(actor, Permission.CONTACT_SUPPRESS)
    carried = _lock_standing(contact_id)
    rules.may_suppress(
        reason=reason,
        carried=carried,
        scope=scope,
        deceased_on=deceased_on,
        ends_on=ends_on,
        today=today(),
    ).or_raise()
    made = Suppression.objects.create(
        reason=reason,
        scope=scope,
        deceased_on=deceased_on,
        ends_on=ends_on,
        source=source.strip(),
        note=note.strip(),
        user_id=actor.user_id,
        actor=actor.name,
        at=now(),
    )
    members = Membership.objects.filter(contact_id=contact_id).values_list("record_id", flat=True)
    SuppressedRecord.objects.bulk_create(
        SuppressedRecord(suppression=made, record_id=record_id) for record_id in members
    )
    _journal_suppression("ContactSuppressed", actor=actor, contact_id=contact_id, of=made)
    return made


@transaction.atomic
def lift_suppression(
    *, actor: Actor, contact_id: int, suppression_id: int, note: str, person_told: bool = False
) -> SuppressionLift:
    """The System Refs that the contact has now carry it no more; others that carry it still do.

    `person_told`: as `rules.may_lift`.
    """
    require(actor, Permission.CONTACT_SUPPRESS)
    carried = _lock_standing(contact_id)
    protection = next((one for one in carried if one.suppression_id == suppression_id), None)
    if protection is None:
        raise NotFound("This contact carries no such suppression.")
    rules.may_lift(protection, note=note, person_told=person_told, actor=actor).or_raise()
    lift = SuppressionLift.objects.create(
        note=note.strip(), user_id=actor.user_id, actor=actor.name, at=now()
    )
    SuppressedRecord.objects.filter(
        suppression_id=suppression_id,
        lift__isnull=True,
        record_id__in=Membership.objects.filter(contact_id=contact_id).values("record_id"),
    ).update(lift=lift)
    suppression = Suppression.objects.get(pk=suppression_id)
    told = {"person_told": True} if protection.reason == Suppression.Reason.RESTRICTED else {}
    _journal_suppression("SuppressionLifted", actor=actor, contact_id=contact_id, of=suppression, **told)
    return lift


def _lock_standing(contact_id: int) -> tuple[Protection, ...]:
    locked = Contact.objects.select_for_update().filter(pk=contact_id, state=Contact.State.ACTIVE)
    if not locked.only("pk").exists():
        raise NotFound("There is no such contact.")
    return standing_of([contact_id])[contact_id]


def _journal_suppression(
    event: str, *, actor: Actor, contact_id: int, of: Suppression, **detail: bool
) -> None:
    journal.record(
        event,
        by=actor,
        subject_type="suppression",
        subject_id=of.pk,
        group_id=contact_id,
        detail={"reason": of.reason, **detail},
    )


def _place(*, actor: Actor, record_id: int) -> int:
    place = cast(Callable[..., int], import_string(settings.KITH_PLACE_RECORD))
    return place(actor=actor, record_id=record_id)


def _reassemble(contact_id: int) -> None:
    assemble = cast(Callable[[list[int]], int], import_string(settings.KITH_REASSEMBLE))
    assemble([contact_id])
