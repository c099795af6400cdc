from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.contacts.belongings import record_ids_of
from kith.contacts.may.asking import may_we_each
from kith.contacts.may.rules import Act, Ask, Channel, Message
from kith.contacts.models import Contact
from kith.contacts.report import ReportSection
from kith.contacts.rights.seeing import unseen
from kith.kernel.decision import Decision
from kith.kernel.errors import Refused
from kith.printouts import rules
from kith.printouts.document import Document, active, subject_of, written
from kith.printouts.formats import Format
from kith.printouts.models import Sending
from kith.printouts.presets import Preset, chosen, preset_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to have printed."""

    format: Format
    sections: tuple[str, ...] = ()
    """Keys; none: the usual ones."""
    preset: str = "printout"


@dataclass(frozen=True, slots=True)
class Wanted:
    preset: Preset
    contact: Contact
    sections: tuple[ReportSection, ...]

    def document(self, *, actor: Actor) -> Document:
        subject = subject_of(self.contact, actor=actor, preset=self.preset)
        return written(subject, self.sections, preset=self.preset)


def wanted(contact_id: int, wish: Wish, *, actor: Actor) -> Wanted:
    """Refused or NotFound where there is no such thing; nothing is loaded yet."""
    preset = preset_of(wish.preset)
    require(actor, preset.permission)
    contact = active(contact_id, actor=actor)
    return Wanted(preset, contact, chosen(preset, wish.sections, actor=actor))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where an e-mail to the contact would go, and whether it may."""

    email: str
    """As it is stored; '' for none."""
    may_send: Decision


def reach_of(contact: Contact) -> Reach:
    email = next((one.value for one in unseen(contact).emails.all() if one.is_primary), "")
    ask = Ask(act=Act.CONTACT, channel=Channel.EMAIL, message=Message.SERVICE)
    standing = may_we_each([contact.pk], ask)[contact.pk]
    return Reach(email=email, may_send=rules.may_send(standing=standing, email=email))


def mark_of(email: str) -> str:
    """By which an address is known again, but not read."""
    return salted_hmac("kith.printouts.address", email.casefold(), algorithm="sha256").hexdigest()


def sendings_of(contact_id: int, *, actor: Actor) -> QuerySet[Sending]:
    """Of all its System Refs, the newest first."""
    require(actor, Permission.CONTACT_VIEW)
    return Sending.objects.filter(record_id__in=record_ids_of(contact_id)).order_by("-pk")


def format_of(text: str) -> Format:
    try:
        return Format(text)
    except ValueError:
        sentence = f"The format is one of {', '.join(Format)}."
        raise Refused(sentence, fields={"format": sentence}) from None


def waiting_on(record_ids: Sequence[int]) -> int:
    return Sending.objects.filter(record_id__in=record_ids, state=Sending.State.WAITING).count()
