"""Exports that are to write to people: whoever must not be reached so is not in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from kith.contacts.may.asking import audience, may_we_each
from kith.contacts.may.rules import Act, Ask, Channel, Message
from kith.contacts.models import Contact
from kith.find.exporting.models import Export

BY: Final = {Channel.EMAIL: "by e-mail", Channel.PHONE: "by phone", Channel.POST: "by post"}
WHAT: Final = {
    Message.MARKETING: "Marketing",
    Message.AFFILIATE: "Marketing for somebody else",
    Message.SERVICE: "Service",
    Message.CRITICAL: "Something that must not wait, or that the law asks for",
}


@dataclass(frozen=True, slots=True)
class Contacting:
    channel: Channel
    message: Message

    @property
    def words(self) -> str:
        return f"To contact {BY[self.channel]}: {WHAT[self.message].lower()}"

    @property
    def ask(self) -> Ask:
        return Ask(act=Act.CONTACT, channel=self.channel, message=self.message)


def contacting_of(export: Export) -> Contacting | None:
    """None: it is to look at. A channel or message that is not known raises: nothing is exported then."""
    if not export.channel and not export.message:
        return None
    return Contacting(Channel(export.channel), Message(export.message))


def allowed_of(export: Export, chosen: QuerySet[Contact]) -> QuerySet[Contact]:
    wanted = contacting_of(export)
    return chosen if wanted is None else audience(chosen, wanted.ask)


def forbidden_among(export: Export, contact_ids: Sequence[int]) -> frozenset[int]:
    """Asked anew: of whom it may not be done by now."""
    wanted = contacting_of(export)
    if wanted is None:
        return frozenset()
    decisions = may_we_each(contact_ids, wanted.ask)
    return frozenset(pk for pk, decision in decisions.items() if not decision)
