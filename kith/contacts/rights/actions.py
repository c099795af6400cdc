from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final

from django.db import connection, transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts.belongings import locked_anchor_of, record_ids_of
from kith.contacts.models import Contact
from kith.contacts.rights.levels import level_of_contact
from kith.contacts.rights.models import PrivacyMark, Reveal
from kith.contacts.rights.reveals import who_of
from kith.contacts.rights.rules import field_of
from kith.contacts.rights.sections import privacy_levels
from kith.contacts.rights.seeing import sight_at
from kith.kernel.clock import now
from kith.kernel.errors import NotFound, Refused
from kith.vault import details
from kith.vault.details import ValueChange

_LOCK: Final = 992_447_637


class Reason(StrEnum):
    ASKED = "asked"
    CHECK = "check"
    CORRECT = "correct"
    DUTY = "duty"
    OTHER = "other"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS: Final = {
    Reason.ASKED: "The person asks for it",
    Reason.CHECK: "To check who somebody is",
    Reason.CORRECT: "To correct or complete the record",
    Reason.DUTY: "An authority asks, or the law demands it",
    Reason.OTHER: "Something else",
}


@transaction.atomic
def reveal(*, actor: Actor, contact_id: int, field: str, reason: str, note: str = "") -> Reveal:
    """The actor sees this masked field of the contact for a while. Hidden fields are never revealed."""
    require(actor, Permission.CONTACT_REVEAL)
    if reason not in set(Reason):
        raise Refused("Say why you need to see it.", fields={"reason": "Choose a reason."})
    if reason == Reason.OTHER and not note.strip():
        raise Refused("Say why you need to see it.", fields={"note": "Say what for."})
    record_id, contact = locked_anchor_of(contact_id), Contact.objects.defer("search").get(pk=contact_id)
    name = field_of(field)
    if not sight_at(contact, actor=actor).may_ask_to_see(name):
        raise Refused("There is nothing masked to reveal here: you see this field, or may not see it at all.")
    value, at = privacy_levels(), now()
    _unless_too_many(actor)
    made = Reveal.objects.create(
        who=who_of(actor),
        contact_id=contact_id,
        field=name,
        record_ids=list(record_ids_of(contact_id)),
        at=at,
        expires_at=at + timedelta(minutes=value.reveal_minutes),
    )
    entry = journal.record(
        "FieldRevealed",
        by=actor,
        subject_type="contact",
        subject_id=contact_id,
        group_id=contact_id,
        detail={"fields": [name], "reason": str(reason)},
    )
    if note.strip():
        details.keep(entry, record_id=record_id, changes=[ValueChange("why", "", note.strip()[:500])])
    return made


def _unless_too_many(actor: Actor) -> None:
    """Two at once are counted one after the other."""
    value, who = privacy_levels(), who_of(actor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, who])
    since = now() - timedelta(minutes=value.reveal_minutes)
    if Reveal.objects.filter(who=who, at__gt=since).count() >= value.most_reveals:
        raise Refused(
            f"You have revealed {value.most_reveals} values in {value.reveal_minutes} minutes. Wait a little."
        )


@transaction.atomic
def set_level(*, actor: Actor, contact_id: int, level: str, note: str) -> None:
    """By hand: on every System Ref that the contact has, so that each keeps it wherever it goes."""
    require(actor, Permission.CONTACT_LEVEL)
    active = {one.code for one in privacy_levels().levels if one.is_active}
    if level not in active:
        raise Refused("There is no such privacy level.", fields={"level": "Choose one of the list."})
    record_id = _with_note(contact_id, note)
    marks = [
        PrivacyMark(record_id=pk, level=level, user_id=actor.user_id, actor=actor.name, at=now())
        for pk in record_ids_of(contact_id)
    ]
    PrivacyMark.objects.bulk_create(
        marks,
        update_conflicts=True,
        unique_fields=["record_id"],
        update_fields=["level", "user", "actor", "at"],
    )
    _journal("LevelSet", contact_id, record_id, actor=actor, level=level, note=note)


@transaction.atomic
def leave_level_to_rules(*, actor: Actor, contact_id: int, note: str) -> None:
    require(actor, Permission.CONTACT_LEVEL)
    record_id = _with_note(contact_id, note)
    gone, _ = PrivacyMark.objects.filter(record_id__in=record_ids_of(contact_id)).delete()
    if not gone:
        raise Refused("Nobody set the privacy level by hand: the rules say it already.")
    level = level_of_contact(contact_id)
    _journal("LevelLeftToRules", contact_id, record_id, actor=actor, level=level, note=note)


def _with_note(contact_id: int, note: str) -> int:
    if not note.strip():
        raise Refused("Say why.", fields={"note": "Say why."})
    if not Contact.objects.filter(pk=contact_id, state=Contact.State.ACTIVE).exists():
        raise NotFound("There is no such contact.")
    return locked_anchor_of(contact_id)


def _journal(event: str, contact_id: int, record_id: int, *, actor: Actor, level: str, note: str) -> None:
    entry = journal.record(
        event,
        by=actor,
        subject_type="contact",
        subject_id=contact_id,
        group_id=contact_id,
        detail={"level": level},
    )
    details.keep(entry, record_id=record_id, changes=[ValueChange("why", "", note.strip()[:500])])
