"""One contact written down: its head and the chosen sections, before any format is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kith.access.actors import Actor
from kith.contacts import queries as contacts
from kith.contacts.models import Contact
from kith.contacts.report import Content, ReportSection, Subject
from kith.contacts.rights.seeing import seen_with, unseen
from kith.contacts.standing import standing_of
from kith.contacts.vcard import Card
from kith.golden.report import card_of
from kith.kernel.clock import now
from kith.kernel.errors import NotFound, Refused
from kith.printouts.presets import Preset


@dataclass(frozen=True, slots=True)
class Part:
    section: ReportSection
    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    preset: str
    """Its label."""
    reminder: str = ""
    has_contents: bool = False
    group_id: int
    kind: str
    name: str
    standing: str
    """`Suppressed: opt-out`; '' for whoever may be reached."""
    made_at: datetime
    made_by: str
    parts: tuple[Part, ...]
    card: Card


def active(contact_id: int, *, actor: Actor) -> Contact:
    contact = contacts.opened(contact_id, actor=actor)
    if contact.state == Contact.State.ANONYMISED:
        raise Refused("This person was anonymised: nothing is left that could be told.")
    if contact.state != Contact.State.ACTIVE:
        raise NotFound("This GroupID is retired.")
    return contact


def subject_of(contact: Contact, *, actor: Actor, preset: Preset) -> Subject:
    sight = preset.sight(contact, actor)
    readable = seen_with(unseen(contact), sight)
    return Subject(
        contact=readable,
        records=contacts.records_of(readable),
        actor=actor,
        sight=sight,
        masks_others=preset.masks_others,
    )


def written(subject: Subject, sections: Sequence[ReportSection], *, preset: Preset) -> Document:
    contact = subject.contact
    standing = "; ".join(one.words for one in standing_of([contact.pk])[contact.pk])
    return Document(
        preset=preset.label,
        reminder=preset.reminder,
        has_contents=preset.has_contents,
        group_id=contact.pk,
        kind=contact.get_kind_display(),
        name=contact.name,
        standing=standing,
        made_at=now(),
        made_by=subject.actor.name,
        parts=tuple(Part(one, one.load(subject)) for one in sections),
        card=card_of(subject, note=standing),
    )
